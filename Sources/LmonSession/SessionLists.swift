import Dispatch
package import LmonModel
import LmonRecord
package import LmonStore
package import LmonUI

/// The lists of the view over a whole session: the store has what was archived, the model the rest. What costs time is
/// found by a sweep, behind.
///
/// Confined to one thread.
package struct SessionLists {
    package let store: SessionStore
    /// All rows are in the store: it concluded.
    let isWhole: Bool
    let wake: @Sendable () -> Void

    /// Records came since the last look.
    package private(set) var isStale = false
    package internal(set) var view = ListView.invocations
    var sight = Sight()
    var predicate = Predicate()
    var selection = Selection()
    var items: [SessionItems: ItemList] = [.calls: ItemList(), .logs: ItemList()]
    var environments = EnvironmentRows()
    /// Whose rows match, of so many that do.
    var environmentsOf: (count: Int, matching: Set<String>)?
    var pages = RowPages()
    var invocations = StoredInvocations()
    var filtered: FilteredRows?
    var sweep: Sweep?
    /// So few rows that facts leave open are folded rather than looked for in the lines.
    var few = 400
    private var sweepProgress = SweepProgress()
    var search: ListSearch?
    private var refreshed = DispatchTime(uptimeNanoseconds: 0)
    package var failure: StoreError?

    /// How long a list that nobody looks at may be behind in its count, and one that is looked at.
    private static let patience: UInt64 = 500_000_000
    private static let haste: UInt64 = 50_000_000

    package init(_ store: SessionStore, isWhole: Bool, wake: @escaping @Sendable () -> Void) {
        self.store = store
        self.isWhole = isWhole
        self.wake = wake
        self.isStale = true
        if isWhole {
            self.selection.archivedCount = self.reading { (reading) throws(StoreError) in try reading.rowCount } ?? 0
        }
    }

    // MARK: Changes

    /// Records were folded.
    package mutating func changed(_ rows: Set<RowID>, _ model: Model) {
        self.invocations.forget(rows)
        self.filtered?.update(rows, model)
        self.isStale = true
    }

    /// These rows, just archived, are in the store's hands now.
    package mutating func archived(_ rows: [ArchivedRow], _ model: Model) {
        guard !rows.isEmpty, !self.isWhole else { return }
        let shown = rows.map { self.isShown($0) }
        self.selection.archive(rows, shown: shown, by: self.sight.sort)
        self.filtered?.update(Set(rows.map(\.row.id)), model)
        self.isStale = true
    }

    private mutating func isShown(_ row: ArchivedRow) -> Bool {
        guard self.selection.matches != nil else { return true }
        if let filtered, filtered.index(of: row.row.id) == nil {
            guard case .invocation(let summary) = row.row, filtered.undecided.contains(summary.id) else { return false }
            return self.stored(summary.id, summary).map { self.predicate.verdict(row.row, $0) } ?? false
        }
        return self.isInSight(row.row)
    }

    private func isInSight(_ row: ListRow) -> Bool {
        if let since = self.sight.since, row.time < since { return false }
        return self.sight.marked?.contains(row.id) ?? true
    }

    // MARK: Counts

    /// Nobody has looked for so long that the counts are to be told.
    package var isDue: Bool { self.isStale && self.age > Self.patience }

    /// Something is looked for that the view waits for.
    package var isBusy: Bool { self.sweep != nil || self.search?.isPending == true || self.undecidedLive > 0 }

    private var age: UInt64 { DispatchTime.now().uptimeNanoseconds - self.refreshed.uptimeNanoseconds }
    private var undecidedLive: Int { self.filtered?.undecided.count ?? 0 }

    /// Live invocations wait for `decideNext`.
    package var hasUndecided: Bool { self.undecidedLive > 0 }

    /// How much was looked at of what the sight asks, from 0 to 1; nil if all was.
    package var progress: Double? {
        if self.sweep != nil, let share = self.sweepProgress.share(ofItems: self.view == .calls || self.view == .logs) {
            return share
        }
        guard self.undecidedLive > 0, self.allRows > 0 else { return nil }
        return max(0, 1 - Double(self.undecidedLive) / Double(self.allRows))
    }

    package var filter: Filter? { self.sight.filter }

    /// Texts that the filter's regular expressions gave up on.
    package var givenUp: Int { self.filter?.givenUp ?? 0 }

    package var all: RowCounts {
        RowCounts(
            invocations: self.allRows,
            calls: self.items[.calls]?.total ?? 0,
            logs: self.items[.logs]?.total ?? 0,
            environments: self.allEnvironments
        )
    }
    private var allRows = 0
    private var allEnvironments = 0

    package mutating func counts(_ model: Model) -> RowCounts {
        self.refresh(model)
        self.allEnvironments = model.environmentCount
        self.refreshEnvironments(model)
        self.allRows = self.isWhole ? self.selection.archivedCount : model.rowCount
        return RowCounts(
            invocations: self.selection.count(model, isWhole: self.isWhole),
            calls: self.items[.calls]?.count ?? 0,
            logs: self.items[.logs]?.count ?? 0,
            environments: self.environments.rows.count
        )
    }

    /// What came while nobody looked at this list may have been counted before it was written.
    mutating func turn(to view: ListView) {
        self.view = view
        self.isStale = true
        self.refreshed = DispatchTime(uptimeNanoseconds: 0)
    }

    private mutating func refresh(_ model: Model) {
        guard self.isStale else { return }
        if self.predicate.asksRows || self.sight.sort != .time {
            self.selection.setLive(self.isWhole ? [] : self.liveRows(model))
            self.selection.merge(by: self.sight.sort, model)
        } else {
            self.selection.setLive(nil)
            self.selection.merge(by: .time, model)
        }
        guard self.age > (self.view == .invocations ? Self.patience : Self.haste) else { return }
        // Who looks at rows sees what has just come; the others wait for the next commit.
        let isBehind = !self.isWhole && self.view == .invocations && self.store.isBehind
        self.refreshItems(flushes: self.view != .invocations)
        self.refreshed = .now()
        self.isStale = isBehind || self.items.values.contains { $0.isBehind }
    }

    private func liveRows(_ model: Model) -> [RowID] {
        let rows = model.rows(in: model.archivedCount..<model.rowCount)
        return rows.filter { row in
            self.isInSight(row) && self.filtered.map { $0.index(of: row.id) != nil } ?? true
        }.map(\.id)
    }

    // MARK: Sight

    package mutating func look(_ sight: Sight, _ model: Model) {
        let wasSorted = self.sight.sort
        self.sight = sight
        self.selection.isReversed = sight.isReversed
        let predicate = Predicate(sight)
        let isSame = predicate == self.predicate
        if isSame, wasSorted == sight.sort, sight.sort == .time || self.selection.sorted != nil {
            self.isStale = true
            return self.hurry()
        }
        self.sweep?.cancel()
        self.sweep = nil
        self.sweepProgress = SweepProgress()
        self.search = nil
        self.predicate = predicate
        self.filtered = self.isWhole ? nil : sight.filter.map { FilteredRows($0, model) }
        self.selection.matches = predicate.asksRows ? PositionSet() : nil
        self.environmentsOf = nil
        self.selection.sorted = nil
        for key in self.items.keys { self.items[key]?.begin(isFiltered: predicate.asks(key)) }
        self.isStale = true
        self.hurry()
        self.startSweep(model)
    }

    /// The next look counts anew.
    private mutating func hurry() { self.refreshed = DispatchTime(uptimeNanoseconds: 0) }

    private mutating func startSweep(_ model: Model) {
        var scope = Sweep.Scope()
        scope.few = self.few
        // What was archived, and the lines of it, are committed before others read them.
        if !self.isWhole { self.store.flush() }
        if self.predicate.asksRows {
            scope.rows = 0..<self.selection.archivedCount
            scope.lastCursor = self.reading { (reading) throws(StoreError) in try reading.lastCursor } ?? 0
        }
        if self.predicate.asks(.calls) || self.predicate.asks(.logs) { self.refreshItems(flushes: false) }
        if self.predicate.asks(.calls) { scope.calls = 0..<(self.items[.calls]?.total ?? 0) }
        if self.predicate.asks(.logs) {
            scope.logs = 0..<(self.items[.logs]?.total ?? 0)
        }
        scope.order = self.sight.sort.order
        guard !scope.rows.isEmpty || !scope.calls.isEmpty || !scope.logs.isEmpty || scope.order != nil else { return }
        self.sweep = Sweep(self.predicate, scope, self.store, wake: self.wake)
    }

    /// Takes what a sweep has found since; true if anything is new.
    package mutating func collect(_ model: Model) -> Bool {
        guard let sweep else { return false }
        let found = sweep.take()
        for position in found.rows { self.selection.matches?.insert(position) }
        self.items[.calls]?.found(found.calls)
        self.items[.logs]?.found(found.logs)
        if let order = found.order { self.take(order) }
        self.sweepProgress = found.progress
        self.failure = found.failure ?? self.failure
        if found.isDone { self.sweep = nil }
        self.isStale = true
        self.hurry()
        return true
    }

    /// Rows that were archived while all were sorted come in behind.
    private mutating func take(_ order: SortedRows) {
        let missing = order.positions.count..<max(order.positions.count, self.selection.archivedCount)
        self.selection.sorted = order
        for position in missing {
            guard let row = self.archivedRow(at: position) else { continue }
            self.selection.sort(Int32(position), row, by: self.sight.sort)
        }
    }

    /// Looks into the records of one live invocation that the filter is undecided about.
    package mutating func decideNext(_ model: Model) {
        guard let id = self.filtered?.nextUndecided(), let invocation = self.stored(id, model.summary(id)) else {
            return
        }
        self.filtered?.resolve(invocation, model)
        self.isStale = true
        self.hurry()
    }
}

extension Predicate {
    init(_ sight: Sight) {
        self.init(question: sight.filter.map { .filter($0) }, since: sight.since, marked: sight.marked)
        self.logs = sight.logs
    }
}

extension RowSort {
    var order: SessionOrder? {
        switch self {
        case .time: nil
        case .duration: .duration
        case .function: .function
        case .calls: .calls
        }
    }
}
