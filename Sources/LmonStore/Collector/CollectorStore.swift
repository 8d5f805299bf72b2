import Foundation
import GRDB
package import LmonRecord
import Synchronization

/// A collector's store: one SQLite file that holds the records of many environments, each once, in the order in which they
/// came. Where one stands is its cursor, which is never given twice.
///
/// One process writes it. What `append` has returned for is on the disk, whatever becomes of the process. Several threads may
/// read while one writes.
package final class CollectorStore: Sendable {
    /// What became of one batch.
    package struct Appended: Sendable {
        /// What is new, with its place.
        package internal(set) var stored: [StoredRecord] = []
        /// How many records were there already, or speak for what is there.
        package internal(set) var known = 0

        package init() {}
    }

    package let path: String
    /// Tells this store's cursors from those of every other.
    package let id: String
    let reading: DatabaseQueue
    private let database: DatabaseQueue
    private let lock: Int32

    struct Writing {
        var writer = CollectorWriter()
        var last: Int64
        /// The last place that was deleted for its age or for want of room.
        var trimmed: Int64
    }

    let writing: Mutex<Writing>

    private init(_ path: String, lock: Int32, database: DatabaseQueue, reading: DatabaseQueue) throws {
        self.path = path
        self.lock = lock
        self.database = database
        self.reading = reading
        let facts = try database.read {
            try Row.fetchAll($0, sql: "SELECT key, value FROM facts").reduce(into: [:]) { $0[$1[0] as String] = $1 }
        }
        self.id = facts["store"]?[1] ?? ""
        self.writing = Mutex(Writing(last: facts["last"]?[1] ?? 0, trimmed: facts["trimmed"]?[1] ?? 0))
    }

    /// Opens the file, or makes a new one, readable by its owner only; an older one is brought up to date.
    package static func open(_ path: String) throws(CollectorStoreError) -> CollectorStore {
        let lock = try CollectorFormat.lock(path)
        do {
            return try CollectorStoreError.wrap(path, { .cannotOpen($0) }) { () throws in
                let database = try DatabaseQueue(path: path, configuration: Self.configuration("writer"))
                try database.writeWithoutTransaction { try CollectorFormat.prepare($0, path: path) }
                let reading = try DatabaseQueue(path: path, configuration: Self.configuration("reader", readonly: true))
                return try CollectorStore(path, lock: lock, database: database, reading: reading)
            }
        } catch {
            Foundation.close(lock)
            throw error
        }
    }

    private static func configuration(_ label: String, readonly: Bool = false) -> Configuration {
        SessionStore.configuration(label: "collector.\(label)", readonly: readonly)
    }

    /// Call it once, last. What was appended stays whether it is called or not.
    package func close() {
        try? self.reading.close()
        try? self.database.close()
        Foundation.close(self.lock)
    }

    /// The place of the last record that was ever appended.
    package var last: Int64 { self.writing.withLock { $0.last } }

    /// Everything up to here is gone, for its age or for want of room.
    package var trimmed: Int64 { self.writing.withLock { $0.trimmed } }

    // MARK: Appending

    /// Appends batches in one commit, so that many agents wait for the disk once. All or none of them; after an error the
    /// store is as before and may be tried again.
    ///
    /// Within an environment a number is taken once; a record takes the place of a tombstone over its number, never the
    /// reverse. Waits for the disk.
    package func append(_ batches: [[LmonRecord.Record]], at now: Timestamp) throws(CollectorStoreError) -> [Appended] {
        try self.write { (writing, database) throws in
            var last = writing.last
            let appended = try batches.map { try writing.writer.insert($0, last: &last, into: database) }
            try writing.writer.finish(at: now.microseconds, in: database)
            if last > writing.last {
                try database.execute(
                    sql: "INSERT OR IGNORE INTO moments VALUES (?, ?)",
                    arguments: [Self.minute(now), writing.last + 1]
                )
            }
            try database.execute(sql: "UPDATE facts SET value = ? WHERE key = 'last'", arguments: [last])
            writing.last = last
            return appended
        }
    }

    /// One transaction. What is remembered is forgotten if it fails.
    func write<Value: Sendable>(
        _ body: (inout Writing, Database) throws -> Value
    ) throws(CollectorStoreError) -> Value {
        let result = self.writing.withLock { writing -> Result<Value, CollectorStoreError> in
            let (last, trimmed) = (writing.last, writing.trimmed)
            do throws(CollectorStoreError) {
                return .success(
                    try CollectorStoreError.wrap(self.path, { .cannotWrite($0) }) { () throws in
                        try self.database.write { try body(&writing, $0) }
                    }
                )
            } catch {
                writing.writer.forget()
                (writing.last, writing.trimmed) = (last, trimmed)
                return .failure(error)
            }
        }
        return try result.get()
    }
}
