import LmonRecord

extension Waterfall {
    /// Lays out an invocation, or an initialisation, as far as it has got.
    package init(_ invocation: Invocation) {
        var rows = invocation.id.isInitialization ? [] : [WaterfallRow.initialization(of: invocation)]
        rows.append(.handler(of: invocation))
        rows.append(contentsOf: invocation.calls.map { WaterfallRow($0, in: invocation) })
        if let span = invocation.span("responseDuration") {
            rows.append(.span(span, .response, "response", in: invocation))
        }
        if let span = invocation.span("runtimeOverhead"), span.duration >= 1 {
            rows.append(.span(span, .runtimeOverhead, "runtime", in: invocation))
        }
        if let span = invocation.span("extensionOverhead") {
            rows.append(.span(span, .extensionOverhead, "extensions", in: invocation))
        }
        let starts = rows.compactMap(\.start)
        let timely = rows.filter { !$0.isLate }
        let own = max((timely.compactMap(\.end) + timely.compactMap(\.start)).max() ?? 0, invocation.duration ?? 0)
        // A call that ended minutes later, after a freeze, must not make all the rest a dot.
        let late = rows.filter(\.isLate).compactMap { $0.end ?? $0.start }.map { min($0, own * 2) }
        let ends = [own] + late
        self.init(rows: rows, range: min(0, starts.min() ?? 0)...max(0, ends.max() ?? 0))
    }
}

extension WaterfallRow {
    /// An initialisation is on the axis only if the invocation waited for it.
    private static let adjacency = 1000.0

    static func initialization(of invocation: Invocation) -> WaterfallRow {
        let initialization = invocation.initialization
        var row = WaterfallRow(id: .initialization, label: initialization?.isRestore == true ? "restore" : "init")
        guard invocation.isCold != false else { return row }
        row.duration = invocation.initDuration ?? invocation.restoreDuration ?? initialization?.duration
        if let status = initialization?.status, status.isFailure {
            row.emphasis = .failed
            row.status = status.description
        }
        guard let start = initialization?.start, let end = initialization?.end, end >= start else { return row }
        let placed = start.milliseconds(since: invocation.time)
        guard placed <= 0, end.milliseconds(since: invocation.time) >= -self.adjacency else { return row }
        row.start = placed
        row.end = placed + (row.duration ?? end.milliseconds(since: start))
        return row
    }

    static func handler(of invocation: Invocation) -> WaterfallRow {
        let isInitialization = invocation.id.isInitialization
        var row = WaterfallRow(
            id: isInitialization ? .initialization : .handler,
            label: isInitialization ? "init" : "handler"
        )
        row.start = 0
        row.duration = isInitialization ? invocation.duration : invocation.handlerDuration ?? invocation.reportDuration
        row.end = row.duration ?? invocation.handlerEnd?.milliseconds(since: invocation.time)
        switch invocation.state {
        case .inFlight: row.emphasis = .inFlight
        case .finished(let status) where status.isFailure:
            row.emphasis = .failed
            row.status = status == .handlerError ? "error" : status.description
        case .finished: break
        }
        return row
    }

    static func span(_ span: Invocation.Span, _ id: ID, _ label: String, in invocation: Invocation) -> WaterfallRow {
        var row = WaterfallRow(id: id, label: label)
        // Of what failed before it answered, Lambda tells an answer of nothing.
        let isNone = id == .response && invocation.state.isFailed && (invocation.producedBytes ?? 0) == 0
        if isNone, span.duration == 0 { return row }
        let start = span.start.milliseconds(since: invocation.time)
        row.start = start
        row.end = start + span.duration
        row.duration = span.duration
        if id == .response, let bytes = invocation.producedBytes { row.detail = Format.bytes(bytes) }
        return row
    }

    init(_ call: Call, in invocation: Invocation) {
        self.init(id: .call(call.id), label: call.method ?? Format.unknown)
        self.status = call.isFailed ? call.failureWord : call.status.map(String.init) ?? ""
        self.detail = call.url.map { String($0.short) } ?? Format.unknown
        self.duration = call.duration
        self.emphasis = Self.emphasis(of: call)
        self.attempt = call.attempt
        self.isLate = call.isLate
        guard let start = call.start?.milliseconds(since: invocation.time) else { return }
        self.start = start
        let known = call.duration ?? call.end.flatMap { end in call.start.map { end.milliseconds(since: $0) } }
        self.end = known.map { start + $0 }
        self.segments = Self.segments(of: call.timings, from: start, to: self.end)
    }

    private static func emphasis(of call: Call) -> Emphasis {
        if call.isFailed { return .failed }
        if call.isInFlight { return .inFlight }
        return call.isRefused || call.isLate || (call.attempt ?? 1) > 1 ? .warning : .plain
    }

    /// Timings are moments from the start of the call; each names the end of its part.
    private static func segments(of timings: Call.Timings, from start: Double, to end: Double?) -> [Segment] {
        var segments: [Segment] = []
        var last = 0.0
        func add(_ kind: Segment.Kind, until moment: Double?) {
            guard let moment, moment > last else { return }
            segments.append(Segment(kind: kind, start: start + last, end: start + moment))
            last = moment
        }
        add(.dns, until: timings.dns)
        add(.connect, until: timings.connect)
        add(.tls, until: timings.tls)
        add(.waiting, until: timings.firstByte)
        let rest = end.map { $0 - start }
        add(timings.firstByte == nil ? .waiting : .transfer, until: rest)
        return segments
    }
}
