import Foundation
import Synchronization

/// A file that the user named, which may be a pipe: `--env-file <(vault …)`, `--keys <(printf …)`.
enum InputFile {
    /// A pipe gives what it holds once, and a project may be looked at several times.
    private static let pipes = Mutex<[String: Data]>([:])

    /// All of it; nil if it cannot be read.
    static func contents(_ path: String) -> Data? {
        if let known = self.pipes.withLock({ $0[path] }) { return known }
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? file.close() }
        var status = stat()
        let isPipe = fstat(file.fileDescriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
        guard let data = try? file.readToEnd() ?? Data() else { return nil }
        if isPipe { self.pipes.withLock { $0[path] = data } }
        return data
    }
}
