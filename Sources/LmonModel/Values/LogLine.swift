package import LmonRecord

/// A line that a handler or an extension wrote.
package struct LogLine: Hashable, Sendable {
    package enum Source: Hashable, Sendable {
        case function
        case `extension`
    }

    package var time: Timestamp
    package var source: Source
    package var level: LogLevel?
    /// The message; for a JSON line its `message`, or the whole object if it has none.
    package var text: String
    /// The whole object, when the function logs JSON.
    package var json: String?

    package init(time: Timestamp, source: Source = .function, level: LogLevel? = nil, text: String, json: String? = nil)
    {
        self.time = time
        self.source = source
        self.level = level
        self.text = text
        self.json = json
    }
}

/// Lambda's application log levels, least first.
package enum LogLevel: UInt8, Hashable, Sendable, Comparable, CustomStringConvertible {
    case trace, debug, info, warn, error, fatal

    package init?(_ name: some StringProtocol) {
        switch name {
        case "TRACE", "trace": self = .trace
        case "DEBUG", "debug": self = .debug
        case "INFO", "info": self = .info
        case "WARN", "warn", "WARNING", "warning": self = .warn
        case "ERROR", "error": self = .error
        case "FATAL", "fatal", "CRITICAL", "critical": self = .fatal
        default: return nil
        }
    }

    package static func < (left: LogLevel, right: LogLevel) -> Bool { left.rawValue < right.rawValue }

    package var description: String {
        switch self {
        case .trace: "TRACE"
        case .debug: "DEBUG"
        case .info: "INFO"
        case .warn: "WARN"
        case .error: "ERROR"
        case .fatal: "FATAL"
        }
    }
}
