package import LmonRecord

/// Which numbers of each environment have come: admits each record once, whatever objects, streams or retries bring it.
///
/// A number under a tombstone is accounted for, yet a record that comes for it later is admitted.
package struct SequenceLedger: Sendable {
    private struct Entry {
        var received = NumberRanges()
        /// Received or under a tombstone.
        var accounted = NumberRanges()
    }

    private var entries: [String: Entry] = [:]

    package init() {}

    package var environments: Int { self.entries.count }

    /// Whether it is new: a record whose number has not come, or a tombstone for some number that is not accounted for.
    package mutating func admit(_ record: Record) -> Bool {
        guard let tombstone = Tombstone(record) else {
            var entry = self.entries[record.environment, default: Entry()]
            guard entry.received.insert(record.sequence) else { return false }
            _ = entry.accounted.insert(record.sequence)
            self.entries[record.environment] = entry
            return true
        }
        let range = record.sequence...(tombstone.through ?? record.sequence)
        return self.entries[record.environment, default: Entry()].accounted.insert(range) > 0
    }

    /// The numbers of `range` that have neither come nor are under a tombstone.
    package func gaps(of environment: String, in range: ClosedRange<Int>) -> [ClosedRange<Int>] {
        self.entries[environment]?.accounted.gaps(in: range) ?? [range]
    }

    /// The highest number that is accounted for; 0 if there is none.
    package func last(of environment: String) -> Int {
        self.entries[environment]?.accounted.ranges.last?.upperBound ?? 0
    }

    package mutating func forget(_ environment: String) { self.entries[environment] = nil }
}
