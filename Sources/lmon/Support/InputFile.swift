import Foundation

/// A file that the user named, which may be a pipe: `--env-file <(vault …)`.
enum InputFile {
    /// All of it; nil if it cannot be read.
    static func contents(_ path: String) -> Data? {
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? file.close() }
        do { return try file.readToEnd() ?? Data() } catch { return nil }
    }
}
