package import LmonRecord

/// Which part of the session's time the lanes show.
package struct LaneAxis: Hashable, Sendable {
    /// Milliseconds from left to right; nil for the whole session.
    package private(set) var span: Double?
    /// The moment at the right; nil for now, whenever that is.
    package private(set) var end: Timestamp?

    private static let smallest = 20.0

    package init() {}

    /// What is shown of a session that goes from `first` to `last`.
    package func window(_ first: Timestamp, _ last: Timestamp) -> ClosedRange<Timestamp> {
        let whole = max(last.milliseconds(since: first), 1)
        guard let span, span < whole else { return first...max(last, first.adding(milliseconds: 1)) }
        let end = min(max(self.end ?? last, first.adding(milliseconds: span)), last)
        return end.adding(milliseconds: -span)...end
    }

    /// Halves or doubles what is shown: around its middle, or from now on to the left.
    package mutating func zoom(by steps: Int, _ first: Timestamp, _ last: Timestamp) {
        let whole = max(last.milliseconds(since: first), 1)
        let before = min(self.span ?? whole, whole)
        var span = before
        for _ in 0..<abs(steps) { span = steps > 0 ? max(Self.smallest, span / 2) : span * 2 }
        guard span < whole else {
            self = LaneAxis()
            return
        }
        self.span = span
        guard let end = self.end else { return }
        self.move(to: end.adding(milliseconds: (span - before) / 2), first, last)
    }

    /// A quarter of what is shown to the left or to the right.
    package mutating func pan(by steps: Int, _ first: Timestamp, _ last: Timestamp) {
        guard let span else { return }
        let end = min(self.end ?? last, last)
        self.move(to: end.adding(milliseconds: Double(steps) * span / 4), first, last)
    }

    private mutating func move(to end: Timestamp, _ first: Timestamp, _ last: Timestamp) {
        guard let span else { return }
        self.end = end >= last ? nil : max(end, first.adding(milliseconds: span))
    }
}
