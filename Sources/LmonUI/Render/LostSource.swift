import LmonModel
import LmonRecord
import LmonScreen

/// A source that does not answer any more: since when, why, and when it is tried again.
struct LostSource {
    private let source: String
    private let reason: String?
    private let secondsAgo: Int
    private let retryIn: Int
    private let records: Int

    /// Nil while it is there.
    init?(_ state: UIState) {
        guard case .lost(let source, let since, let retryAt, let reason) = state.connection else { return nil }
        self.source = source
        self.reason = reason
        self.records = state.totals.records
        let now = max(since, state.now ?? since)
        self.secondsAgo = Int(now.milliseconds(since: since) / 1000)
        self.retryIn = Int((max(0, retryAt.milliseconds(since: now)) / 1000).rounded(.up))
    }

    /// As much of it as fits.
    func line(_ columns: Int) -> String {
        let retry = self.retryIn > 0 ? "retrying in \(self.retryIn) s" : "retrying"
        let why = self.reason.map { " · \($0)" } ?? ""
        let whole = "Connection to \(self.source) lost \(self.secondsAgo) s ago, \(retry)"
        let held = columns < 98 ? " · \(self.records) held" : " · showing \(self.records) held records"
        // The header names the source, too.
        let short = "Lost \(self.secondsAgo) s ago, \(retry) · \(self.records) held\(why)"
        return Text.width(of: whole + held + why) <= columns ? whole + held + why : short
    }

    /// While it has not given anything.
    var lines: [String] {
        ["\(self.source) does not answer\(self.reason.map { ": \($0)" } ?? "")."]
    }
}
