#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Tells whether the files of a folder have changed, by what the file system says of each: an older file that takes
/// the place of a newer one is a change too.
struct CodeWatch {
    private struct Stamp: Hashable {
        var files = 0
        /// Of all files, in any order.
        var sum = 0
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
                    stamp.sum &+= information.identity
                }
            }
        }
        return stamp
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
