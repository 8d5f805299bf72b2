import LmonRecord

/// All rows by time; those of one moment in the order in which they came.
struct RowOrder: Sendable {
    struct Row: Hashable, Sendable {
        var time: Timestamp
        var ordinal: UInt32
        /// A slot's index, or the complement of an event's.
        var reference: Int32

        func precedes(_ time: Timestamp, _ ordinal: UInt32) -> Bool {
            self.time == time ? self.ordinal < ordinal : self.time < time
        }
    }

    private(set) var rows: [Row] = []
    private var nextOrdinal: UInt32 = 0

    /// Adds a row and returns its ordinal.
    mutating func insert(at time: Timestamp, reference: Int32) -> UInt32 {
        let ordinal = self.nextOrdinal
        self.nextOrdinal += 1
        self.place(Row(time: time, ordinal: ordinal, reference: reference))
        return ordinal
    }

    mutating func move(from time: Timestamp, ordinal: UInt32, to newTime: Timestamp) {
        guard let index = self.index(of: time, ordinal: ordinal) else { return }
        var row = self.rows.remove(at: index)
        row.time = newTime
        self.place(row)
    }

    func index(of time: Timestamp, ordinal: UInt32) -> Int? {
        let index = self.lowerBound(time, ordinal)
        guard index < self.rows.count, self.rows[index].ordinal == ordinal else { return nil }
        return index
    }

    /// Takes away so many rows at the front, except those that stay.
    mutating func replaceFirst(_ count: Int, with stays: [Row]) {
        self.rows.replaceSubrange(..<count, with: stays)
    }

    private mutating func place(_ row: Row) {
        if let last = self.rows.last, !last.precedes(row.time, row.ordinal) {
            self.rows.insert(row, at: self.lowerBound(row.time, row.ordinal))
        } else {
            self.rows.append(row)
        }
    }

    /// The first row that does not precede that place.
    func lowerBound(_ time: Timestamp, _ ordinal: UInt32 = 0) -> Int {
        var low = 0
        var high = self.rows.count
        while low < high {
            let middle = (low + high) / 2
            if self.rows[middle].precedes(time, ordinal) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
