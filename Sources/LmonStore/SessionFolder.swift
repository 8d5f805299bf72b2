import Foundation
package import LmonRecord

/// Where recorded sessions lie, and what is kept there.
///
/// Names begin with the time of the start in UTC, so that they sort by it.
package struct SessionFolder: Hashable, Sendable {
    package struct Session: Hashable, Sendable {
        package let path: String
        /// Bytes on disk, the write-ahead log included.
        package let size: Int
        /// Of the last commit.
        package let modified: Timestamp
    }

    /// What is kept at most: 30 days, 2 GB.
    package static let maximumAge: Int64 = 30 * 86_400 * 1_000_000
    package static let maximumSize = 2_000_000_000

    package let path: String

    package init(path: String) {
        self.path = path
    }

    /// `$XDG_STATE_HOME/lmon/sessions`, else `~/.local/state/lmon/sessions`.
    package init(environment: [String: String]) {
        let home = environment["HOME"] ?? NSHomeDirectory()
        // The XDG specification ignores a path that is not absolute.
        let state = environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "\(home)/.local/state"
        self.init(path: "\(state)/lmon/sessions")
    }

    /// Starts a session named for its time and source; makes the folder (0700) if it is not there.
    package func create(source: String, name: String, startedAt: Timestamp) throws(StoreError) -> SessionStore {
        do {
            try FileManager.default.createDirectory(
                atPath: self.path,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw StoreError(.cannotCreate(String(cString: strerror(errno))), path: self.path)
        }
        let stem = Self.stem(name: name, startedAt: startedAt)
        var path = "\(self.path)/\(stem).lmon"
        var attempt = 1
        while access(path, F_OK) == 0 {
            attempt += 1
            path = "\(self.path)/\(stem)-\(attempt).lmon"
        }
        return try SessionStore.create(at: path, source: source, startedAt: startedAt)
    }

    /// `2026-11-23T10-00-00-orders`: nothing in it needs quoting in a shell.
    static func stem(name: String, startedAt: Timestamp) -> String {
        let time = startedAt.description.prefix(19).replacing(":", with: "-")
        let safe = name.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == ".") ? $0 : "-" }
        let trimmed = String(safe).split(separator: "-").filter { $0.contains { $0 != "." } }.joined(separator: "-")
            .prefix(40)
        return trimmed.isEmpty ? String(time) : "\(time)-\(trimmed)"
    }

    /// The recorded sessions, newest first.
    package func sessions() -> [Session] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: self.path)) ?? []
        return names.filter { $0.hasSuffix(".lmon") }.sorted(by: >).compactMap { name in
            let path = "\(self.path)/\(name)"
            guard let file = Self.status(path) else { return nil }
            let log = Self.status("\(path)-wal")
            return Session(
                path: path,
                size: file.size + (log?.size ?? 0),
                modified: max(file.modified, log?.modified ?? file.modified)
            )
        }
    }

    /// `@last` is the newest session, `@2` the one before it, and so on.
    package func resolve(_ name: String) throws(StoreError) -> String {
        let sessions = self.sessions()
        guard let number = Self.number(name), number <= sessions.count else {
            throw StoreError(.noSuchSession(name: name, count: sessions.count), path: self.path)
        }
        return sessions[number - 1].path
    }

    /// The place that `@last` or `@2` names, from 1; nil if `name` is not of that form.
    package static func number(_ name: String) -> Int? {
        guard name.hasPrefix("@") else { return nil }
        if name == "@last" { return 1 }
        return Int(name.dropFirst()).flatMap { $0 >= 1 ? $0 : nil }
    }

    /// Deletes one session; refuses one that is being written, and what is no session.
    package func delete(_ path: String) throws(StoreError) {
        let file = try SessionFormat.check(path)
        let isBeingWritten = SessionFormat.isBeingWritten(file)
        SessionFormat.release(file)
        if isBeingWritten { throw StoreError(.isBeingWritten, path: path) }
        SessionFormat.remove(path)
    }

    /// Deletes what is older than 30 days, then the oldest beyond 2 GB; never a session that is being written.
    package func clean(
        now: Timestamp,
        maximumAge: Int64 = SessionFolder.maximumAge,
        maximumSize: Int = SessionFolder.maximumSize
    ) {
        var total = 0
        for session in self.sessions() {
            total += session.size
            let isTooOld = now.microseconds - session.modified.microseconds > maximumAge
            guard isTooOld || total > maximumSize, !Self.isBeingWritten(session.path) else { continue }
            SessionFormat.remove(session.path)
            total -= session.size
        }
    }

    private static func isBeingWritten(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return SessionFormat.isBeingWritten(descriptor)
    }

    private static func status(_ path: String) -> (size: Int, modified: Timestamp)? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        #if os(Linux)
        let time = status.st_mtim
        #else
        let time = status.st_mtimespec
        #endif
        let microseconds = Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
        return (Int(status.st_size), Timestamp(microseconds: microseconds))
    }
}
