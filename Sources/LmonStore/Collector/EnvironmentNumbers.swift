import LmonRecord

/// Which numbers of one environment a store has.
struct EnvironmentNumbers: Hashable, Sendable {
    /// Those whose records came.
    private(set) var received = NumberRanges()
    /// Those that some tombstone speaks for, whether their records came after all or not.
    private(set) var covered = NumberRanges()

    enum Verdict: Hashable {
        case new
        /// Takes the place of a tombstone, wholly or in part.
        case replaces
        case known
    }

    /// A record replaces a tombstone, never the reverse.
    mutating func admit(_ sequence: Int, _ tombstone: ClosedRange<Int>?) -> Verdict {
        if let tombstone {
            let isNew = self.received.gaps(in: tombstone).contains { !self.covered.gaps(in: $0).isEmpty }
            guard isNew else { return .known }
            self.covered.insert(tombstone)
            return .new
        }
        guard self.received.insert(sequence) else { return .known }
        return self.covered.contains(sequence) ? .replaces : .new
    }

    /// Whether every record of a tombstone came after all.
    func isReplaced(_ tombstone: ClosedRange<Int>) -> Bool { self.received.gaps(in: tombstone).isEmpty }
}

// MARK: As bytes

extension EnvironmentNumbers {
    init(received: UnsafeRawBufferPointer, covered: UnsafeRawBufferPointer) throws {
        self.received = try NumberRanges(received)
        self.covered = try NumberRanges(covered)
    }
}

extension NumberRanges {
    /// Each range as its distance from the one before, and its length.
    var bytes: [UInt8] {
        var writer = ByteWriter()
        var last = 0
        for range in self.ranges {
            writer.add(range.lowerBound - last)
            writer.add(range.upperBound - range.lowerBound)
            last = range.upperBound
        }
        return writer.bytes
    }

    init(_ bytes: UnsafeRawBufferPointer) throws {
        self.init()
        var reader = ByteReader(bytes)
        var last = 0
        while !reader.isAtEnd {
            let (first, isFar) = last.addingReportingOverflow(try reader.int())
            let (through, isLong) = first.addingReportingOverflow(try reader.int())
            guard !isFar, !isLong, first >= last, through >= first else { throw ByteReader.Damaged() }
            self.insert(first...through)
            last = through
        }
    }
}
