import LmonRecord

/// The pieces that lines and reports share; every text that comes from a function is sanitised here.
struct LineWriter: Sendable {
    let rules: TextRules
    let marks: LineMarks
    /// Seconds from UTC.
    let offset: Int

    func safe(_ text: some StringProtocol) -> String { self.rules.sanitised(String(text)) }

    func time(_ time: Timestamp) -> TextLine.Span { .init(Format.time(time, offset: self.offset) + " ", .dim) }

    func event(_ event: LifecycleEvent) -> TextLine {
        let tone: TextLine.Tone =
            switch event.emphasis {
            case .plain: .lambda
            case .failed: .failed
            case .warning: .warning
            case .lmon: .lmon
            }
        let mark = event.emphasis == .failed ? self.marks.failed : self.marks.lambda
        let parts = event.parts.map { self.marks.text(self.safe($0)) }
        let text = parts.joined(separator: " \(self.marks.rule) ")
        return TextLine([self.time(event.time), .init("\(mark) \(text)", tone)])
    }

    /// `10:42:01.402 ✓ orders  184ms  3 calls  cold 327ms  9f3c…`
    func invocation(_ summary: InvocationSummary, nameColumns: Int) -> TextLine {
        let (mark, tone) = self.marks.mark(summary.state)
        var line = TextLine([self.time(summary.time), .init("\(mark) ", tone)])
        line.append(self.rules.padded(self.safe(summary.function), nameColumns), .title)
        let duration = self.marks.text(Format.duration(summary.duration))
        line.append(" " + self.rules.padded(duration, 7, trailing: true), tone)
        let calls = summary.calls == 1 ? "1 call" : "\(summary.calls) calls"
        line.append("  " + self.rules.padded(summary.calls == 0 ? "" : calls, 8), .dim)
        if let note = summary.note {
            line.append("  " + self.marks.text(self.safe(note)), summary.isFailed ? .failed : .warning)
        }
        line.append("  " + self.safe(summary.requestID ?? ""), .dim)
        return line
    }

    /// `GET  200 api.test/users/4  41ms`
    func call(_ call: Call) -> [TextLine.Span] {
        let tone = self.tone(call)
        let method = self.rules.padded(self.safe(call.method ?? Format.unknown), 4)
        let word = call.isFailed ? self.safe(call.failureWord) : call.status.map(String.init) ?? Format.unknown
        var spans: [TextLine.Span] = [
            .init(self.marks.text(method) + " ", .call),
            .init(self.marks.text(self.rules.padded(call.isInFlight ? self.marks.inFlight : word, 3)), tone),
            .init(" " + (call.url.map { self.safe($0.short) } ?? self.marks.text(Format.unknown))),
            .init("  " + self.marks.text(Format.duration(call.duration)), .dim),
        ]
        if let size = call.responseSize { spans.append(.init("  " + Format.bytes(size), .dim)) }
        if let attempt = call.attempt, attempt > 1 { spans.append(.init("  attempt \(attempt)", .warning)) }
        if let message = call.error?.message { spans.append(.init("  " + self.safe(message), .failed)) }
        if let lateness = call.lateness { spans.append(.init("  " + self.late(lateness), .warning)) }
        return spans
    }

    func tone(_ call: Call) -> TextLine.Tone {
        if call.isFailed { return .failed }
        if call.isInFlight { return .inFlight }
        return call.isRefused || call.isLate ? .warning : .plain
    }

    private func late(_ lateness: Call.Lateness) -> String {
        var text = lateness.crossedFreeze ? "late, crossed a freeze" : "late"
        if let id = lateness.endedIn { text += ", ended in \(self.safe(id.short))" }
        return self.marks.text(text)
    }

    /// A log line, cut at its line ends: `│ INFO  order 42 received`.
    func log(_ line: LogLine, indent: String) -> [TextLine] {
        let tone: TextLine.Tone =
            switch line.level {
            case .error, .fatal: .failed
            case .warn: .warning
            case .trace, .debug: .dim
            case .info, nil: .plain
            }
        let level = line.level.map { self.rules.padded($0.description, 5) + " " } ?? ""
        let parts = line.text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        return parts.enumerated().map { index, part in
            let lead = index == 0 ? level : String(repeating: " ", count: level.count)
            return TextLine([
                .init("\(indent)\(self.marks.log) ", .dim), .init(lead, tone), .init(self.safe(part), tone),
            ])
        }
    }
}
