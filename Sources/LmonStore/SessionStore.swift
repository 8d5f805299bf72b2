import Dispatch
import Foundation
import GRDB
package import LmonModel
package import LmonRecord
import Synchronization

/// A recorded session: one SQLite file that holds every record of a run, in the order in which it came.
///
/// Appending returns at once; a queue of its own writes, with one commit a second, so that a process killed outright
/// loses at most the last second and leaves a file that opens. Reading sees everything appended before.
package final class SessionStore: Sendable {
    /// Where the session lies; nil in memory.
    package let path: String?

    let reading: DatabaseQueue
    /// Nil when the session was opened for reading only.
    let writer: SessionWriter?
    /// The file, when it was opened for reading only.
    private let file: Int32?

    private init(path: String?, reading: DatabaseQueue, writer: SessionWriter?, file: Int32? = nil) {
        self.path = path
        self.file = file
        self.reading = reading
        self.writer = writer
    }

    deinit {
        guard let file else { return }
        try? self.reading.close()
        SessionFormat.release(file)
    }

    /// Starts a new session file, readable by its owner only. `source` says in words what is recorded.
    package static func create(
        at path: String,
        source: String,
        startedAt: Timestamp,
        isTemporary: Bool = false
    ) throws(StoreError) -> SessionStore {
        let lock = try SessionFormat.create(path)
        do {
            let database = try DatabaseQueue(path: path, configuration: Self.configuration(label: "writer"))
            try Self.prepare(database, source: source, startedAt: startedAt)
            try database.writeWithoutTransaction {
                try $0.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
            }
            let reading = try DatabaseQueue(
                path: path,
                configuration: Self.configuration(label: "reader", readonly: true)
            )
            return SessionStore(
                path: path,
                reading: reading,
                writer: SessionWriter(database, path: path, lock: lock, isTemporary: isTemporary)
            )
        } catch {
            SessionFormat.release(lock)
            SessionFormat.remove(path)
            throw StoreError(.cannotCreate(error.summary), path: path)
        }
    }

    /// A session that lasts as long as the process, for want of a file.
    package static func inMemory(source: String, startedAt: Timestamp) throws(StoreError) -> SessionStore {
        do {
            let database = try DatabaseQueue(configuration: Self.configuration(label: "memory"))
            try Self.prepare(database, source: source, startedAt: startedAt)
            return SessionStore(
                path: nil,
                reading: database,
                writer: SessionWriter(database, path: "memory", lock: nil)
            )
        } catch {
            throw StoreError(.cannotCreate(error.summary), path: "memory")
        }
    }

    /// Opens a recorded session for reading, also while another process writes it.
    package static func open(_ path: String) throws(StoreError) -> SessionStore {
        let file = try SessionFormat.check(path)
        do {
            let reading = try DatabaseQueue(
                path: path,
                configuration: Self.configuration(label: "reader", readonly: true)
            )
            let store = SessionStore(path: path, reading: reading, writer: nil, file: file)
            _ = try reading.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM session") }
            return store
        } catch {
            SessionFormat.release(file)
            throw StoreError(.damaged(error.summary), path: path)
        }
    }

    static func configuration(label: String, readonly: Bool = false) -> Configuration {
        var configuration = Configuration()
        configuration.label = "lmon.session.\(label)"
        configuration.readonly = readonly
        configuration.busyMode = .timeout(2)
        configuration.foreignKeysEnabled = false
        return configuration
    }

    private static func prepare(_ database: DatabaseQueue, source: String, startedAt: Timestamp) throws {
        // A record takes some hundred bytes and is read among its neighbours.
        try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA page_size = 16384") }
        try database.write {
            try $0.execute(sql: SessionFormat.schema)
            try $0.execute(
                sql: "INSERT INTO session VALUES ('source', ?), ('startedAt', ?)",
                arguments: [source, startedAt.description]
            )
        }
    }
}

// MARK: Writing

extension SessionStore {
    /// Takes records into the session. One that is there already, by environment and number, is passed over.
    ///
    /// Never waits for the disk. If the disk cannot follow, records are let go, counted, and a tombstone is written in
    /// their place. A session opened for reading ignores this.
    package func append(_ records: [LmonRecord.Record]) {
        self.writer?.append(records)
    }

    /// Keeps rows of the list, behind those that are there already.
    package func append(rows: [ArchivedRow]) {
        self.writer?.append(rows)
    }

    /// Says that all rows are there, and what the session came to. Call it once, before `close`.
    package func conclude(totals: SessionTotals) {
        self.writer?.conclude(SessionClosing(totals: totals))
    }

    /// Waits until everything appended so far is committed.
    package func flush() {
        self.writer?.flush()
    }

    /// Whether something appended is not committed yet.
    package var isBehind: Bool { self.writer?.isBehind ?? false }

    /// Why writing stopped, if it did: the disk is full, say. Records are then counted as lost.
    package var failure: StoreError? { self.writer?.failure }
    /// How many records were not written, because the disk was too slow or refused.
    package var lost: Int { self.writer?.lost ?? 0 }
    /// How many records the session took.
    package var count: Int { self.writer?.count ?? 0 }

    /// Commits and closes: what remains is one file. A session without any record is deleted. Call it once, last.
    package func close() {
        try? self.reading.close()
        self.writer?.close()
    }

    /// Whether records may still come: this store takes them, or another process does.
    package var isBeingWritten: Bool { self.file.map { SessionFormat.isBeingWritten($0) } ?? true }
}

// MARK: Reading

extension SessionStore {
    /// In words, what was recorded.
    package var source: String? {
        get throws(StoreError) {
            try self.read { try String.fetchOne($0, sql: "SELECT value FROM session WHERE key = 'source'") }
        }
    }

    /// How many invocations have a record in it.
    package var invocationCount: Int {
        get throws(StoreError) { try self.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM requests") ?? 0 } }
    }

    /// Of SQLite: `3.40.1`.
    package static var libraryVersion: String {
        let version = try? DatabaseQueue().read { try String.fetchOne($0, sql: "SELECT sqlite_version()") }
        return version.flatMap { $0 } ?? "unknown"
    }

    /// The records behind `cursor` (0: from the start), oldest first.
    package func records(after cursor: Int64, limit: Int) throws(StoreError) -> [StoredRecord] {
        try self.records(
            sql: "SELECT cursor, line FROM records WHERE cursor > ? ORDER BY cursor LIMIT ?",
            arguments: [cursor, limit]
        )
    }

    /// All records of one invocation, in the order in which they came.
    package func records(request: String) throws(StoreError) -> [LmonRecord.Record] {
        try self.records(
            sql: """
                SELECT cursor, line FROM records
                WHERE request IN (SELECT id FROM requests WHERE name = ?1 COLLATE NOCASE AND name = ?1)
                ORDER BY cursor
                """,
            arguments: [request]
        ).map(\.record)
    }

    /// What belongs to an environment and to none of its invocations, oldest first.
    package func environmentRecords(_ environment: String) throws(StoreError) -> [LmonRecord.Record] {
        try self.records(
            sql: """
                SELECT cursor, line FROM records
                WHERE request IS NULL AND environment = (SELECT id FROM environments WHERE name = ?) ORDER BY cursor
                """,
            arguments: [environment]
        ).map(\.record)
    }

    /// A number that changes when another process has committed; cheap enough to ask several times a second.
    package var dataVersion: Int {
        get throws(StoreError) {
            try self.read { try Int.fetchOne($0, sql: "PRAGMA data_version") ?? 0 }
        }
    }

    private func records(sql: String, arguments: StatementArguments) throws(StoreError) -> [StoredRecord] {
        self.writer?.flush()
        return try self.read { try StoredRecord.all($0, sql: sql, arguments: arguments, self.path) }
    }

    private func read<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        try StoreError.wrap(self.path) { () throws in try self.reading.read(body) }
    }
}

extension Error {
    /// One line for people: SQLite's own message without the statement.
    var summary: String {
        (self as? DatabaseError).map { $0.message ?? $0.resultCode.description } ?? "\(self)"
    }
}
