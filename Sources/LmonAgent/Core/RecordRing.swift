import LmonRecord

/// The last records, bounded by count and by bytes; the oldest go first, and it is remembered which. What came together is
/// kept together, uncopied.
struct RecordRing {
    private let maximumCount: Int
    private let maximumBytes: Int
    private var batches: [[Record]] = []
    /// The first batch that is left, and how many of its records are gone.
    private var head = (batch: 0, record: 0)
    private var count = 0
    private var bytes = 0
    /// The last number that has gone.
    private var gone = EnvironmentTable<Gone>()

    private struct Gone {
        var function = ""
        var through = 0
        var time = Timestamp(microseconds: 0)
    }

    init(maximumCount: Int, maximumBytes: Int) {
        self.maximumCount = maximumCount
        self.maximumBytes = maximumBytes
    }

    var records: [Record] { Array(self.batches[self.head.batch...].joined().dropFirst(self.head.record)) }

    /// What stands for the records that have gone: a tombstone for each environment that has lost some, in no order.
    func tombstones(sink: String) -> [Record] {
        self.gone.all.map { environment, gone in
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
        guard !records.isEmpty else { return }
        self.batches.append(records)
        self.count += records.count
        self.bytes += records.reduce(0) { $0 + $1.line.count }
        while self.count > self.maximumCount || self.bytes > self.maximumBytes { self.dropFirst() }
        // Moving the rest down costs as much as was dropped, so each batch is moved about once.
        if self.head.batch > self.batches.count / 2 {
            self.batches.removeFirst(self.head.batch)
            self.head.batch = 0
        }
    }

    private mutating func dropFirst() {
        let record = self.batches[self.head.batch][self.head.record]
        self.bytes -= record.line.count
        self.count -= 1
        self.gone[record.environment, default: Gone()] = Gone(
            function: record.function,
            through: record.sequence,
            time: record.time
        )
        self.head.record += 1
        guard self.head.record == self.batches[self.head.batch].count else { return }
        self.batches[self.head.batch] = []
        self.head = (self.head.batch + 1, 0)
    }
}
