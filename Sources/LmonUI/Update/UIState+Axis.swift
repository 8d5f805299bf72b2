import LmonModel
import LmonRecord

/// The part of the time axis that is shown: `+ _ 0` and `h l`.
extension UIState {
    mutating func pan(by steps: Int) {
        if self.showsLanes { return self.panLanes(by: steps) }
        if self.pane == .lower { self.shiftLower(by: steps) } else { self.moveWindow(by: steps) }
    }

    mutating func zoomAxis(by steps: Int) {
        if self.showsLanes { return self.zoomLanes(by: steps) }
        self.resizeWindow(by: steps)
    }

    mutating func fitAxis() {
        if self.showsLanes { return self.fitLanes() }
        self.detail?.window = nil
    }

    // MARK: - The waterfall's

    private mutating func moveWindow(by steps: Int) {
        guard let detail, let loaded = detail.loaded, detail.window != nil else {
            self.notice = Notice(text: "All of the time axis is shown: + zooms.", isFailure: false)
            return
        }
        let shown = self.axis(of: loaded)
        let step = (shown.upperBound - shown.lowerBound) / 4 * Double(steps)
        let whole = self.wholeAxis(of: loaded)
        let length = shown.upperBound - shown.lowerBound
        self.detail?.window = AxisWindow.clamped(from: shown.lowerBound + step, length: length, to: whole)
    }

    private mutating func resizeWindow(by steps: Int) {
        guard let detail, let loaded = detail.loaded else { return }
        let whole = self.wholeAxis(of: loaded)
        let shown = self.axis(of: loaded)
        let old = shown.upperBound - shown.lowerBound
        let length = steps > 0 ? max(AxisWindow.shortest, old / 2) : old * 2
        guard length < whole.upperBound - whole.lowerBound else {
            self.detail?.window = nil
            return
        }
        let middle = self.focus(of: detail, within: length) ?? (shown.lowerBound + shown.upperBound) / 2
        self.detail?.window = AxisWindow.clamped(from: middle - length / 2, length: length, to: whole)
    }

    /// The middle of the selected row, or its start if it is longer than what will be shown.
    private func focus(of detail: DetailState, within length: Double) -> Double? {
        guard let row = detail.selectedRow, let start = row.start else { return nil }
        let end = row.end ?? start
        return end - start <= length ? (start + end) / 2 : start + length / 2
    }

    /// Brings the selected row into the part that is shown, if it lies outside.
    mutating func revealOnAxis() {
        guard let detail, let loaded = detail.loaded, detail.window != nil, let row = detail.selectedRow,
            let start = row.start
        else { return }
        let shown = self.axis(of: loaded)
        guard start >= shown.upperBound || (row.end ?? start) <= shown.lowerBound else { return }
        let length = shown.upperBound - shown.lowerBound
        let middle = self.focus(of: detail, within: length) ?? start
        let whole = self.wholeAxis(of: loaded)
        self.detail?.window = AxisWindow.clamped(from: middle - length / 2, length: length, to: whole)
    }

    private mutating func shiftLower(by steps: Int) {
        guard !self.wraps else {
            self.notice = Notice(text: "Lines are wrapped: w cuts them, then h and l move.", isFailure: false)
            return
        }
        let shift = (self.detail?.shift ?? 0) + steps * 8
        self.detail?.shift = max(0, shift)
    }

    // MARK: - Ranges

    /// What the axis shows.
    func axis(of detail: InvocationDetail) -> ClosedRange<Double> {
        let whole = self.wholeAxis(of: detail)
        guard let window = self.detail?.window else { return whole }
        return AxisWindow.clamped(
            from: window.lowerBound,
            length: window.upperBound - window.lowerBound,
            to: whole
        ) ?? whole
    }

    /// All that there is: while the invocation runs, up to now and a part of what it has left.
    func wholeAxis(of detail: InvocationDetail) -> ClosedRange<Double> {
        let range = detail.waterfall.range
        guard let now = self.elapsed(in: detail) else { return range }
        var end = max(range.upperBound, now)
        if detail.invocation.state.isInFlight, let deadline = detail.invocation.deadline {
            end = max(end, min(deadline.milliseconds(since: detail.invocation.time), end * 1.25))
        }
        return range.lowerBound...end
    }

    /// Milliseconds since the start, while something of it runs; none of it runs on after its deadline.
    func elapsed(in detail: InvocationDetail) -> Double? {
        let isOpen =
            detail.invocation.state.isInFlight || detail.waterfall.rows.contains { $0.start != nil && $0.end == nil }
        guard isOpen, var latest else { return nil }
        if self.isOverdue(detail.invocation), let deadline = detail.invocation.deadline { latest = deadline }
        return max(0, latest.milliseconds(since: detail.invocation.time))
    }
}

/// A part of an axis, in its milliseconds.
enum AxisWindow {
    /// Nothing is told more exactly than that.
    static let shortest = 0.5

    /// A part of that length that lies within `whole`; nil if it is all of it.
    static func clamped(from start: Double, length: Double, to whole: ClosedRange<Double>) -> ClosedRange<Double>? {
        guard length < whole.upperBound - whole.lowerBound else { return nil }
        let first = min(max(start, whole.lowerBound), whole.upperBound - length)
        return first...(first + length)
    }
}
