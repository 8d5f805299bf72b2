package import LmonRecord

/// Records on their way to the statistics of all invocations, or of those that a filter lets through. Bounded.
package struct StatisticsFold: Sendable {
    private var model = Model()
    private var filtered: FilteredStatistics?
    /// Rows are not asked for, only what they add up to; what is late still finds these.
    private static let kept = 4_096

    package init(_ filter: Filter?) {
        self.filtered = filter.map { FilteredStatistics($0) }
    }

    package mutating func take(_ records: some Sequence<Record>) {
        for record in records {
            let change = self.model.apply(record)
            if !change.isDuplicate { self.filtered?.update(change, of: record, in: self.model) }
        }
        _ = self.model.archive(keeping: Self.kept)
    }

    /// Invocations that are over.
    package var count: Int { (self.filtered?.statistics ?? self.model.statistics).invocations.count }

    package var report: StatisticsReport {
        guard let filtered else { return StatisticsReport(self.model.statistics, self.model.currentTotals) }
        var totals = self.model.currentTotals
        totals.invocations = filtered.statistics.invocations.count + filtered.inFlight
        return StatisticsReport(filtered.statistics, totals)
    }
}
