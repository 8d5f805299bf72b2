import Foundation
import GRDB
package import LmonRecord

/// A record and its place in the session.
package struct StoredRecord: Sendable {
    /// Grows with every record; where reading goes on.
    package let cursor: Int64
    package let record: LmonRecord.Record

    package init(cursor: Int64, record: LmonRecord.Record) {
        self.cursor = cursor
        self.record = record
    }

    /// What a query of `cursor, line` gives.
    static func all(_ database: Database, sql: String, arguments: StatementArguments, _ path: String?) throws
        -> [StoredRecord]
    {
        var records: [StoredRecord] = []
        let rows = try Row.fetchCursor(database.cachedStatement(sql: sql), arguments: arguments)
        while let row = try rows.next() {
            let line = try row.withUnsafeData(atIndex: 1) { [UInt8]($0 ?? Data()) }
            do {
                records.append(StoredRecord(cursor: row[0], record: try LmonRecord.Record(line: line)))
            } catch {
                throw StoreError(.damaged("record \(row[0] as Int64): \(error)"), path: path ?? "memory")
            }
        }
        return records
    }
}
