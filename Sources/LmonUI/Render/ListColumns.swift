import LmonModel
import LmonRecord
import LmonScreen

/// Where the columns of an invocation list lie. All are columns of the screen.
struct ListColumns {
    let start: Int
    let end: Int
    let time: Range<Int>
    let state: Int
    let name: Range<Int>
    let duration: Range<Int>
    let calls: Range<Int>
    /// Empty where there is no room for bars.
    let bar: Range<Int>
    /// Milliseconds that fill the bars' columns.
    let scale: Double

    init(_ ui: UIState, _ area: Area) {
        let width = area.columns.count
        let start = area.columns.lowerBound
        let longest = ui.totals.functions.reduce(0) { max($0, Text.width(of: $1)) }
        let nameWidth = min(max(8, longest), max(8, width / 4))
        self.start = start
        self.end = area.columns.upperBound - 1
        self.time = (start + 3)..<(start + 3 + (width >= 72 ? 12 : 8))
        self.state = self.time.upperBound + 1
        self.name = (self.state + 2)..<(self.state + 2 + nameWidth)
        self.duration = self.name.upperBound..<(self.name.upperBound + 6)
        // One blank at least, also in front of many.
        let digits = "\(ui.mostVisibleCalls(area.rows.count))".utf8.count
        self.calls = self.duration.upperBound..<(self.duration.upperBound + 1 + min(digits, 5))
        let first = self.calls.upperBound + 1
        let free = max(0, self.end - first)
        let last = self.end - min(18, width < 72 ? free * 3 / 5 : free * 2 / 5)
        self.bar = last - first >= 6 ? first..<last : first..<first
        self.scale = Self.rounded(up: ui.longestVisible(area.rows.count))
    }

    /// The next of 1, 1.5, 2, 3, 5, 7.5 times a power of ten.
    private static func rounded(up value: Double) -> Double {
        guard value.isFinite, value > 0 else { return 100 }
        var power = 1.0
        while power * 10 <= value { power *= 10 }
        while power > value { power /= 10 }
        return [1, 1.5, 2, 3, 5, 7.5].map { $0 * power }.first { $0 >= value } ?? power * 10
    }
}

extension UIState {
    /// Milliseconds of the longest invocation on the screen.
    fileprivate func longestVisible(_ height: Int) -> Double {
        self.list.visible(height: height).reduce(0) { longest, index in
            guard case .list(.invocation(let summary))? = self.list.row(at: index) else { return longest }
            return max(longest, self.shownDuration(of: summary) ?? 0)
        }
    }

    /// Calls of the visible invocation that made most.
    fileprivate func mostVisibleCalls(_ height: Int) -> Int {
        self.list.visible(height: height).reduce(0) { most, index in
            guard case .list(.invocation(let summary))? = self.list.row(at: index) else { return most }
            return max(most, summary.calls)
        }
    }

    /// What it took, or has taken so far.
    func shownDuration(of summary: InvocationSummary) -> Double? {
        if let duration = summary.duration { return duration }
        guard summary.state.isInFlight, !self.isOverdue(summary), let latest else { return nil }
        return max(0, latest.milliseconds(since: summary.time))
    }
}

/// A bar on an axis of columns.
enum Bar {
    /// Draws from `start` to `end`, in columns from the first of `columns` and fractions of them.
    static func draw(
        _ start: Double,
        _ end: Double,
        in columns: Range<Int>,
        row: Int,
        style: Style,
        isOpen: Bool = false,
        into canvas: inout Canvas
    ) {
        guard !columns.isEmpty, start.isFinite, end.isFinite else { return }
        let last = columns.count - 1
        let from = min(max(0, Int(start)), last)
        let length = end - start
        guard length >= 0.75, from < last || isOpen else {
            canvas.glyph(
                isOpen ? canvas.glyphs.remaining : canvas.glyphs.barTiny,
                columns.lowerBound + from,
                row,
                style
            )
            return
        }
        let to = min(max(from + 1, from + Int(length.rounded())), last)
        canvas.glyph(canvas.glyphs.barStart, columns.lowerBound + from, row, style)
        for column in (from + 1)..<max(from + 1, to) {
            canvas.glyph(canvas.glyphs.transfer, columns.lowerBound + column, row, style)
        }
        canvas.glyph(isOpen ? canvas.glyphs.remaining : canvas.glyphs.barEnd, columns.lowerBound + to, row, style)
    }
}
