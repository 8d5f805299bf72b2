import Foundation

/// SIGINT, SIGTERM and SIGHUP as calls on a thread of their own.
///
/// The handler only writes to a pipe, so that it may run at any moment; the terminal's own handlers, installed later,
/// give the terminal back first and then come here.
enum Interrupts {
    /// Set once, before a handler is installed.
    nonisolated(unsafe) private static var pipeEnd: Int32 = -1

    /// Calls `handler` with every signal that arrives. The second one within a run ends the process at once; the
    /// supervisor then ends what it started. With `hangsUp` SIGHUP is a call of its own, and ends nothing.
    static func watch(
        hangsUp: (@Sendable () -> Void)? = nil,
        _ handler: @escaping @Sendable (Int32) -> Void
    ) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        self.pipeEnd = ends[1]
        let readEnd = ends[0]
        Thread.detachNewThread {
            var byte: UInt8 = 0
            var count = 0
            while read(readEnd, &byte, 1) != 0 {
                if let hangsUp, Int32(byte) == SIGHUP {
                    hangsUp()
                    continue
                }
                count += 1
                if count > 1 { _exit(128 + Int32(byte)) }
                handler(Int32(byte))
            }
        }
        for number in [SIGINT, SIGTERM, SIGHUP] {
            signal(number) { number in
                let before = errno
                var byte = UInt8(truncatingIfNeeded: number)
                _ = write(Interrupts.pipeEnd, &byte, 1)
                errno = before
            }
        }
    }
}
