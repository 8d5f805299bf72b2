import LmonModel
import LmonRecord

/// Past its deadline an invocation runs no more: that nothing told its end says only that the end was not seen.
extension UIState {
    /// So long after the deadline the end of what Lambda has just stopped may be on its way, in milliseconds.
    package static let patience = 200.0

    func isOverdue(_ summary: InvocationSummary) -> Bool {
        summary.state.isInFlight && self.isPast(summary.deadline)
    }

    func isOverdue(_ invocation: Invocation) -> Bool {
        invocation.state.isInFlight && self.isPast(invocation.deadline)
    }

    /// Whether that is so of what is opened.
    var isDetailOverdue: Bool {
        self.detail?.loaded.map { self.isOverdue($0.invocation) } ?? false
    }

    private func isPast(_ deadline: Timestamp?) -> Bool {
        guard let deadline, let latest else { return false }
        return latest.milliseconds(since: deadline) > Self.patience
    }

    /// What stands where the rest of the time would.
    static let unseenEnd = "end not seen"
}
