import LmonRecord

/// The last records, bounded by count and by bytes; the oldest go first, and it is remembered which.
struct RecordRing {
    private let maximumCount: Int
    private let maximumBytes: Int
    private var storage: [Record] = []
    private var head = 0
    private var bytes = 0
    /// The last number that has gone, by environment.
    private var gone: [String: Gone] = [:]

    private struct Gone {
        let function: String
        let through: Int
        let time: Timestamp
    }

    init(maximumCount: Int, maximumBytes: Int) {
        self.maximumCount = maximumCount
        self.maximumBytes = maximumBytes
    }

    var records: [Record] { Array(self.storage[self.head...]) }

    /// What stands for the records that have gone: a tombstone for each environment that has lost some, in no order.
    func tombstones(sink: String) -> [Record] {
        self.gone.map { environment, gone in
            let tombstone = Tombstone(
                first: 1,
                through: gone.through,
                count: gone.through,
                reason: "older than what is retained",
                sink: sink
            )
            return tombstone.record(
                environment: environment,
                function: gone.function,
                time: gone.time,
                observed: gone.time
            )
        }
    }

    mutating func append(_ records: [Record]) {
        for record in records {
            self.storage.append(record)
            self.bytes += record.line.count
        }
        while self.storage.count - self.head > self.maximumCount || self.bytes > self.maximumBytes {
            let record = self.storage[self.head]
            self.bytes -= record.line.count
            self.gone[record.environment] = Gone(
                function: record.function,
                through: record.sequence,
                time: record.time
            )
            self.head += 1
        }
        // Moving the rest down costs as much as was dropped, so each record is moved about once.
        if self.head > self.storage.count / 2 {
            self.storage.removeFirst(self.head)
            self.head = 0
        }
    }
}
