import LmonModel
import LmonScreen

/// What the line of `f` may go on with, in the place of the keys.
enum CandidateLine {
    private static let gap = 2

    /// False, and nothing is drawn, unless there are several.
    @discardableResult
    static func draw(_ state: UIState, from start: Int, row: Int, into canvas: inout Canvas) -> Bool {
        guard case .filter(let line)? = state.overlay, line.error == nil else { return false }
        let candidates: [FilterCompletion.Candidate]
        if let choice = line.choice {
            candidates = choice.candidates
        } else {
            let words = state.wordsForFilter
            let completion = FilterCompletion(line.field.text, cursor: line.field.cursor, seen: words)
            candidates = completion.isBegun ? completion.candidates : []
        }
        let end = state.size.columns - 1
        guard candidates.count > 1, end > start else { return false }
        self.draw(candidates, line.choice?.chosen, start..<end, row, &canvas)
        return true
    }

    private static func draw(
        _ candidates: [FilterCompletion.Candidate],
        _ chosen: Int?,
        _ columns: Range<Int>,
        _ row: Int,
        _ canvas: inout Canvas
    ) {
        let labels = candidates.map { Text.sanitised($0.label) }
        let page = self.page(labels, with: chosen ?? 0, columns.count - self.gap)
        var pen = columns.lowerBound
        for index in page {
            let label = canvas.truncated(labels[index], to: columns.upperBound - pen)
            pen = canvas.text(label, pen, row, limit: columns.upperBound, index == chosen ? .title : .dim) + self.gap
        }
        if page.upperBound < labels.count, pen < columns.upperBound {
            pen = canvas.text(canvas.glyphs.ellipsis, pen, row, .dim) + self.gap
        }
        let help = chosen.map { candidates[$0].help } ?? ""
        let column = columns.upperBound - Text.width(of: help)
        if !help.isEmpty, column >= pen { canvas.text(help, column, row, .dim) }
    }

    /// As many as fit beside each other, from the first or from where those before ended, the chosen one among them.
    private static func page(_ labels: [String], with chosen: Int, _ room: Int) -> Range<Int> {
        var start = 0
        var used = 0
        for (index, label) in labels.enumerated() {
            let width = Text.width(of: label)
            if index > start, used + width > room {
                if chosen < index { return start..<index }
                (start, used) = (index, 0)
            }
            used += width + self.gap
        }
        return start..<labels.count
    }
}
