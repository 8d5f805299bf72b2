import GRDB

/// Why a session could not be opened, read or written.
package struct StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        case notFound
        case isDirectory
        case empty
        case notASession
        case versionTooNew(found: Int, supported: Int)
        case damaged(String)
        case cannotCreate(String)
        case cannotRead(String)
        case cannotWrite(String)
        case isBeingWritten
        case cannotKeepNote(String)
        case noSuchSession(name: String, count: Int)
    }

    package let code: Code
    package let path: String

    package init(_ code: Code, path: String) {
        self.code = code
        self.path = path
    }

    package var description: String {
        switch self.code {
        case .notFound: "\(self.path): no such file"
        case .isDirectory: "\(self.path): a folder, not a recorded session"
        case .empty: "\(self.path): the file is empty, so it is no recorded session"
        case .notASession: "\(self.path): not a session recorded by lmon"
        case .versionTooNew(let found, let supported):
            "\(self.path): session format \(found); this lmon reads up to \(supported): upgrade lmon"
        case .damaged(let message): "\(self.path): the session is damaged (\(message))"
        case .cannotCreate(let message):
            "\(self.path): cannot create the session (\(message)); --no-record does without"
        case .cannotRead(let message): "\(self.path): cannot read the session (\(message))"
        case .cannotWrite(let message): "\(self.path): recording stopped (\(message))"
        case .cannotKeepNote(let message): "\(self.path): the comment is kept only while lmon runs (\(message))"
        case .isBeingWritten: "\(self.path): the session is being written; end that lmon first"
        case .noSuchSession(let name, let count):
            count == 0
                ? "\(name): no session is recorded in \(self.path)"
                : "\(name): only \(count) \(count == 1 ? "session is" : "sessions are") recorded in \(self.path)"
        }
    }
}

extension StoreError {
    /// Says of what SQLite throws what it means for a session.
    static func wrap<Value>(_ path: String?, _ body: () throws -> Value) throws(StoreError) -> Value {
        do {
            return try body()
        } catch let error as StoreError {
            throw error
        } catch let error as DatabaseError where [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode) {
            throw StoreError(.damaged(error.summary), path: path ?? "memory")
        } catch {
            throw StoreError(.cannotRead(error.summary), path: path ?? "memory")
        }
    }
}
