import Foundation
import GRDB
import GRDBSQLite
package import LmonModel

extension SessionReading {
    /// Tells of the lines of a range of cursors that belong to a request and are hits, newest first: the request's number
    /// in this file, and the line, which lives no longer than the call.
    ///
    /// Straight from SQLite: a row of its own for each of a million lines takes longer than looking at them.
    package func scan(
        _ range: Range<Int64>,
        for prefilter: Prefilter,
        _ take: (_ request: Int64, _ line: UnsafeBufferPointer<UInt8>) -> Void
    ) throws(StoreError) {
        try self.read { database in
            let statement = try database.cachedStatement(
                sql: "SELECT request, line FROM records WHERE cursor >= ? AND cursor < ? ORDER BY cursor DESC"
            )
            statement.setUncheckedArguments([range.lowerBound, range.upperBound])
            let pointer = statement.sqliteStatement
            defer { sqlite3_reset(pointer) }
            while true {
                let code = sqlite3_step(pointer)
                guard code == SQLITE_ROW else {
                    guard code == SQLITE_DONE else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
                    return
                }
                guard let blob = sqlite3_column_blob(pointer, 1) else { continue }
                let line = UnsafeRawBufferPointer(start: blob, count: Int(sqlite3_column_bytes(pointer, 1)))
                line.withMemoryRebound(to: UInt8.self) { bytes in
                    guard prefilter.isHit(bytes), sqlite3_column_type(pointer, 0) != SQLITE_NULL else { return }
                    take(sqlite3_column_int64(pointer, 0), bytes)
                }
            }
        }
    }
}
