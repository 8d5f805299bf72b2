import GRDB

/// What the rows of a session can be sorted by.
package enum SessionOrder: Hashable, Sendable {
    case duration, function, calls
}

extension SessionReading {
    /// The positions of all rows, the least first; rows that are equal stay in the order of the list. Rows without a
    /// duration come before all others.
    package func positions(by order: SessionOrder) throws(StoreError) -> [Int32] {
        let column =
            switch order {
            case .duration: "duration"
            case .function: "function"
            case .calls: "calls"
            }
        return try self.read {
            try Int32.fetchAll($0, sql: "SELECT position - 1 FROM rows ORDER BY \(column), position")
        }
    }
}
