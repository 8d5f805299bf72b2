import GRDB

/// What the rows of a session can be sorted by.
package enum SessionOrder: Hashable, Sendable {
    case duration, function, calls
}

/// All rows in an order other than the list's: the least first, and those that are equal in the order of the list.
package struct SortedRows: Sendable {
    package var positions: [Int32] = []
    /// What each is sorted by; of names, their places among `names`.
    package var keys: [Double] = []
    package var names: [String] = []

    package init() {}
}

extension SessionReading {
    /// Rows without a duration come before all others.
    package func sorted(by order: SessionOrder) throws(StoreError) -> SortedRows {
        try self.read { database in
            let column =
                switch order {
                case .duration: "duration"
                case .function: "function"
                case .calls: "calls"
                }
            var sorted = SortedRows()
            let rows = try Row.fetchCursor(
                database,
                sql: "SELECT position - 1, \(column) FROM rows ORDER BY \(column), position"
            )
            while let row = try rows.next() {
                sorted.positions.append(row[0])
                guard order == .function else {
                    sorted.keys.append(row[1] as Double? ?? -1)
                    continue
                }
                let name: String = row[1]
                if sorted.names.last != name { sorted.names.append(name) }
                sorted.keys.append(Double(sorted.names.count - 1))
            }
            return sorted
        }
    }
}
