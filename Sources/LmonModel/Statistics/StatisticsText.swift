/// A line of the statistics; a table's row says which filter selects what it counts.
package struct StatisticsLine: Hashable, Sendable {
    package var line: TextLine
    package var filter: String?
    package var isTitle = false

    package init(_ line: TextLine, filter: String? = nil, isTitle: Bool = false) {
        self.line = line
        self.filter = filter
        self.isTitle = isTitle
    }
}

/// The statistics as lines of so many columns, for the view and for `lmon stats`.
package struct StatisticsText {
    package enum Table: String, CaseIterable, Sendable {
        case function, host, status
    }

    let report: StatisticsReport
    let columns: Int
    let marks: LineMarks
    let rules: TextRules
    /// Seconds that local time is ahead of UTC.
    let offset: Int
    /// Rows of the histogram.
    let height: Int

    package init(
        _ report: StatisticsReport,
        columns: Int,
        marks: LineMarks,
        rules: TextRules,
        offset: Int = 0,
        height: Int = 5
    ) {
        self.report = report
        self.columns = max(38, columns)
        self.marks = marks
        self.rules = rules
        self.offset = offset
        self.height = height
    }

    /// Everything, or one table alone.
    package func lines(only table: Table? = nil) -> [StatisticsLine] {
        switch table {
        case .function: return self.functions
        case .host: return self.hosts
        case .status: return self.statuses
        case nil: break
        }
        let sections = [
            self.durations, self.course, self.temperature, self.functions, self.hosts, self.statuses, self.failures,
            self.overhead,
        ]
        return Array(sections.filter { !$0.isEmpty }.joined(separator: [StatisticsLine(TextLine())]))
    }

    /// `128 invocations, 2 failed (1.6 %), 1 in flight, 512 calls, 0.2/s in 12m05s`
    package var summary: String {
        let report = self.report
        var parts = ["\(report.invocations.count) \(report.invocations.count == 1 ? "invocation" : "invocations")"]
        if report.invocations.count > 0 {
            parts.append("\(report.invocations.failed) failed (\(Self.share(report.invocations)))")
        }
        if report.inFlight > 0 { parts.append("\(report.inFlight) in flight") }
        parts.append("\(report.calls.count) \(report.calls.count == 1 ? "call" : "calls")")
        if report.calls.failed > 0 { parts[parts.count - 1] += " (\(report.calls.failed) failed)" }
        if report.retries > 0 { parts.append("\(report.retries) \(report.retries == 1 ? "retry" : "retries")") }
        if let rate = report.rate { parts.append("\(Self.rate(rate)) in \(Format.duration(report.span))") }
        return parts.joined(separator: ", ")
    }

    // MARK: Words

    func title(_ text: String, _ rest: String = "") -> StatisticsLine {
        var line = TextLine(self.marks.text(text), .title)
        if !rest.isEmpty { line.append("  " + self.marks.text(rest), .dim) }
        return StatisticsLine(line, isTitle: true)
    }

    func duration(_ milliseconds: Double?, _ columns: Int = 8) -> String {
        self.rules.padded(self.marks.text(Format.duration(milliseconds)), columns, trailing: true)
    }

    func number(_ value: Int, _ columns: Int) -> String {
        self.rules.padded(String(value), columns, trailing: true)
    }

    static func share(_ group: StatisticsReport.Group) -> String {
        guard group.count > 0 else { return "0 %" }
        return Format.fixed(Double(group.failed) / Double(group.count) * 100, 1) + " %"
    }

    static func rate(_ perSecond: Double) -> String {
        switch perSecond {
        case ..<0.095: "\(Format.fixed(perSecond * 60, 1))/min"
        case ..<99.5: "\(Format.fixed(perSecond, 1))/s"
        default: "\(Format.fixed(perSecond, 0))/s"
        }
    }

    // MARK: Small sections

    private var temperature: [StatisticsLine] {
        guard self.report.cold.count + self.report.warm.count > 0 else { return [] }
        var lines = [self.title("cold and warm")]
        let inits = self.report.initializations
        for (group, filter) in [(self.report.cold, "cold"), (self.report.warm, "not cold")] {
            var line = TextLine("  " + self.rules.padded(group.name, 6))
            line.append(self.number(group.count, self.columns < 60 ? 5 : 7))
            let width = self.columns < 60 ? 7 : 8
            line.append("  p50" + self.duration(group.durations.p50, width), .dim)
            line.append("  p95" + self.duration(group.durations.p95, width))
            if group.name == "cold", inits.count > 0, self.columns >= 76 {
                line.append("  init p50" + self.duration(inits.p50) + "  p95" + self.duration(inits.p95), .warning)
            }
            lines.append(StatisticsLine(line, filter: filter))
        }
        return lines
    }

    private var overhead: [StatisticsLine] {
        let overhead = self.report.overhead
        var lines = [
            self.title(
                "lmon itself",
                overhead.told == 1 ? "told once" : "told \(overhead.told) times"
            )
        ]
        func row(_ name: String, _ value: String, _ tone: TextLine.Tone = .lmon) {
            let text = "  " + self.rules.padded(name, 13)
            lines.append(StatisticsLine(TextLine([.init(text, .dim), .init(self.marks.text(value), tone)])))
        }
        func pair(_ values: StatisticsReport.Percentiles) -> String {
            let most = self.columns < 60 ? "" : "  max \(Format.duration(values.max))"
            return "p50 \(Format.duration(values.p50))  p95 \(Format.duration(values.p95))" + most
        }
        row("held", pair(overhead.held))
        row("interceptor", pair(overhead.interceptor))
        row("memory", "at most \(Format.bytes(overhead.residentPeak))")
        row("shipped", Format.bytes(overhead.shippedBytes))
        if let sample = overhead.sample {
            row("sample", "\(Format.share(sample)) of invocations, besides failed and slow ones", .warning)
        }
        row("dropped", "\(overhead.dropped) records", overhead.dropped > 0 ? .warning : .lmon)
        return lines
    }
}
