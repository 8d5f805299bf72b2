/// One invocation on a page: what `lmon invoke` prints. All text in the lines is sanitised.
package struct ReportRenderer: Sendable {
    private let writer: LineWriter
    private let columns: Int

    /// - Parameters:
    ///   - rules: how foreign text is made harmless.
    ///   - marks: the glyphs.
    ///   - columns: the width to use for bars; longer names make longer lines.
    package init(rules: TextRules, marks: LineMarks = .unicode, columns: Int = 80) {
        self.writer = LineWriter(rules: rules, marks: marks, offset: 0)
        self.columns = max(40, columns)
    }

    /// Outcome, phases, each call with its bar, hints, log lines (of the initialisation that it waited for, too), result.
    package func lines(
        _ detail: InvocationDetail,
        after initialization: Invocation? = nil,
        showsLogs: Bool = true
    ) -> [TextLine] {
        let invocation = detail.invocation
        var lines = [self.head(invocation)]
        if let failure = self.failure(invocation) { lines.append(failure) }
        lines.append(TextLine())
        lines.append(contentsOf: self.waterfall(detail.waterfall))
        for hint in detail.hints {
            lines.append(TextLine("  hint: " + self.writer.marks.text(self.writer.safe(hint.description)), .warning))
        }
        if showsLogs {
            lines.append(contentsOf: self.logs(initialization?.logs ?? [], "logs of the initialisation"))
            lines.append(contentsOf: self.logs(invocation.logs, "logs"))
        }
        if let omission = invocation.omission {
            lines.append(TextLine("  " + self.writer.marks.text(omission), .warning))
        }
        lines.append(contentsOf: self.result(invocation))
        return lines
    }

    /// `✓ orders 187ms ─ billed 188ms ─ 88/256 MB ─ cold, init 327ms ─ 9f3c…`
    private func head(_ invocation: Invocation) -> TextLine {
        let (mark, tone) = self.writer.marks.mark(invocation.state)
        var line = TextLine("\(mark) ", tone)
        line.append(self.writer.safe(invocation.function), .title)
        line.append(" " + self.writer.marks.text(Format.duration(invocation.duration)), tone)
        var parts: [String] = []
        if let billed = invocation.billedDuration { parts.append("billed \(Format.duration(billed))") }
        if invocation.memoryUsed != nil || invocation.memoryLimit != nil {
            parts.append(Format.memory(used: invocation.memoryUsed, limit: invocation.memoryLimit))
        }
        if invocation.isCold == true {
            let duration = invocation.initDuration ?? invocation.initialization?.duration
            parts.append(duration.map { "cold, init \(Format.duration($0))" } ?? "cold")
        }
        if let held = invocation.overhead?.heldMilliseconds { parts.append("lmon held \(Format.duration(held))") }
        if let id = invocation.requestID { parts.append(self.writer.safe(id)) }
        for part in parts { line.append(" \(self.writer.marks.rule) " + self.writer.marks.text(part), .dim) }
        return line
    }

    private func logs(_ logs: [LogLine], _ title: String) -> [TextLine] {
        guard !logs.isEmpty else { return [] }
        return [TextLine(), TextLine("  \(title)", .dim)] + logs.flatMap { self.writer.log($0, indent: "  ") }
    }

    private func failure(_ invocation: Invocation) -> TextLine? {
        guard case .finished(let status) = invocation.state, status != .success else { return nil }
        let parts = [status.description, invocation.errorType, invocation.errorMessage].compactMap { $0 }
        return TextLine("  " + parts.map { self.writer.safe($0) }.joined(separator: ": "), .failed)
    }

    // MARK: Bars

    private func waterfall(_ waterfall: Waterfall) -> [TextLine] {
        let labels = waterfall.rows.map { self.label($0) }
        let labelColumns = min(self.columns / 2, labels.map { self.writer.rules.width($0) }.max() ?? 0)
        let bar = max(10, self.columns - labelColumns - 14)
        return zip(waterfall.rows, labels).map { row, label in
            let name = self.writer.rules.padded(self.writer.rules.clipped(label, labelColumns), labelColumns)
            var line = TextLine([.init("  \(name) ", Self.tone(row)), .init("\(self.writer.marks.log) ", .dim)])
            line.append(self.bar(row, waterfall.range, bar), row.emphasis == .failed ? .failed : .call)
            line.append(self.writer.rules.padded(self.writer.marks.text(self.duration(row)), 7, trailing: true))
            return line
        }
    }

    private func duration(_ row: WaterfallRow) -> String {
        row.emphasis == .inFlight ? "open" : Format.duration(row.duration)
    }

    private func label(_ row: WaterfallRow) -> String {
        let isCall = if case .call = row.id { true } else { false }
        let method = isCall ? self.writer.rules.padded(self.writer.safe(row.label), 4) : self.writer.safe(row.label)
        let status = isCall ? " " + self.writer.rules.padded(self.writer.safe(row.status), 3) : ""
        let detail = row.detail.isEmpty ? "" : " " + self.writer.safe(row.detail)
        return self.writer.marks.text(method + status) + detail
    }

    private static func tone(_ row: WaterfallRow) -> TextLine.Tone {
        switch row.emphasis {
        case .plain: .plain
        case .failed: .failed
        case .warning: .warning
        case .inFlight: .inFlight
        }
    }

    /// Exactly `columns` wide: blanks, waiting, transfer, blanks.
    private func bar(_ row: WaterfallRow, _ range: ClosedRange<Double>, _ columns: Int) -> String {
        let span = range.upperBound - range.lowerBound
        guard let start = row.start, span > 0 else { return String(repeating: " ", count: columns) }
        func column(_ milliseconds: Double) -> Int {
            let share = (milliseconds - range.lowerBound) / span
            return min(columns, max(0, Int((share * Double(columns)).rounded())))
        }
        let first = min(columns - 1, column(start))
        let last = max(first, column(row.end ?? range.upperBound))
        guard last > first else {
            return String(repeating: " ", count: first) + self.writer.marks.short
                + String(repeating: " ", count: columns - first - 1)
        }
        let transfer = row.segments.first { $0.kind == .transfer }.map { min(last, max(first, column($0.start))) }
        let waited = row.segments.isEmpty ? first : min(last - 1, transfer ?? last)
        return String(repeating: " ", count: first)
            + String(repeating: self.writer.marks.waiting, count: max(0, waited - first))
            + String(repeating: self.writer.marks.transfer, count: last - max(first, waited))
            + String(repeating: " ", count: columns - last)
    }

    // MARK: Result

    private func result(_ invocation: Invocation) -> [TextLine] {
        guard let result = invocation.result else { return [] }
        let size = result.size.map { " " + Format.bytes($0) } ?? ""
        let lines = [TextLine(), TextLine("  result" + size + (result.isTruncated ? ", cut" : ""), .dim)]
        guard let text = result.text else { return lines }
        let body =
            JSONText.lines(text)
            ?? text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { TextLine(String($0)) }
        return lines
            + body.map { line in
                TextLine([.init("  ")] + line.spans.map { .init(self.writer.safe($0.text), $0.tone) })
            }
    }
}
