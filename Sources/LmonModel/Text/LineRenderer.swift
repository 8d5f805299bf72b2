import LmonRecord

/// A stream of records as lines for people: what `lmon tail` prints.
///
/// One block for each finished invocation, its calls and log lines under it in the order of their times; one line for
/// each lifecycle event when it is complete; one for each call that ends after its invocation was printed. Concurrent
/// invocations so never mix. All text in the lines is sanitised.
package struct LineRenderer: Sendable {
    private let writer: LineWriter
    private let showsDetail: Bool
    private let filter: Filter?
    private var nameColumns = 0
    private var printed: [InvocationID: Printed] = [:]
    private var printedOrder: [InvocationID] = []
    private var waitingInitializations: [RowID] = []
    /// Stopped ones whose open calls are about to be told as aborted.
    private var waitingInvocations: [InvocationID] = []
    private var printedRows: Set<RowID> = []

    private struct Printed {
        var calls: Set<String>
        var logs: Int
        var isFailed: Bool
    }

    /// So many printed invocations are remembered for what comes late.
    private static let memory = 1_000
    private static let indent = String(repeating: " ", count: 13)

    /// - Parameters:
    ///   - rules: how foreign text is made harmless.
    ///   - marks: the glyphs.
    ///   - offset: of the local time, seconds from UTC.
    ///   - showsDetail: whether calls and log lines are printed too.
    ///   - filter: which invocations and lifecycle events are printed; nil for all.
    package init(
        rules: TextRules,
        marks: LineMarks = .unicode,
        offset: Int = 0,
        showsDetail: Bool = true,
        filter: Filter? = nil
    ) {
        self.writer = LineWriter(rules: rules, marks: marks, offset: offset)
        self.showsDetail = showsDetail
        self.filter = filter
    }

    /// The lines that a record made due; `change` is what `model` said to it.
    package mutating func lines(after change: ModelChange, in model: Model) -> [TextLine] {
        guard !change.isDuplicate, let row = change.row else { return [] }
        let left = self.waitingInvocations.isEmpty ? [] : self.overtaken(by: row, model)
        switch row {
        case .initialization(let id): return left + self.initialization(row, id, model)
        case .invocation(let id): return left + self.beforeInvocation(id, model) + self.invocation(id, model)
        case .event:
            // A delivery that is added to a row that is printed already is no news.
            guard self.printedRows.insert(row).inserted, case .lifecycle(let event)? = model.row(row),
                self.filter?.matches(event) ?? true
            else { return left }
            return left + [self.writer.event(event)]
        }
    }

    /// What is left when the stream has ended: invocations in flight, and initialisations that nobody finished.
    package mutating func finish(in model: Model) -> [TextLine] {
        var lines = self.waitingInitializations.flatMap { self.row($0, model) }
        self.waitingInitializations = []
        lines.append(contentsOf: self.waitingInvocations.flatMap { self.print($0, model) })
        self.waitingInvocations = []
        for invocation in model.detailed where !invocation.id.isInitialization && invocation.state.isInFlight {
            guard self.printed[invocation.id] == nil, self.filter?.matches(invocation) ?? true else { continue }
            lines.append(contentsOf: self.block(invocation, InvocationSummary(invocation)))
        }
        return lines
    }

    // MARK: Parts

    private mutating func initialization(_ row: RowID, _ id: InvocationID, _ model: Model) -> [TextLine] {
        guard !self.printedRows.contains(row) else { return [] }
        if !self.waitingInitializations.contains(row) { self.waitingInitializations.append(row) }
        guard let state = model.invocation(id)?.state, state.isFailed else { return [] }
        return self.row(row, model)
    }

    /// Its parts come one by one, so the row of an initialisation waits for the first invocation.
    private mutating func beforeInvocation(_ id: InvocationID, _ model: Model) -> [TextLine] {
        guard !self.waitingInitializations.isEmpty else { return [] }
        let due = self.waitingInitializations.filter { $0.invocationID?.environment == id.environment }
        return due.flatMap { self.row($0, model) }
    }

    private mutating func row(_ id: RowID, _ model: Model) -> [TextLine] {
        self.waitingInitializations.removeAll { $0 == id }
        guard self.printedRows.insert(id).inserted, case .lifecycle(let event)? = model.row(id) else { return [] }
        let detail = event.detail.flatMap { model.invocation($0) }
        guard self.filter?.matches(event, detail: detail) ?? true else { return [] }
        var lines = [self.writer.event(event)]
        if self.showsDetail, let detail {
            lines.append(contentsOf: self.items(detail))
        }
        return lines
    }

    private mutating func invocation(_ id: InvocationID, _ model: Model) -> [TextLine] {
        guard let invocation = model.invocation(id) else {
            // Its detail was let go, so that all that comes of it is Lambda's verdict.
            return model.summary(id).flatMap { self.correction($0) } ?? []
        }
        guard !invocation.state.isInFlight else { return [] }
        if let printed = self.printed[id] {
            let correction = self.correction(InvocationSummary(invocation))
            return self.showsDetail ? correction + self.late(invocation, printed) : correction
        }
        let wasStopped = invocation.runtimeStatus?.isFailure ?? false
        if (wasStopped && invocation.openCalls > 0) || self.awaitsReport(invocation) {
            if !self.waitingInvocations.contains(id) { self.waitingInvocations.append(id) }
            return []
        }
        self.waitingInvocations.removeAll { $0 == id }
        guard self.filter?.matches(invocation) ?? true else { return [] }
        return self.block(invocation, InvocationSummary(invocation))
    }

    /// A filter whose yes is not final waits until all is told.
    private func awaitsReport(_ invocation: Invocation) -> Bool {
        guard let filter, filter.mayTurnFalse else { return false }
        return !invocation.isConcluded
    }

    /// The environment of waiting ones has gone on to something else: nothing more will be told of them.
    private mutating func overtaken(by row: RowID, _ model: Model) -> [TextLine] {
        let due = self.waitingInvocations.filter { id in
            row != .invocation(id) && row.environment == id.environment
        }
        self.waitingInvocations.removeAll { due.contains($0) }
        return due.flatMap { self.print($0, model) }
    }

    private mutating func print(_ id: InvocationID, _ model: Model) -> [TextLine] {
        guard let invocation = model.invocation(id), self.printed[id] == nil,
            self.filter?.matches(invocation) ?? true
        else { return [] }
        return self.block(invocation, InvocationSummary(invocation))
    }

    private mutating func block(_ invocation: Invocation, _ summary: InvocationSummary) -> [TextLine] {
        self.remember(invocation)
        self.nameColumns = min(24, max(self.nameColumns, self.writer.rules.width(self.writer.safe(summary.function))))
        let head = self.writer.invocation(summary, nameColumns: self.nameColumns)
        return self.showsDetail ? [head] + self.items(invocation) : [head]
    }

    /// Calls and log lines by time.
    private func items(_ invocation: Invocation) -> [TextLine] {
        var items: [(Timestamp, [TextLine])] = invocation.calls.map { call in
            (call.start ?? call.end ?? invocation.time, [self.line(call)])
        }
        items.append(contentsOf: invocation.logs.map { ($0.time, self.writer.log($0, indent: Self.indent)) })
        let order = items.indices.sorted { left, right in
            items[left].0 == items[right].0 ? left < right : items[left].0 < items[right].0
        }
        let omission = invocation.omission.map { TextLine(Self.indent + self.writer.marks.text($0), .warning) }
        return order.flatMap { items[$0].1 } + [omission].compactMap(\.self)
    }

    private func line(_ call: Call) -> TextLine {
        TextLine([.init(Self.indent + "  ")] + self.writer.call(call))
    }

    /// Its line again, if Lambda calls a failure what its handler ended well: it ran out of time after that, or broke.
    private mutating func correction(_ summary: InvocationSummary) -> [TextLine] {
        guard summary.state.isFailed, self.printed[summary.id]?.isFailed == false else { return [] }
        self.printed[summary.id]?.isFailed = true
        return [self.writer.invocation(summary, nameColumns: self.nameColumns)]
    }

    /// What came after its invocation was printed, with the invocation's name.
    private mutating func late(_ invocation: Invocation, _ printed: Printed) -> [TextLine] {
        let name = "  \(self.writer.safe(invocation.function)) \(self.writer.safe(invocation.id.short))"
        var lines: [TextLine] = []
        for call in invocation.calls where !call.isInFlight && !printed.calls.contains(call.id) {
            var spans = [self.writer.time(call.end ?? invocation.time), TextLine.Span("  ")] + self.writer.call(call)
            spans.append(.init(name, .dim))
            lines.append(TextLine(spans))
        }
        for log in invocation.logs.dropFirst(printed.logs) {
            lines.append(contentsOf: self.writer.log(log, indent: Self.indent))
        }
        self.printed[invocation.id] = Self.printed(invocation)
        return lines
    }

    private mutating func remember(_ invocation: Invocation) {
        self.printed[invocation.id] = Self.printed(invocation)
        self.printedOrder.append(invocation.id)
        guard self.printedOrder.count > Self.memory * 2 else { return }
        for id in self.printedOrder.prefix(Self.memory) { self.printed[id] = nil }
        self.printedOrder.removeFirst(Self.memory)
    }

    private static func printed(_ invocation: Invocation) -> Printed {
        let ended = invocation.calls.filter { !$0.isInFlight }.map(\.id)
        return Printed(calls: Set(ended), logs: invocation.logs.count, isFailed: invocation.state.isFailed)
    }
}
