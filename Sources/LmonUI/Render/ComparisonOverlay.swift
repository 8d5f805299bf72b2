import LmonModel
import LmonScreen

/// Two runs beside each other: all but the header and the keys.
enum ComparisonOverlay {
    private static func box(_ size: Screen.Size) -> Area {
        Area(columns: 0..<size.drawable.columns, rows: 1..<(size.drawable.rows - 1))
    }

    static func text(_ size: Screen.Size) -> Area {
        let box = self.box(size)
        return Area(columns: 2..<(box.columns.upperBound - 2), rows: 2..<(box.rows.upperBound - 1))
    }

    static func draw(_ state: UIState, _ view: ComparisonView, into canvas: inout Canvas) {
        let box = self.box(state.size)
        let (before, after) = (view.comparison.before, view.comparison.after)
        Box.draw(box, title: "compare \(before.id.short) → \(after.id.short)", into: &canvas)
        let area = self.text(state.size)
        let lines = view.wrapped(area.columns.count)
        for (offset, line) in lines.dropFirst(view.scroll).prefix(area.rows.count).enumerated() {
            let shown = TextLine(line.spans.map { TextLine.Span(canvas.glyphs.rendered($0.text), $0.tone) })
            canvas.line(shown, area.columns.lowerBound, area.rows.lowerBound + offset, limit: area.columns.upperBound)
        }
        let left = lines.count - view.scroll - area.rows.count
        guard left > 0 else { return }
        let text = " \(left) more ↓ "
        canvas.label(text, box.columns.upperBound - 2 - text.count, box.rows.upperBound - 1, .dim)
    }
}
