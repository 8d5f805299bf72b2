package import LmonRecord

/// What a sink has not taken yet, in order, bounded in bytes: beyond the limit the oldest bodies go first, then the oldest
/// records, whose place a tombstone takes.
///
/// One batch can be on its way; it stays in the queue until it was taken.
package struct RecordQueue: Sendable {
    private enum Entry {
        case record(Record)
        case lost(Lost)

        var size: Int {
            switch self {
            case .record(let record): record.line.count + 1
            // About what its record will take.
            case .lost: 256
            }
        }

        var environment: String {
            switch self {
            case .record(let record): record.environment
            case .lost(let lost): lost.environment
            }
        }
    }

    private struct Lost {
        let environment: String
        let function: String
        let time: Timestamp
        let observed: Timestamp
        let first: Int
        var through: Int
        var count = 1

        init(_ record: Record) {
            self.environment = record.environment
            self.function = record.function
            self.time = record.time
            self.observed = record.observed
            self.first = record.sequence
            self.through = record.sequence
        }
    }

    private let limit: Int
    private let sink: String
    private var entries: [Entry] = []
    /// The first entry that is left in `entries`.
    private var head = 0
    /// So many entries from the head are on their way.
    private var underWay = 0
    /// Entries before this one have no bodies to lose.
    private var bodies = 0
    package private(set) var bytes = 0
    /// Records that were dropped, and bodies.
    package private(set) var dropped = 0
    package private(set) var bodiesDropped = 0

    package init(limit: Int, sink: String) {
        self.limit = limit
        self.sink = sink
    }

    package var isEmpty: Bool { self.head == self.entries.count }

    package var count: Int { self.entries.count - self.head }

    package mutating func append(_ records: [Record]) {
        for record in records {
            self.entries.append(.record(record))
            self.bytes += record.line.count + 1
        }
        self.shrink()
    }

    // MARK: Batches

    /// The next records to send, at most `maximum` bytes but at least one; the same ones again until `taken`. Tombstones are
    /// made of what was lost. With `ofOneEnvironment` it ends where another environment's begin.
    package mutating func batch(maximum: Int, ofOneEnvironment: Bool = false) -> [Record] {
        if self.underWay == 0 {
            var bytes = 0
            while self.head + self.underWay < self.entries.count {
                let entry = self.entries[self.head + self.underWay]
                bytes += entry.size
                if self.underWay > 0, bytes > maximum { break }
                if ofOneEnvironment, entry.environment != self.entries[self.head].environment { break }
                self.underWay += 1
            }
        }
        return self.entries[self.head..<(self.head + self.underWay)].map { self.record($0) }
    }

    /// The batch has arrived.
    package mutating func taken() {
        for index in self.head..<(self.head + self.underWay) {
            self.bytes -= self.entries[index].size
        }
        self.head += self.underWay
        self.underWay = 0
        self.compact()
    }

    /// The batch cannot be taken as it is: the next one is half of it. A single record is given up.
    package mutating func refuse() {
        guard self.underWay > 1 else {
            if self.underWay == 1 { self.drop(self.head) }
            self.underWay = 0
            return
        }
        self.underWay = (self.underWay + 1) / 2
    }

    /// The batch did not arrive; the next one may be another.
    package mutating func returned() { self.underWay = 0 }

    private func record(_ entry: Entry) -> Record {
        switch entry {
        case .record(let record): return record
        case .lost(let lost):
            let tombstone = Tombstone(
                first: lost.first,
                through: lost.through,
                count: lost.count,
                reason: "the sink does not take them fast enough",
                sink: self.sink
            )
            return tombstone.record(
                environment: lost.environment,
                function: lost.function,
                time: lost.time,
                observed: lost.observed
            )
        }
    }

    // MARK: The limit

    private mutating func shrink() {
        guard self.bytes > self.limit else { return }
        // Some more than must be, so that not every record that comes makes room for itself alone.
        let goal = self.limit - self.limit / 8
        self.bodies = max(self.bodies, self.head + self.underWay)
        while self.bytes > goal, self.bodies < self.entries.count {
            self.strip(self.bodies)
            self.bodies += 1
        }
        guard self.bytes > self.limit else { return }
        var index = self.head + self.underWay
        while self.bytes > goal, index < self.entries.count {
            self.drop(index)
            index += 1
        }
        self.merge()
    }

    private mutating func strip(_ index: Int) {
        guard case .record(let record) = self.entries[index], let less = record.withoutBodies() else { return }
        self.bytes -= record.line.count - less.line.count
        self.bodiesDropped += 1
        self.entries[index] = .record(less)
    }

    private mutating func drop(_ index: Int) {
        guard case .record(let record) = self.entries[index] else { return }
        // A tombstone that is lost stays one: it speaks for more than itself.
        guard record.type != .dropped else { return }
        let lost = Entry.lost(Lost(record))
        self.bytes += lost.size - self.entries[index].size
        self.dropped += 1
        self.entries[index] = lost
    }

    /// Neighbours that were lost become one.
    private mutating func merge() {
        var kept: [Entry] = []
        kept.reserveCapacity(self.count)
        for index in (self.head + self.underWay)..<self.entries.count {
            let entry = self.entries[index]
            guard case .lost(let next) = entry, case .lost(var last)? = kept.last,
                last.environment == next.environment, last.through + 1 == next.first
            else {
                kept.append(entry)
                continue
            }
            last.through = next.through
            last.count += next.count
            kept[kept.count - 1] = .lost(last)
            self.bytes -= entry.size
        }
        self.entries.replaceSubrange((self.head + self.underWay)..., with: kept)
        self.bodies = min(self.bodies, self.entries.count)
    }

    private mutating func compact() {
        guard self.head > 256, self.head > self.entries.count / 2 else { return }
        self.entries.removeFirst(self.head)
        self.bodies = max(0, self.bodies - self.head)
        self.head = 0
    }
}
