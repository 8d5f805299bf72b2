#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What the agent says about itself, on standard error: Lambda makes log lines of it, which are paid for and come back to
/// the agent as telemetry. So nothing is said for each record or invocation, and the same thing only once.
package struct AgentLog: Sendable {
    package enum Level: Int, Hashable, Sendable {
        case error, info, debug
    }

    package let level: Level

    /// How the line begins that an agent says when it gives up.
    package static let lastWord = "lmon-agent: stopped by "

    package init(_ level: Level) {
        self.level = level
    }

    package func say(_ level: Level, _ text: @autoclosure () -> String) {
        guard level.rawValue <= self.level.rawValue else { return }
        let line = Array("lmon-agent: \(text())\n".utf8)
        // In one piece, so that it is one line.
        _ = line.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
    }
}
