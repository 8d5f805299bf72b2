import Foundation
import GRDB
package import LmonRecord

/// How much a store keeps; what came first goes first.
package struct Retention: Hashable, Sendable {
    /// Milliseconds since a record came; it is kept up to a minute longer.
    package var age: Int64?
    /// Bytes of the file.
    package var bytes: Int?

    package init(age: Int64? = nil, bytes: Int? = nil) {
        self.age = age
        self.bytes = bytes
    }
}

extension CollectorStore {
    /// How many records one step deletes: some milliseconds' work, for ingest waits for it.
    private static let slice: Int64 = 2000
    /// An environment without records is remembered so long after its last one: it may send some again.
    private static let remembrance: Int64 = 86_400_000_000
    private static let freedPages = 512

    static func minute(_ time: Timestamp) -> Int64 { time.microseconds / 60_000_000 }

    /// Deletes a part of what is not to be kept; false if nothing is left to be deleted. Call it again until then, with
    /// `append` between the calls. Numbers that were taken are known for a day longer.
    package func trim(_ retention: Retention, at now: Timestamp) throws(CollectorStoreError) -> Bool {
        try self.write { (writing, database) throws in
            guard let end = try Self.end(retention, now, last: writing.last, database) else {
                return try Self.rest(now, &writing.writer, database)
            }
            try Self.delete(before: end, &writing.writer, database)
            writing.trimmed = end - 1
            try database.execute(sql: "UPDATE facts SET value = ? WHERE key = 'trimmed'", arguments: [end - 1])
            return true
        }
    }

    /// The cursor that the next part ends before.
    private static func end(
        _ retention: Retention,
        _ now: Timestamp,
        last: Int64,
        _ database: Database
    ) throws -> Int64? {
        guard let first = try Int64.fetchOne(database, sql: "SELECT min(cursor) FROM records") else { return nil }
        if let age = retention.age {
            let minute = Self.minute(now.adding(milliseconds: Double(-age)))
            // A minute's records are as old as its end.
            let kept = try Int64.fetchOne(
                database,
                sql: "SELECT cursor FROM moments WHERE minute >= ? ORDER BY minute LIMIT 1",
                arguments: [minute]
            )
            let end = kept ?? last + 1
            if first < end { return min(end, first + Self.slice) }
        }
        // Half of what is left at most: the newest stays, however little may be kept.
        let step = min(Self.slice, (last - first + 1) / 2)
        guard let bytes = retention.bytes, step > 0, try CollectorFormat.usedBytes(database) > bytes else { return nil }
        return first + step
    }

    private static func delete(before end: Int64, _ writer: inout CollectorWriter, _ database: Database) throws {
        let counts = try Row.fetchAll(
            database,
            sql: "SELECT environment, count(*) FROM records WHERE cursor < ? GROUP BY environment",
            arguments: [end]
        )
        for row in counts {
            let (environment, count): (Int64, Int) = (row[0], row[1])
            try database.execute(
                sql: "UPDATE environments SET records = records - ? WHERE id = ?",
                arguments: [count, environment]
            )
        }
        let requests = try Int64.fetchAll(
            database,
            sql: "SELECT DISTINCT request FROM records WHERE cursor < ? AND request IS NOT NULL",
            arguments: [end]
        )
        try database.execute(sql: "DELETE FROM records WHERE cursor < ?", arguments: [end])
        try database.execute(sql: "DELETE FROM tombstones WHERE cursor < ?", arguments: [end])
        // The last minute that begins at or before the end is still needed.
        try database.execute(
            sql: "DELETE FROM moments WHERE minute < (SELECT max(minute) FROM moments WHERE cursor <= ?)",
            arguments: [end]
        )
        let forgotten = try Self.forget(requests, database)
        writer.forget(requests: forgotten)
    }

    /// Deletes the names of requests of which nothing is left.
    private static func forget(_ requests: [Int64], _ database: Database) throws -> [String] {
        let delete = try database.cachedStatement(
            sql: """
                DELETE FROM requests WHERE id = ?1 AND NOT EXISTS
                (SELECT 1 FROM records INDEXED BY records_by_request WHERE request = ?1) RETURNING name
                """
        )
        return try requests.flatMap { try String.fetchAll(delete, arguments: [$0]) }
    }

    /// What is done once no record is left to be deleted: gives freed pages back, a part at a time.
    private static func rest(_ now: Timestamp, _ writer: inout CollectorWriter, _ database: Database) throws -> Bool {
        try database.execute(
            sql: "DELETE FROM environments WHERE records = 0 AND newest < ?",
            arguments: [now.microseconds - Self.remembrance]
        )
        if database.changesCount > 0 { writer.forget(requests: []) }
        let free = try Int.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0
        let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
        // A quarter is soon used again.
        guard free > Self.freedPages, free > pages / 4 else { return false }
        try database.execute(sql: "PRAGMA incremental_vacuum(\(Self.freedPages))")
        return true
    }
}

extension CollectorStore {
    /// The cursor behind which everything is that came in the minute of `time` or later.
    package func cursor(before time: Timestamp) throws(CollectorStoreError) -> Int64 {
        let last = self.last
        return try self.read { database in
            let first = try Int64.fetchOne(
                database,
                sql: "SELECT cursor FROM moments WHERE minute >= ? ORDER BY minute LIMIT 1",
                arguments: [Self.minute(time)]
            )
            return first.map { $0 - 1 } ?? last
        }
    }
}
