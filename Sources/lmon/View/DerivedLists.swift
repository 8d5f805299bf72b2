import Dispatch
import LmonModel
import LmonUI

/// The lists of the view over the model. Calls and log lines are laid out when they are looked at.
struct DerivedLists {
    /// Records came since the last look.
    var isStale = false
    private var view = ListView.invocations
    private var filtered: FilteredRows?
    /// Rows before a filter.
    private(set) var all = RowCounts()
    private var calls: [CallRow] = []
    private var logs: [LogRow] = []
    private var flattened = DispatchTime(uptimeNanoseconds: 0)

    /// How long a list that nobody looks at may be behind, in its count.
    private static let patience: UInt64 = 500_000_000

    /// Nobody has looked for so long that the counts are to be told.
    var isDue: Bool { self.isStale && self.age > Self.patience }

    private var age: UInt64 { DispatchTime.now().uptimeNanoseconds - self.flattened.uptimeNanoseconds }

    mutating func counts(_ model: Model) -> RowCounts {
        self.refresh(model, isAsked: self.view != .invocations)
        self.all.invocations = model.rowCount
        return RowCounts(
            invocations: self.count(.invocations, model),
            calls: self.calls.count,
            logs: self.logs.count
        )
    }

    mutating func rows(_ view: ListView, in range: Range<Int>, _ model: Model) -> [Row] {
        self.view = view
        switch view {
        case .invocations: return (self.filtered?.rows(in: range, model) ?? model.rows(in: range)).map { .list($0) }
        case .calls:
            self.refresh(model, isAsked: true)
            return self.calls[range.clamped(to: self.calls.indices)].map { .call($0) }
        case .logs:
            self.refresh(model, isAsked: true)
            return self.logs[range.clamped(to: self.logs.indices)].map { .log($0) }
        case .environments, .statistics: return []
        }
    }

    private mutating func refresh(_ model: Model, isAsked: Bool) {
        guard self.isStale, isAsked || self.age > Self.patience else { return }
        self.calls = model.callRows
        self.logs = model.logRows
        self.all = RowCounts(invocations: model.rowCount, calls: self.calls.count, logs: self.logs.count)
        if let filter = self.filtered?.filter { self.sift(filter, model) }
        self.flattened = .now()
        self.isStale = false
    }

    // MARK: Filtering

    mutating func setFilter(_ filter: Filter?, _ model: Model) {
        self.filtered = filter.map { FilteredRows($0, model) }
        self.isStale = true
        self.refresh(model, isAsked: true)
    }

    mutating func changed(_ rows: Set<RowID>, _ model: Model) {
        self.filtered?.update(rows, model)
        self.isStale = true
    }

    /// Invocations of which only their records tell whether they match.
    var undecided: Int { self.filtered?.undecided.count ?? 0 }

    mutating func decideNext(_ model: Model, _ stored: (InvocationID) -> Invocation?) {
        guard let id = self.filtered?.nextUndecided(), let invocation = stored(id) else { return }
        self.filtered?.resolve(invocation, model)
    }

    private mutating func sift(_ filter: Filter, _ model: Model) {
        var known: [InvocationID: Invocation] = [:]
        for invocation in model.detailed { known[invocation.id] = invocation }
        self.calls = self.calls.filter { row in
            filter.matches(row.call, function: row.function, in: known[row.id.invocation])
        }
        self.logs = self.logs.filter { row in
            filter.matches(row.line, id: row.id.invocation, function: row.function, in: known[row.id.invocation])
        }
    }

    // MARK: Finding

    mutating func find(
        _ view: ListView,
        _ query: UIQuery,
        from: Int,
        forward: Bool,
        _ model: Model
    ) -> UIMessage.Found? {
        if view != .invocations { self.refresh(model, isAsked: true) }
        let count = self.count(view, model)
        guard count > 0 else { return nil }
        if case .row(let key) = query, let index = self.index(of: key, model) {
            return UIMessage.Found(index: index, key: key)
        }
        let matches = self.matcher(view, query, model)
        var ordinal = 0
        var total = 0
        var best: Int?
        var ordinals: [Int: Int] = [:]
        for index in 0..<count where matches(index) {
            total += 1
            ordinals[index] = total
            let isBetter =
                Self.distance(from, index, forward, count)
                < (best.map { Self.distance(from, $0, forward, count) } ?? .max)
            if isBetter { best = index }
        }
        guard let best, let key = self.key(view, at: best, model) else { return nil }
        ordinal = ordinals[best] ?? 0
        return UIMessage.Found(index: best, key: key, ordinal: ordinal, total: total)
    }

    /// Steps from one index to another in one direction, around the end; the start itself is the farthest.
    private static func distance(_ from: Int, _ index: Int, _ forward: Bool, _ count: Int) -> Int {
        let steps = forward ? index - from : from - index
        return steps > 0 ? steps : steps + count
    }

    private func count(_ view: ListView, _ model: Model) -> Int {
        switch view {
        case .invocations: self.filtered?.count ?? model.rowCount
        case .calls: self.calls.count
        case .logs: self.logs.count
        case .environments, .statistics: 0
        }
    }

    private func index(of key: Row.Key, _ model: Model) -> Int? {
        switch key {
        case .list(let id): self.filtered.map { $0.index(of: id) } ?? model.index(of: id)
        case .call(let id): self.calls.firstIndex { $0.id == id }
        case .log(let id): self.logs.firstIndex { $0.id == id }
        }
    }

    private func key(_ view: ListView, at index: Int, _ model: Model) -> Row.Key? {
        switch view {
        case .invocations: (self.filtered?.id(at: index) ?? model.row(at: index)?.id).map { .list($0) }
        case .calls: .call(self.calls[index].id)
        case .logs: .log(self.logs[index].id)
        case .environments, .statistics: nil
        }
    }

    private func matcher(_ view: ListView, _ query: UIQuery, _ model: Model) -> (Int) -> Bool {
        let search: Search? = if case .text(let text) = query { Search(text) } else { nil }
        let wantsFailed = query == .failed
        guard search != nil || wantsFailed else { return { _ in false } }
        switch view {
        case .invocations:
            return { index in
                guard let row = self.filtered.map({ model.row($0.id(at: index)) }) ?? model.row(at: index) else {
                    return false
                }
                guard let search else { return row.isFailed }
                if search.matches(row) { return true }
                guard case .invocation(let summary) = row else { return false }
                return model.invocation(summary.id).map { search.matches($0) } ?? false
            }
        case .calls: return { search?.matches(self.calls[$0]) ?? self.calls[$0].call.isFailed }
        case .logs:
            return { search?.matches(self.logs[$0]) ?? ((self.logs[$0].line.level ?? .info) >= .error) }
        case .environments, .statistics: return { _ in false }
        }
    }
}
