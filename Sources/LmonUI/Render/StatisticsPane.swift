import LmonModel
import LmonScreen

/// The statistics: one document of lines, on one of which the keys are.
enum StatisticsPane {
    static func draw(_ state: UIState, _ area: Area, into canvas: inout Canvas) {
        let statistics = state.statistics
        guard let report = statistics.report, report.invocations.count + report.calls.count > 0 else {
            var row = area.rows.lowerBound
            for part in Text.wrapped(self.emptyText(state), to: area.columns.count - 4) where row < area.rows.upperBound
            {
                canvas.text(part, area.columns.lowerBound + 3, row)
                row += 1
            }
            return
        }
        let rows = (area.rows.lowerBound + 1)..<area.rows.upperBound
        let end = area.columns.upperBound - 1
        for (offset, line) in statistics.lines.dropFirst(statistics.top).prefix(rows.count).enumerated() {
            let row = rows.lowerBound + offset
            canvas.line(line.line, area.columns.lowerBound + 1, row, limit: end)
            guard statistics.top + offset == statistics.cursor else { continue }
            canvas.glyph(canvas.glyphs.selection, area.columns.lowerBound, row, .title)
            canvas.select(row: row, columns: area.columns)
        }
        let left = statistics.lines.count - statistics.top - rows.count
        let more = left > 0 ? "  \(left) more \(canvas.glyphs.down)" : ""
        canvas.text(more, end - Text.width(of: more), area.rows.lowerBound, .dim)
        self.drawSummary(state, area, end: end - Text.width(of: more), into: &canvas)
    }

    /// The numbers, and what they are of.
    private static func drawSummary(_ state: UIState, _ area: Area, end: Int, into canvas: inout Canvas) {
        let row = area.rows.lowerBound
        let room = end - area.columns.lowerBound - 1
        var text = state.statistics.summary
        if let progress = state.statistics.progress { text = "\(Int(progress * 100)) % counted · " + text }
        let style = state.statistics.progress == nil ? Style.plain : .warning
        canvas.text(canvas.truncated(canvas.glyphs.rendered(text), to: room), area.columns.lowerBound + 1, row, style)
    }

    private static func emptyText(_ state: UIState) -> String {
        if let filter = state.filter {
            if state.statistics.report == nil || state.statistics.progress != nil { return "Counting what matches…" }
            return "No invocation that has ended matches \(Text.sanitised(filter.text))."
        }
        return state.totals.invocations > 0 ? "No invocation has ended yet." : "No invocation yet."
    }
}
