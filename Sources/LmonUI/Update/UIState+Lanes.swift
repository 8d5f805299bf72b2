import LmonModel
import LmonRecord

/// The time axis of the lanes.
extension UIState {
    /// The axis keys act on the lanes.
    var showsLanes: Bool { self.view == .environments && self.pane == .list }

    /// From the first record to now; nil before there is one.
    var session: ClosedRange<Timestamp>? {
        guard let first = self.totals.firstRecordTime, let latest else { return nil }
        return first...max(first, latest)
    }

    /// What the lanes show of it.
    var laneWindow: ClosedRange<Timestamp>? {
        self.session.map { self.laneAxis.window($0.lowerBound, $0.upperBound) }
    }

    mutating func panLanes(by steps: Int) {
        guard let session else { return }
        self.laneAxis.pan(by: steps, session.lowerBound, session.upperBound)
    }

    mutating func zoomLanes(by steps: Int) {
        guard let session else { return }
        self.laneAxis.zoom(by: steps, session.lowerBound, session.upperBound)
    }

    mutating func fitLanes() { self.laneAxis = LaneAxis() }
}
