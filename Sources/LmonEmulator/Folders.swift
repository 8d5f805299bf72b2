#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The emulator's temporary folder, for its owner alone: one folder for each environment, and the files that runtimes
/// need.
struct Folders: Sendable {
    let root: String

    init(parent: String? = nil) throws(EmulatorError) {
        let parent = parent ?? Self.variable("TMPDIR") ?? "/tmp"
        Self.removeAbandoned(in: parent)
        var template = Array("\(parent)/\(Self.prefix)\(getpid())-XXXXXX".utf8CString)
        let isMade = template.withUnsafeMutableBufferPointer { $0.baseAddress.flatMap { mkdtemp($0) } != nil }
        guard isMade else {
            throw EmulatorError("Cannot make a folder in \(parent): \(Self.reason)")
        }
        self.root = template.withUnsafeBufferPointer { buffer in
            String(decoding: buffer.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    private static let prefix = "lmon-emulator-"

    /// What emulators left behind that were killed: their names say whose they were. Others' folders stay, since they
    /// cannot be removed.
    private static func removeAbandoned(in parent: String) {
        for name in Self.names(in: parent) where name.hasPrefix(Self.prefix) {
            guard let number = name.dropFirst(Self.prefix.count).split(separator: "-").first.flatMap({ pid_t($0) }),
                number > 0, kill(number, 0) != 0, errno == ESRCH
            else { continue }
            Self.removeTree("\(parent)/\(name)")
        }
    }

    /// Makes `name` and returns its path.
    func make(_ name: String) throws(EmulatorError) -> String {
        let path = "\(self.root)/\(name)"
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw EmulatorError("Cannot make \(path): \(Self.reason)")
        }
        return path
    }

    /// Writes a file for its owner's eyes and returns its path.
    func write(_ bytes: [UInt8], to name: String) throws(EmulatorError) -> String {
        let path = "\(self.root)/\(name)"
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw EmulatorError("Cannot write \(path): \(Self.reason)") }
        defer { close(file) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Self.write(file, $0) }
            guard written > 0 else { throw EmulatorError("Cannot write \(path): \(Self.reason)") }
            rest = rest.dropFirst(written)
        }
        return path
    }

    private static func write(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
        Glibc.write(file, bytes.baseAddress, bytes.count)
        #elseif canImport(Musl)
        Musl.write(file, bytes.baseAddress, bytes.count)
        #else
        Darwin.write(file, bytes.baseAddress, bytes.count)
        #endif
    }

    func remove(_ name: String) {
        Self.removeTree("\(self.root)/\(name)")
    }

    func removeAll() {
        Self.removeTree(self.root)
    }

    /// Links are removed, never followed.
    private static func removeTree(_ path: String) {
        var information = stat()
        guard lstat(path, &information) == 0 else { return }
        guard information.st_mode & S_IFMT == S_IFDIR else {
            unlink(path)
            return
        }
        for name in Self.names(in: path) { Self.removeTree("\(path)/\(name)") }
        rmdir(path)
    }

    /// Of a small file; nothing if it cannot be read.
    static func contents(_ path: String) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return [] }
        defer { close(file) }
        return [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
            count = max(0, Self.read(file, buffer))
        }
    }

    private static func read(_ file: Int32, _ buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
        #if canImport(Glibc)
        Glibc.read(file, buffer.baseAddress, buffer.count)
        #elseif canImport(Musl)
        Musl.read(file, buffer.baseAddress, buffer.count)
        #else
        Darwin.read(file, buffer.baseAddress, buffer.count)
        #endif
    }

    /// Without `.` and `..`; nothing if the folder cannot be read.
    static func names(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    private static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    private static var reason: String { String(cString: strerror(errno)) }
}

/// Why the emulator cannot start, as one line for a person.
package struct EmulatorError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
