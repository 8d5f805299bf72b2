#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A terminal as it was before lmon took it, held by the supervisor, which outlives lmon.
struct TerminalGuard {
    let descriptor: Int32
    /// A `termios` as it lies in memory.
    let attributes: [UInt8]
    let restoreBytes: [UInt8]

    /// The attributes that a terminal has now; nil if the descriptor is none.
    static func attributes(of descriptor: Int32) -> [UInt8]? {
        var attributes = termios()
        guard tcgetattr(descriptor, &attributes) == 0 else { return nil }
        return withUnsafeBytes(of: attributes) { Array($0) }
    }

    /// Never waits for long: a terminal that is held (^S) or gone keeps what it has.
    func restore() {
        let flags = fcntl(self.descriptor, F_GETFL)
        // The flag belongs to the open file, which a shell may share: it is put back below.
        _ = fcntl(self.descriptor, F_SETFL, flags | O_NONBLOCK)
        var rest = self.restoreBytes[...]
        for _ in 0..<20 where !rest.isEmpty {
            let written = rest.withUnsafeBytes { write(self.descriptor, $0.baseAddress, $0.count) }
            if written > 0 {
                rest = rest.dropFirst(written)
            } else {
                usleep(5000)
            }
        }
        _ = fcntl(self.descriptor, F_SETFL, flags)
        var termios = termios()
        if self.attributes.count == MemoryLayout.size(ofValue: termios) {
            withUnsafeMutableBytes(of: &termios) { $0.copyBytes(from: self.attributes) }
            _ = tcsetattr(self.descriptor, TCSANOW, &termios)
        }
    }

    func close() {
        #if canImport(Glibc)
        _ = Glibc.close(self.descriptor)
        #elseif canImport(Musl)
        _ = Musl.close(self.descriptor)
        #else
        _ = Darwin.close(self.descriptor)
        #endif
    }
}
