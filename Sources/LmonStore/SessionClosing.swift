import Foundation
import GRDB
package import LmonModel

/// What stands in a session that ended in order: all rows are there, and this is what they come to.
struct SessionClosing: Sendable {
    let totals: SessionTotals

    func write(to database: Database) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO session VALUES ('totals', ?)",
            arguments: [Data(RowCode.encode(self.totals)).base64EncodedString()]
        )
    }

    static func read(from database: Database) throws -> SessionClosing? {
        guard let text = try String.fetchOne(database, sql: "SELECT value FROM session WHERE key = 'totals'"),
            let data = Data(base64Encoded: text),
            let totals = data.withUnsafeBytes({ RowCode.totals($0) })
        else { return nil }
        return SessionClosing(totals: totals)
    }
}

extension SessionStore {
    /// What the session came to; nil if it did not end in order (its rows may then be missing), goes on, or was written
    /// by an lmon that kept no rows.
    package var concluded: SessionTotals? {
        get throws(StoreError) {
            try StoreError.wrap(self.path) { () throws in
                try self.reading.read { database in
                    guard try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0 >= 2 else { return nil }
                    return try SessionClosing.read(from: database)?.totals
                }
            }
        }
    }
}
