import GRDB

/// Why a collector's store could not be opened, read or written.
package struct CollectorStoreError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        case isDirectory
        /// Some other file, or another program's database.
        case foreign
        case versionTooNew(found: Int, supported: Int)
        case damaged(String)
        case cannotOpen(String)
        /// Another process writes it.
        case isInUse
        case diskFull
        case readOnly
        case cannotRead(String)
        case cannotWrite(String)
    }

    package let code: Code
    package let path: String

    package init(_ code: Code, path: String) {
        self.code = code
        self.path = path
    }

    package var description: String {
        switch self.code {
        case .isDirectory: "\(self.path): a folder, not a collector's store"
        case .foreign: "\(self.path): not a collector's store; it is left as it is"
        case .versionTooNew(let found, let supported):
            "\(self.path): store format \(found); this lmon reads up to \(supported): upgrade lmon"
        case .damaged(let message): "\(self.path): the store is damaged (\(message))"
        case .cannotOpen(let message): "\(self.path): cannot open the store (\(message))"
        case .isInUse: "\(self.path): another lmon collect writes this store"
        case .diskFull: "\(self.path): the disk is full"
        case .readOnly: "\(self.path): the disk is read-only"
        case .cannotRead(let message): "\(self.path): cannot read the store (\(message))"
        case .cannotWrite(let message): "\(self.path): cannot write the store (\(message))"
        }
    }

    /// Whether anything can be written again without a new start, once the disk is as it should be.
    package var mayPass: Bool {
        switch self.code {
        case .diskFull, .readOnly, .cannotRead, .cannotWrite: true
        default: false
        }
    }
}

extension CollectorStoreError {
    /// Says of what SQLite throws what it means for the store; `other` for what has no meaning of its own.
    static func wrap<Value>(
        _ path: String,
        _ other: (String) -> Code,
        _ body: () throws -> Value
    ) throws(CollectorStoreError) -> Value {
        do {
            return try body()
        } catch let error as CollectorStoreError {
            throw error
        } catch let error as DatabaseError {
            throw CollectorStoreError(Self.code(error) ?? other(error.summary), path: path)
        } catch {
            throw CollectorStoreError(other("\(error)"), path: path)
        }
    }

    private static func code(_ error: DatabaseError) -> Code? {
        switch error.resultCode {
        case .SQLITE_FULL: .diskFull
        case .SQLITE_READONLY: .readOnly
        case .SQLITE_NOTADB: .foreign
        case .SQLITE_CORRUPT: .damaged(error.summary)
        default: nil
        }
    }
}
