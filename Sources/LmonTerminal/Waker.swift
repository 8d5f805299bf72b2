#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Wakes the thread that waits for input; any thread may call it, any number of times.
package final class Waker: Sendable {
    let readEnd: Int32
    let writeEnd: Int32

    init?() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        self.readEnd = ends[0]
        self.writeEnd = ends[1]
    }

    deinit {
        close(self.readEnd)
        close(self.writeEnd)
    }

    /// A full pipe means that a wake-up is on its way already.
    package func wake() {
        var byte = UInt8(ascii: "w")
        _ = write(self.writeEnd, &byte, 1)
    }

    /// What was written since the last call: `w` for a wake-up, `r` for a new size, `c` for going on after a stop.
    func drain() -> Set<UInt8> {
        var seen: Set<UInt8> = []
        var buffer = [UInt8](repeating: 0, count: 256)
        while true {
            let count = read(self.readEnd, &buffer, buffer.count)
            guard count > 0 else { return seen }
            seen.formUnion(buffer[..<count])
        }
    }
}
