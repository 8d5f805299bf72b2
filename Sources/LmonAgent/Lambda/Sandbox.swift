#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The sandbox's own name.
enum SandboxName {
    /// The address that `host` has by the hosts file, without asking anybody; an address is itself. 127.0.0.1 if it has none:
    /// whoever asks for the name finds nothing then, but telemetry still comes.
    static func address(of host: String, hosts path: String = "/etc/hosts") -> String {
        let isAddress = host.utf8.allSatisfy { (48...57).contains($0) || $0 == UInt8(ascii: ".") } || host.contains(":")
        if isAddress { return host }
        if host == "localhost" { return "127.0.0.1" }
        for line in (SmallFile.text(path) ?? "").split(separator: "\n") {
            let names = line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }
            if names.dropFirst().contains(where: { $0 == host }), let address = names.first { return String(address) }
        }
        return "127.0.0.1"
    }
}

/// What the process takes of the sandbox's memory.
enum ProcessMemory {
    /// Nil where there is no `/proc`.
    static var residentBytes: Int? {
        guard let pages = SmallFile.text("/proc/self/statm")?.split(separator: " ").dropFirst().first else {
            return nil
        }
        return Int(pages).map { $0 * Int(getpagesize()) }
    }
}

enum StandardOutput {
    /// Writes all; waits for who reads.
    static func write(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Self.system($0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR else { return }
            rest = rest.dropFirst(max(0, count))
        }
    }

    private static func system(_ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
        #if canImport(Glibc)
        Glibc.write(1, bytes, count)
        #elseif canImport(Musl)
        Musl.write(1, bytes, count)
        #else
        Darwin.write(1, bytes, count)
        #endif
    }
}

/// Files of a few lines.
enum SmallFile {
    static func text(_ path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 16 << 10)
        let count = read(file, &bytes, bytes.count)
        return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}
