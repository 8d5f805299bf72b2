import Foundation
import GRDB

/// The layout of a collector's file: what marks it, its tables, and how an older one becomes a current one.
enum CollectorFormat {
    /// `lmoc` in ASCII, in SQLite's header.
    static let applicationID = 0x6C6D_6F63

    /// What leads from each version to the next; the first makes an empty file one of version 1.
    ///
    /// Records have but the index by request: each further one would cost ingest a third of its speed. `received` and
    /// `covered` are an environment's numbers as ranges, so that opening reads no record.
    static let steps = [
        """
        CREATE TABLE facts(key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
        CREATE TABLE environments(
            id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, function TEXT NOT NULL, records INTEGER NOT NULL,
            newest INTEGER NOT NULL, received BLOB NOT NULL, covered BLOB NOT NULL);
        CREATE TABLE requests(id INTEGER PRIMARY KEY, name TEXT NOT NULL);
        CREATE INDEX requests_by_name ON requests(name);
        CREATE TABLE records(
            cursor INTEGER PRIMARY KEY, environment INTEGER NOT NULL, sequence INTEGER NOT NULL,
            request INTEGER, line BLOB NOT NULL);
        CREATE INDEX records_by_request ON records(request) WHERE request IS NOT NULL;
        CREATE TABLE tombstones(
            environment INTEGER NOT NULL, first INTEGER NOT NULL, through INTEGER NOT NULL, cursor INTEGER NOT NULL,
            PRIMARY KEY (environment, first, cursor)) WITHOUT ROWID;
        INSERT INTO facts VALUES ('store', lower(hex(randomblob(6)))), ('last', 0);
        """,
        // When what came: the first cursor of each minute that had any. What came before nobody knew is taken for new.
        """
        CREATE TABLE moments(minute INTEGER PRIMARY KEY, cursor INTEGER NOT NULL);
        INSERT INTO moments SELECT CAST(strftime('%s', 'now') AS INTEGER) / 60, cursor FROM records
        ORDER BY cursor LIMIT 1;
        INSERT INTO facts VALUES ('trimmed', 0);
        """,
    ]

    static var version: Int { Self.steps.count }

    // MARK: The file

    /// Opens the file, or makes it for its owner only, and keeps every other collector out while it is open.
    ///
    /// To be closed after SQLite has closed it: closing a descriptor drops all locks that this process holds on the file.
    static func lock(_ path: String) throws(CollectorStoreError) -> Int32 {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            let code = errno
            throw CollectorStoreError(
                code == EISDIR ? .isDirectory : .cannotOpen(String(cString: strerror(code))),
                path: path
            )
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw CollectorStoreError(.isInUse, path: path)
        }
        return descriptor
    }

    /// Looks at what the file is before anything is written to it, then brings it up to date.
    static func prepare(_ database: Database, path: String) throws {
        let isEmpty = try Int.fetchOne(database, sql: "PRAGMA page_count") == 0
        if isEmpty {
            // A record takes some hundred bytes and is read among its neighbours. What is freed goes back to the disk.
            try database.execute(sql: "PRAGMA page_size = 16384; PRAGMA auto_vacuum = INCREMENTAL")
        } else if try Int.fetchOne(database, sql: "PRAGMA application_id") != Self.applicationID {
            throw CollectorStoreError(.foreign, path: path)
        }
        let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard found <= Self.version else {
            throw CollectorStoreError(.versionTooNew(found: found, supported: Self.version), path: path)
        }
        guard found >= (isEmpty ? 0 : 1) else {
            throw CollectorStoreError(.damaged("it has no version"), path: path)
        }
        // What is answered for is on the disk. The log is cut back after a burst.
        try database.execute(
            sql: """
                PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = \(64 << 20)
                """
        )
        guard found < Self.version else { return }
        try Self.migrate(database, from: found, to: Self.version)
    }

    /// All or nothing.
    static func migrate(_ database: Database, from found: Int, to version: Int) throws {
        try database.inTransaction(.immediate) {
            for step in Self.steps[found..<version] { try database.execute(sql: step) }
            try database.execute(
                sql: "PRAGMA application_id = \(Self.applicationID); PRAGMA user_version = \(version)"
            )
            return .commit
        }
    }
}
