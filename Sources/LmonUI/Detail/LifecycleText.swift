import LmonModel

/// The Lifecycle tab: what Lambda and lmon did around the handler.
enum LifecycleText {
    static func lines(_ invocation: Invocation, offset: Int) -> [TextLine] {
        var lines: [TextLine] = []
        func row(_ name: String, _ value: String?, _ tone: TextLine.Tone = .plain) {
            guard let value else { return }
            let label = name + String(repeating: " ", count: max(1, 14 - name.count))
            lines.append(TextLine([.init(label, .key), .init(value, tone)]))
        }
        row("environment", invocation.environment)
        if let initialization = invocation.initialization {
            row(initialization.isRestore ? "restore" : "init", Format.spacedDuration(initialization.duration))
            row("kind", initialization.type)
            row("phase", initialization.phase)
            if let status = initialization.status {
                row("status", "\(status)", status.isFailure ? .failed : .plain)
            }
            row("error", initialization.errorType, .failed)
            if invocation.id.isInitialization {
                row("agent", initialization.agent?.text, .lmon)
                for problem in initialization.problems { row("problem", problem, .warning) }
            }
        } else if invocation.isCold == false {
            row("init", "none: a warm environment")
        }
        if !invocation.id.isInitialization {
            row("started", invocation.start.map { Format.time($0, offset: offset) })
            row("handler", Format.spacedDuration(invocation.handlerDuration))
            for span in invocation.spans { row(span.name, Format.spacedDuration(span.duration)) }
            row("deadline", invocation.deadline.map { Format.time($0, offset: offset) })
            row("billed", invocation.billedDuration.map { Format.spacedDuration($0) })
            row("function", invocation.functionARN)
            row("trace", invocation.traceHeader)
        }
        if let overhead = invocation.overhead {
            row("lmon held", Format.spacedDuration(overhead.heldMilliseconds), .lmon)
            row("interceptor", overhead.interceptorMilliseconds.map { Format.spacedDuration($0) }, .lmon)
            row("lmon memory", overhead.residentBytes.map { Format.bytes($0) }, .lmon)
            let shipped = [
                overhead.shippedBytes.map { Format.bytes($0) }, overhead.records.map { "\($0) records" },
            ].compactMap { $0 }
            row("shipped", shipped.isEmpty ? nil : shipped.joined(separator: ", "), .lmon)
        }
        for delivery in invocation.deliveries {
            let text = [
                delivery.answer, delivery.records.map { "\($0) records" },
                Format.spacedDuration(delivery.milliseconds), delivery.message,
            ].compactMap { $0 }.joined(separator: ", ")
            row(delivery.sink, text, self.tone(delivery.verdict))
        }
        for unknown in invocation.unknown { row("unknown", unknown.type, .dim) }
        if invocation.omitted > 0 { row("omitted", "\(invocation.omitted) log lines and calls", .warning) }
        return lines
    }

    private static func tone(_ verdict: Delivery.Verdict) -> TextLine.Tone {
        switch verdict {
        case .fine: .lmon
        case .again: .warning
        case .lost: .failed
        }
    }
}
