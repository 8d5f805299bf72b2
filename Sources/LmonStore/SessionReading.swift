import Foundation
import GRDB
package import LmonModel
package import LmonRecord

/// What is counted through besides rows.
package enum SessionItems: String, Hashable, Sendable {
    case calls, logs
}

/// A row with its place, and the number of its request in the file.
package struct StoredRow: Sendable {
    package let position: Int
    package let request: Int64?
    package let row: ArchivedRow
}

/// Reads what a session holds by position: rows, calls and log lines in the order in which they came, from 0.
///
/// Only what is committed. A connection of its own, for one thread.
package struct SessionReading: Sendable {
    let database: DatabaseQueue
    let path: String?
    /// Closes the connection when it goes.
    var owner: SessionStore?

    package var rowCount: Int { get throws(StoreError) { try self.last("rows") } }
    package var callCount: Int { get throws(StoreError) { try self.last("calls") } }
    package var logCount: Int { get throws(StoreError) { try self.last("logs") } }

    private func last(_ table: String) throws(StoreError) -> Int {
        try self.read { try Int.fetchOne($0.cachedStatement(sql: "SELECT max(position) FROM \(table)")) ?? 0 }
    }

    /// The place of the last record.
    package var lastCursor: Int64 {
        get throws(StoreError) {
            try self.read { try Int64.fetchOne($0, sql: "SELECT max(cursor) FROM records") ?? 0 }
        }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        try StoreError.wrap(self.path) { () throws in try self.database.unsafeReentrantRead(body) }
    }

    /// Reads as of one moment what `body` reads, and takes SQLite's lock but once.
    package func together<Value>(_ body: () throws(StoreError) -> Value) throws(StoreError) -> Value {
        try StoreError.wrap(self.path) { () throws in
            try self.database.unsafeReentrantRead { database in
                guard !database.isInsideTransaction else { return try body() }
                try database.beginTransaction(.deferred)
                defer { try? database.commit() }
                return try body()
            }
        }
    }

    // MARK: Rows

    /// Rows by their positions; one that cannot be read is left out.
    package func rows(in range: Range<Int>) throws(StoreError) -> [(position: Int, row: ListRow)] {
        try self.read { database in
            var found: [(position: Int, row: ListRow)] = []
            let rows = try Row.fetchCursor(
                database.cachedStatement(
                    sql: "SELECT position, payload FROM rows WHERE position > ? AND position <= ? ORDER BY position"
                ),
                arguments: [range.lowerBound, range.upperBound]
            )
            while let row = try rows.next() {
                let decoded = try row.withUnsafeData(atIndex: 1) { $0?.withUnsafeBytes { RowCode.row($0) } ?? nil }
                if let decoded { found.append((Int(row[0] as Int64) - 1, decoded)) }
            }
            return found
        }
    }

    package func row(at position: Int) throws(StoreError) -> ListRow? {
        try self.rows(in: position..<position + 1).first?.row
    }

    /// The rows of a range with their facts, newest first.
    package func archivedRows(in range: Range<Int>) throws(StoreError) -> [StoredRow] {
        try self.read { database in
            var found: [StoredRow] = []
            let rows = try Row.fetchCursor(
                database.cachedStatement(
                    sql: """
                        SELECT position, request, payload FROM rows
                        WHERE position > ? AND position <= ? ORDER BY position DESC
                        """
                ),
                arguments: [range.lowerBound, range.upperBound]
            )
            while let row = try rows.next() {
                let decoded = try row.withUnsafeData(atIndex: 2) {
                    $0?.withUnsafeBytes { RowCode.archivedRow($0) } ?? nil
                }
                guard let decoded else { continue }
                found.append(StoredRow(position: Int(row[0] as Int64) - 1, request: row[1], row: decoded))
            }
            return found
        }
    }

    /// Where the rows of a request id are, written in either case.
    package func positions(requestID: String) throws(StoreError) -> [Int] {
        try self.read { database in
            try Int.fetchAll(
                database.cachedStatement(
                    sql: """
                        SELECT position - 1 FROM rows
                        WHERE request IN (SELECT id FROM requests WHERE name = ? COLLATE NOCASE) ORDER BY position
                        """
                ),
                arguments: [requestID]
            )
        }
    }

    /// Where the rows of a request are, by its number.
    package func positions(request: Int64) throws(StoreError) -> [Int] {
        try self.read { database in
            try Int.fetchAll(
                database.cachedStatement(sql: "SELECT position - 1 FROM rows WHERE request = ?"),
                arguments: [request]
            )
        }
    }

    package func position(of id: RowID) throws(StoreError) -> Int? {
        let candidates: [Int]
        if let requestID = id.invocationID?.requestID {
            candidates = try self.positions(requestID: requestID)
        } else {
            candidates = try self.read { database in
                try Int.fetchAll(
                    database.cachedStatement(
                        sql: """
                            SELECT position - 1 FROM rows WHERE request IS NULL
                            AND environment = (SELECT id FROM environments WHERE name = ?)
                            """
                    ),
                    arguments: [id.environment]
                )
            }
        }
        for position in candidates where try self.row(at: position)?.id == id { return position }
        return nil
    }

    /// Where someone must look, oldest first.
    package var failedPositions: [Int32] {
        get throws(StoreError) {
            try self.read {
                try Int32.fetchAll($0, sql: "SELECT position - 1 FROM rows WHERE failed ORDER BY position")
            }
        }
    }

    // MARK: Records

    package func records(after cursor: Int64, limit: Int) throws(StoreError) -> [StoredRecord] {
        try self.read { database in
            try StoredRecord.all(
                database,
                sql: "SELECT cursor, line FROM records WHERE cursor > ? ORDER BY cursor LIMIT ?",
                arguments: [cursor, limit],
                self.path
            )
        }
    }

    /// All records of one invocation, in the order in which they came; of an initialisation, those of its environment that
    /// belong to no invocation.
    package func records(of id: InvocationID) throws(StoreError) -> [LmonRecord.Record] {
        try self.storedRecords(of: id).map(\.record)
    }

    /// The same with their places.
    package func storedRecords(of id: InvocationID) throws(StoreError) -> [StoredRecord] {
        try self.read { database in
            let condition: String
            let argument: String
            if let requestID = id.requestID {
                condition = "request IN (SELECT id FROM requests WHERE name = ?1 COLLATE NOCASE AND name = ?1)"
                argument = requestID
            } else {
                condition = "request IS NULL AND environment = (SELECT id FROM environments WHERE name = ?1)"
                argument = id.environment
            }
            return try StoredRecord.all(
                database,
                sql: "SELECT cursor, line FROM records WHERE \(condition) ORDER BY cursor",
                arguments: [argument],
                self.path
            )
        }
    }

    /// The numbers of the requests that calls, or log lines, belong to; nil for those of an initialisation.
    package func requests(of items: SessionItems, in range: Range<Int>) throws(StoreError) -> [(
        position: Int, request: Int64?
    )] {
        try self.read { database in
            let rows = try Row.fetchCursor(
                database.cachedStatement(
                    sql: """
                        SELECT position, request FROM \(items.rawValue) AS items
                        JOIN records ON records.cursor = items.cursor
                        WHERE position > ? AND position <= ? ORDER BY position DESC
                        """
                ),
                arguments: [range.lowerBound, range.upperBound]
            )
            var found: [(position: Int, request: Int64?)] = []
            while let row = try rows.next() { found.append((Int(row[0] as Int64) - 1, row[1])) }
            return found
        }
    }

    /// Where the call or line is that a record at `cursor` began.
    package func position(of items: SessionItems, cursor: Int64) throws(StoreError) -> Int? {
        try self.read { database in
            let cursorAt = try database.cachedStatement(sql: "SELECT cursor FROM \(items.rawValue) WHERE position = ?")
            var low = 1
            var high = try Int.fetchOne(database, sql: "SELECT max(position) FROM \(items.rawValue)") ?? 0
            while low <= high {
                let middle = (low + high) / 2
                guard let found = try Int64.fetchOne(cursorAt, arguments: [middle]) else { return nil }
                if found == cursor { return middle - 1 }
                if found < cursor { low = middle + 1 } else { high = middle - 1 }
            }
            return nil
        }
    }

    /// Where the calls, or log lines, of a request id are, written in either case.
    package func positions(of items: SessionItems, requestID: String) throws(StoreError) -> [Int] {
        let cursors = try self.read { database in
            try Int64.fetchAll(
                database.cachedStatement(
                    sql:
                        "SELECT cursor FROM records WHERE request IN (SELECT id FROM requests WHERE name = ? COLLATE NOCASE)"
                ),
                arguments: [requestID]
            )
        }
        var positions: [Int] = []
        for cursor in cursors {
            if let position = try self.position(of: items, cursor: cursor) { positions.append(position) }
        }
        return positions.sorted()
    }

    /// The records that begin calls, by their positions.
    package func records(of items: SessionItems, in range: Range<Int>) throws(StoreError) -> [StoredRecord] {
        try self.read { database in
            try StoredRecord.all(
                database,
                sql: """
                    SELECT records.cursor, line FROM \(items.rawValue) AS items JOIN records ON records.cursor = items.cursor
                    WHERE position > ? AND position <= ? ORDER BY position
                    """,
                arguments: [range.lowerBound, range.upperBound],
                self.path
            )
        }
    }
}

extension SessionStore {
    /// The connection of this store, for the thread that shows it.
    package var committed: SessionReading { SessionReading(database: self.reading, path: self.path, owner: self) }

    /// Another connection, for a thread of its own; the same where the session lies in memory.
    package func another() throws(StoreError) -> SessionReading {
        guard let path else { return self.committed }
        return try StoreError.wrap(path) { () throws in
            let database = try DatabaseQueue(
                path: path,
                configuration: Self.configuration(label: "scan", readonly: true)
            )
            return SessionReading(database: database, path: path)
        }
    }
}
