import LmonRecord

/// The last records, bounded by count and by bytes; the oldest go first.
struct RecordRing {
    private let maximumCount: Int
    private let maximumBytes: Int
    private var storage: [Record] = []
    private var head = 0
    private var bytes = 0

    init(maximumCount: Int, maximumBytes: Int) {
        self.maximumCount = maximumCount
        self.maximumBytes = maximumBytes
    }

    var records: [Record] { Array(self.storage[self.head...]) }

    mutating func append(_ records: [Record]) {
        for record in records {
            self.storage.append(record)
            self.bytes += record.line.count
        }
        while self.storage.count - self.head > self.maximumCount || self.bytes > self.maximumBytes {
            self.bytes -= self.storage[self.head].line.count
            self.head += 1
        }
        // Moving the rest down costs as much as was dropped, so each record is moved about once.
        if self.head > self.storage.count / 2 {
            self.storage.removeFirst(self.head)
            self.head = 0
        }
    }
}
