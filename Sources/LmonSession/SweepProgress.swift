/// How far a sweep has come, by what there is to look at: rows and raw lines first, then calls and log lines.
struct SweepProgress: Sendable {
    var looked = 0
    /// Rows and lines, calls and log lines.
    var rows = 0
    var items = 0
    /// No more rows will match.
    var hasAllRows = false

    /// From 0 to 1 for rows, or for all with calls and log lines; nil once there is nothing more to come of that.
    func share(ofItems: Bool) -> Double? {
        if !ofItems, self.hasAllRows { return nil }
        let whole = self.rows + (ofItems ? self.items : 0)
        return whole > 0 ? min(1, Double(self.looked) / Double(whole)) : 0
    }
}
