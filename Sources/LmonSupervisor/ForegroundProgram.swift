import CProcess

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A program that has the terminal until it ends: an editor, a pager.
package enum ForegroundProgram {
    /// Runs `command`, as a shell takes it, with one more argument, and returns its status. It belongs to the caller's
    /// job; what keys send as signals meanwhile is its alone.
    package static func run(_ command: String, _ argument: String) -> Int32 {
        let handlers = [SIGINT, SIGQUIT].map { ($0, signal($0, SIG_IGN)) }
        defer { for (number, handler) in handlers { _ = signal(number, handler) } }
        return lmon_run_in_foreground("\(command) \"$1\"", argument)
    }
}
