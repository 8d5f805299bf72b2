import LmonModel
import LmonRecord
import LmonScreen

/// One environment's lane: what it did, a cell for each column. Where several things fall on one, the one that matters
/// most is seen.
struct LaneBar {
    private struct Cell {
        var rank = 0
        var glyph: Unicode.Scalar = " "
        var style = Style.plain
    }

    private let window: ClosedRange<Timestamp>
    private let latest: Timestamp
    private let glyphs: Glyphs
    private var cells: [Cell]
    private var note: (column: Int, text: String, style: Style)?

    init(_ lane: Lane, columns: Int, _ window: ClosedRange<Timestamp>, latest: Timestamp, _ glyphs: Glyphs) {
        self.window = window
        self.latest = latest
        self.glyphs = glyphs
        self.cells = [Cell](repeating: Cell(), count: max(0, columns))
        var initializations = 0
        for (index, span) in lane.spans.enumerated() {
            let next = index + 1 < lane.spans.count ? lane.spans[index + 1].start : nil
            if span.kind == .initializing { initializations += 1 }
            if case .folded(let folded) = span.kind { initializations += folded.initializations }
            self.add(span, until: next, isReset: initializations > 1)
        }
    }

    func draw(in columns: Range<Int>, row: Int, into canvas: inout Canvas) {
        for (offset, cell) in self.cells.enumerated() where cell.rank > 0 {
            canvas.glyph(cell.glyph, columns.lowerBound + offset, row, cell.style)
        }
        guard let note, columns.count - note.column >= 4 else { return }
        let text = canvas.truncated(note.text, to: columns.count - note.column)
        canvas.text(text, columns.lowerBound + note.column, row, limit: columns.upperBound, note.style)
    }

    // MARK: Parts

    private mutating func add(_ span: Lane.Span, until next: Timestamp?, isReset: Bool) {
        guard !self.cells.isEmpty else { return }
        let end = next ?? self.latest
        guard end >= self.window.lowerBound, span.start <= self.window.upperBound else { return }
        let from = self.column(span.start)
        let to = max(from + 1, Int(self.place(end).rounded(.up)))
        switch span.kind {
        case .idle: self.fill(from, to, 1, self.glyphs.rule, .dim)
        case .frozen: self.fill(from, to, 2, self.glyphs.waiting, .dim)
        case .folded(let folded): self.add(folded, from, to, length: max(1, end.milliseconds(since: span.start)))
        case .running(_, let isFailed): self.addRun(from, to, isFailed: isFailed, isOpen: next == nil)
        case .initializing:
            self.fill(from, to, 5, self.glyphs.remaining, next == nil ? .inFlight : .lambda)
            guard span.start >= self.window.lowerBound else { return }
            self.fill(
                from,
                from + 1,
                6,
                isReset ? self.glyphs.warning : self.glyphs.lambda,
                isReset ? .warning : .lambda
            )
        case .shutDown(let reason):
            guard span.start >= self.window.lowerBound else { return }
            let isNormal = reason == nil || reason?.lowercased() == "spindown"
            let style: Style = isNormal ? .lambda : .failed
            self.fill(from, from + 1, 8, isNormal ? self.glyphs.times : self.glyphs.failed, style)
            self.note = next == nil ? (from + 2, reason ?? "shut down", style) : nil
        }
    }

    private mutating func addRun(_ from: Int, _ to: Int, isFailed: Bool, isOpen: Bool) {
        let style: Style = isFailed ? .failed : isOpen ? .inFlight : .call
        self.fill(from, to, isFailed ? 7 : 4, self.glyphs.transfer, style)
        if isFailed { self.fill(from, from + 1, 8, self.glyphs.failed, .failed) }
        if isOpen { self.fill(to - 1, to, 4, self.glyphs.remaining, .inFlight) }
    }

    private mutating func add(_ folded: Lane.Folded, _ from: Int, _ to: Int, length: Double) {
        if folded.running >= length / 2 {
            self.fill(from, to, 3, self.glyphs.transfer, .call)
        } else if folded.invocations > 0 {
            self.fill(from, to, 3, self.glyphs.remaining, .call)
        } else {
            self.fill(from, to, 3, folded.frozen >= length / 2 ? self.glyphs.waiting : self.glyphs.rule, .dim)
        }
        if folded.initializations > 0 { self.fill(from, from + 1, 6, self.glyphs.lambda, .lambda) }
        if folded.failed > 0 { self.fill(from, from + 1, 8, self.glyphs.failed, .failed) }
    }

    private mutating func fill(_ from: Int, _ to: Int, _ rank: Int, _ glyph: Unicode.Scalar, _ style: Style) {
        let from = max(0, from)
        for column in from..<max(from, min(to, self.cells.count)) where self.cells[column].rank <= rank {
            self.cells[column] = Cell(rank: rank, glyph: glyph, style: style)
        }
    }

    private func place(_ time: Timestamp) -> Double {
        let length = max(self.window.upperBound.milliseconds(since: self.window.lowerBound), 0.001)
        let share = time.milliseconds(since: self.window.lowerBound) / length
        return min(max(share, -1), 2) * Double(self.cells.count)
    }

    /// What ends now is still seen.
    private func column(_ time: Timestamp) -> Int {
        min(max(0, Int(self.place(time).rounded(.down))), self.cells.count - 1)
    }
}
