import LmonModel
import LmonRecord

/// The Timing tab: where the milliseconds of a call went, and how it travelled.
enum CallTiming {
    /// `freezes` are those of its environment, in milliseconds from `origin`.
    static func lines(_ call: Call, freezes: [ClosedRange<Double>], from origin: Timestamp) -> [TextLine] {
        let timings = call.timings
        var lines: [TextLine] = []
        func row(_ name: String, _ value: String, _ tone: TextLine.Tone = .plain) {
            lines.append(TextLine([.init(self.padded(name), .key), .init(value, tone)]))
        }
        row("total", Format.spacedDuration(call.duration))
        let frozen = self.frozen(call, freezes, origin)
        if frozen > 0 { row("frozen", "\(Format.spacedDuration(frozen)) of it", .warning) }
        var before = 0.0
        for (name, moment) in [
            ("dns", timings.dns), ("connect", timings.connect), ("tls", timings.tls), ("waiting", timings.firstByte),
            ("transfer", timings.end),
        ] {
            guard let moment else {
                if name == "waiting" || name == "transfer" { row(name, Format.unknown) }
                continue
            }
            row(name, Format.spacedDuration(max(0, moment - before)))
            before = max(before, moment)
        }
        row("sent", Format.bytes(call.requestSize))
        row("received", Format.bytes(call.responseSize))
        if let connection = call.connection { row("connection", self.described(connection)) }
        if let version = call.httpVersion { row("version", "HTTP/\(version)") }
        if let client = call.client { row("client", client) }
        if let service = call.service {
            row("service", [service, call.operation].compactMap { $0 }.joined(separator: " "))
        }
        if let attempt = call.attempt, attempt > 1 { row("attempt", "\(attempt)", .warning) }
        if let outcome = call.outcome { row("outcome", "\(outcome)", call.isFailed ? .failed : .plain) }
        if let late = call.lateness { row("late", self.described(late), .warning) }
        return lines
    }

    private static func frozen(_ call: Call, _ freezes: [ClosedRange<Double>], _ origin: Timestamp) -> Double {
        guard let start = call.start?.milliseconds(since: origin) else { return 0 }
        let end = call.duration.map { start + $0 } ?? call.end?.milliseconds(since: origin) ?? .infinity
        return freezes.reduce(0) { $0 + max(0, min(end, $1.upperBound) - max(start, $1.lowerBound)) }
    }

    private static func padded(_ name: String) -> String {
        name + String(repeating: " ", count: max(1, 12 - name.count))
    }

    private static func described(_ connection: Call.Connection) -> String {
        let kind = connection.isReused.map { $0 ? "reused" : "new" } ?? Format.unknown
        return [kind, connection.remote].compactMap { $0 }.joined(separator: ", ")
    }

    private static func described(_ late: Call.Lateness) -> String {
        let end = late.endedIn.map { "ended in \($0.short)" } ?? "did not end in an invocation"
        return late.crossedFreeze ? "\(end), across a freeze" : end
    }
}
