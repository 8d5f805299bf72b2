#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Tells whether the files of a folder have changed, by their newest time of modification and their number.
struct CodeWatch {
    private struct Stamp: Hashable {
        var newest = Int64.min
        var files = 0
    }

    /// Looking at more files than this takes too long to be done between invocations; then only those are looked at.
    private static let limit = 2000
    private let folder: String
    private var stamp: Stamp

    init(_ folder: String) {
        self.folder = folder
        self.stamp = Self.look(folder)
    }

    /// True once for each change.
    mutating func hasChanged() -> Bool {
        let stamp = Self.look(self.folder)
        defer { self.stamp = stamp }
        return stamp != self.stamp
    }

    /// Large, and seldom edited; or written by the runtime itself. Hidden folders are left out as well.
    private static let ignored: Set<String> = ["node_modules", "__pycache__"]

    private static func look(_ folder: String) -> Stamp {
        var stamp = Stamp()
        var folders = [folder]
        while let next = folders.popLast(), stamp.files < Self.limit {
            for name in Folders.names(in: next) where !name.hasPrefix(".") && !Self.ignored.contains(name) {
                var information = stat()
                guard lstat("\(next)/\(name)", &information) == 0 else { continue }
                if information.st_mode & S_IFMT == S_IFDIR {
                    folders.append("\(next)/\(name)")
                } else if information.st_mode & S_IFMT == S_IFREG {
                    stamp.files += 1
                    stamp.newest = max(stamp.newest, information.modified)
                }
            }
        }
        return stamp
    }
}

extension stat {
    fileprivate var modified: Int64 {
        #if os(Linux)
        Int64(self.st_mtim.tv_sec) * 1_000_000_000 + Int64(self.st_mtim.tv_nsec)
        #else
        Int64(self.st_mtimespec.tv_sec) * 1_000_000_000 + Int64(self.st_mtimespec.tv_nsec)
        #endif
    }
}
