#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Tells which files of a folder have changed, by what the file system says of each: an older file that takes the place
/// of a newer one is a change too.
struct CodeWatch {
    /// Looking at more files than this takes too long to be done between invocations; then only those are looked at.
    private static let limit = 2000
    private let folder: String
    /// What is known of each file, by its path in the folder.
    private var files: [String: Int]

    init(_ folder: String) {
        self.folder = folder
        self.files = Self.look(folder)
    }

    /// Those that were written, added or removed since the last look, by their paths in the folder.
    mutating func changes() -> Set<String> {
        let files = Self.look(self.folder)
        guard files != self.files else { return [] }
        defer { self.files = files }
        let present = files.filter { self.files[$0.key] != $0.value }.keys
        return Set(present).union(self.files.keys.filter { files[$0] == nil })
    }

    /// Large, and seldom edited; or written by the runtime itself. Hidden folders are left out as well.
    private static let ignored: Set<String> = ["node_modules", "__pycache__", "venv"]

    private static func look(_ folder: String) -> [String: Int] {
        var files: [String: Int] = [:]
        var folders = [""]
        while let next = folders.popLast(), files.count < Self.limit {
            for name in Folders.names(in: "\(folder)/\(next)")
            where !name.hasPrefix(".") && !Self.ignored.contains(name) {
                var information = stat()
                guard lstat("\(folder)/\(next)\(name)", &information) == 0 else { continue }
                if information.st_mode & S_IFMT == S_IFDIR {
                    folders.append("\(next)\(name)/")
                } else if information.st_mode & S_IFMT == S_IFREG {
                    files["\(next)\(name)"] = information.identity
                }
            }
        }
        return files
    }
}

extension stat {
    /// Differs once a file was written, replaced or renamed.
    fileprivate var identity: Int {
        #if os(Linux)
        let times = [self.st_mtim, self.st_ctim]
        #else
        let times = [self.st_mtimespec, self.st_ctimespec]
        #endif
        var hasher = Hasher()
        hasher.combine(self.st_ino)
        hasher.combine(self.st_size)
        for time in times {
            hasher.combine(time.tv_sec)
            hasher.combine(time.tv_nsec)
        }
        return hasher.finalize()
    }
}
