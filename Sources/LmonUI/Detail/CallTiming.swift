import LmonModel

/// The Timing tab: where the milliseconds of a call went, and how it travelled.
enum CallTiming {
    static func lines(_ call: Call) -> [TextLine] {
        let timings = call.timings
        var lines: [TextLine] = []
        func row(_ name: String, _ value: String, _ tone: TextLine.Tone = .plain) {
            lines.append(TextLine([.init(self.padded(name), .key), .init(value, tone)]))
        }
        row("total", Format.spacedDuration(call.duration))
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
