import Foundation

/// The file's layout: what marks it as lmon's, and its tables.
enum SessionFormat {
    /// `lmon` in ASCII, in SQLite's header (offset 68).
    static let applicationID: UInt32 = 0x6C6D_6F6E
    /// SQLite's `user_version` (offset 60). Raise it when an older lmon would misread the file.
    static let version = 2

    static let schema = """
        PRAGMA application_id = \(SessionFormat.applicationID);
        PRAGMA user_version = \(SessionFormat.version);
        CREATE TABLE session(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE environments(id INTEGER PRIMARY KEY, name TEXT NOT NULL, function TEXT NOT NULL);
        CREATE TABLE requests(id INTEGER PRIMARY KEY, name TEXT NOT NULL);
        CREATE TABLE records(
            cursor INTEGER PRIMARY KEY, environment INTEGER NOT NULL, sequence INTEGER NOT NULL,
            request INTEGER, line BLOB NOT NULL);
        CREATE INDEX records_by_request ON records(request, environment);
        CREATE INDEX requests_by_name ON requests(name COLLATE NOCASE);
        CREATE TABLE calls(position INTEGER PRIMARY KEY, cursor INTEGER NOT NULL);
        CREATE TABLE logs(position INTEGER PRIMARY KEY, cursor INTEGER NOT NULL);
        CREATE TABLE rows(
            position INTEGER PRIMARY KEY, request INTEGER, environment INTEGER NOT NULL, time INTEGER NOT NULL,
            function TEXT NOT NULL, duration REAL, calls INTEGER NOT NULL, failed INTEGER NOT NULL,
            payload BLOB NOT NULL);
        CREATE INDEX rows_by_request ON rows(request);
        CREATE INDEX rows_failed ON rows(position) WHERE failed;
        """

    /// Makes the file, readable by its owner only, and marks it as being written for as long as this process lives.
    static func create(_ path: String) throws(StoreError) -> Int32 {
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw StoreError(.cannotCreate(String(cString: strerror(errno))), path: path)
        }
        flock(descriptor, LOCK_EX | LOCK_NB)
        return descriptor
    }

    /// Whether a living process writes the session; the lock of a killed one is gone.
    static func isBeingWritten(_ descriptor: Int32) -> Bool {
        guard flock(descriptor, LOCK_SH | LOCK_NB) == 0 else { return true }
        flock(descriptor, LOCK_UN)
        return false
    }

    /// Deletes a session with what SQLite keeps beside it.
    static func remove(_ path: String) {
        for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
    }

    static func release(_ lock: Int32) {
        close(lock)
    }

    /// Looks at a file's first bytes before SQLite does, so that what is no session is said in one line.
    ///
    /// Returns the open file, to be released after SQLite has closed it: closing a descriptor drops all locks that this
    /// process holds on the file, SQLite's too.
    static func check(_ path: String) throws(StoreError) -> Int32 {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw StoreError(errno == ENOENT ? .notFound : .cannotRead(String(cString: strerror(errno))), path: path)
        }
        do {
            try Self.check(descriptor, path)
            return descriptor
        } catch {
            close(descriptor)
            throw error
        }
    }

    private static func check(_ descriptor: Int32, _ path: String) throws(StoreError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw StoreError(.notASession, path: path) }
        if status.st_mode & S_IFMT == S_IFDIR { throw StoreError(.isDirectory, path: path) }
        if status.st_mode & S_IFMT == S_IFREG, status.st_size == 0 { throw StoreError(.empty, path: path) }
        var header = [UInt8](repeating: 0, count: 100)
        guard pread(descriptor, &header, 100, 0) == 100, header.starts(with: "SQLite format 3\0".utf8),
            Self.integer(header[68..<72]) == Int(Self.applicationID)
        else { throw StoreError(.notASession, path: path) }
        let found = Self.integer(header[60..<64])
        guard found <= Self.version else {
            throw StoreError(.versionTooNew(found: found, supported: Self.version), path: path)
        }
    }

    private static func integer(_ bytes: ArraySlice<UInt8>) -> Int {
        bytes.reduce(0) { $0 << 8 | Int($1) }
    }
}
