import LmonModel
import LmonRecord
import LmonScreen
import LmonUI

/// A view on fixed rows: answers what the view asks for, as the program does, and keeps what it wants done outside.
struct UIRig {
    var state: UIState
    var rows: [ListRow]
    var calls: [CallRow] = []
    var logs: [LogRow] = []
    var environments: [EnvironmentStatus] = []
    var statistics: StatisticsReport?
    var functions: [FunctionCount] = []
    var records: [Record] = []
    private var logSight = LogSight()
    var details: [InvocationID: InvocationDetail]
    var totals: SessionTotals
    private var sight = Sight()
    /// Effects that ask for something outside, in order.
    private(set) var effects: [UIEffect] = []
    /// What was to be kept for the next run, last.
    private(set) var remembered: Preferences?
    /// All that was asked for.
    private(set) var requests = 0
    /// What lies beside each function.
    var events: [EventChoice] = []
    /// Off: rows and details are asked for and never come.
    var answers = true

    init(
        _ configuration: UIConfiguration = Sample.configuration,
        columns: Int = 80,
        height: Int = 24,
        rows: [ListRow] = Sample.rows,
        details: [InvocationDetail] = Sample.details,
        totals: SessionTotals = Sample.totals
    ) {
        self.state = UIState(configuration, size: Screen.Size(columns: columns, rows: height))
        self.rows = rows
        self.details = Dictionary(details.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        self.totals = totals
        self.calls = details.flatMap { detail in
            detail.invocation.calls.map { CallRow(call: $0, function: detail.invocation.function) }
        }
        self.logs = details.flatMap { detail in
            detail.invocation.logs.enumerated().map { index, line in
                LogRow(id: .init(invocation: detail.id, index: index), line: line, function: detail.invocation.function)
            }
        }
    }

    /// The view after its first records.
    static func started(
        _ configuration: UIConfiguration = Sample.configuration,
        columns: Int = 80,
        rows: Int = 24
    ) -> UIRig {
        var rig = UIRig(configuration, columns: columns, height: rows)
        rig.change()
        return rig
    }

    var screen: Screen { self.state.render() }
    var text: String { self.screen.text }

    mutating func type(_ script: String) {
        for key in KeyScript.keys(script) { self.send(.input(.key(key))) }
    }

    /// Tells that records were folded.
    mutating func change() {
        self.send(self.changed)
    }

    private var changed: UIMessage {
        func counts(_ rows: (ListView) -> [Row]) -> RowCounts {
            RowCounts(
                invocations: rows(.invocations).count,
                calls: rows(.calls).count,
                logs: rows(.logs).count,
                environments: rows(.environments).count
            )
        }
        return .changed(self.totals, counts: counts(self.all), .init(all: counts(self.unfiltered)))
    }

    mutating func send(_ message: UIMessage) { self.perform(self.state.update(message)) }

    /// What the view wants before anything has happened.
    mutating func begin() { self.perform(self.state.start()) }

    private mutating func perform(_ effects: [UIEffect]) {
        var pending = effects
        var turns = 0
        while !pending.isEmpty {
            turns += 1
            precondition(turns < 100, "the view asks without end: \(pending[0])")
            let effect = pending.removeFirst()
            self.requests += 1
            guard let answer = self.answer(to: effect) else { continue }
            pending += self.state.update(answer)
        }
    }

    private mutating func answer(to effect: UIEffect) -> UIMessage? {
        switch effect {
        case .loadRows(let view, let range):
            guard self.answers else { return nil }
            let rows = self.all(view)
            let range = range.clamped(to: 0..<rows.count)
            return .rows(view, start: range.lowerBound, Array(rows[range]))
        case .loadStatistics:
            return self.statistics.map { .statistics($0, of: self.sight.filter, progress: nil) }
        case .loadFunctions: return .functions(self.functions)
        case .loadDetail(let id):
            guard self.answers else { return nil }
            return self.details[id].map(UIMessage.detail) ?? .detailGone(id)
        case .loadRecords(let id):
            return .records(
                id,
                self.records.filter { InvocationID(environment: $0.environment, requestID: $0.requestID) == id }
            )
        case .find(let view, let query, let from, let forward):
            return .found(view, query, self.find(query, in: self.all(view), from: from, forward: forward))
        case .look(let sight):
            self.sight = sight
            self.logSight = sight.logs
            return self.changed
        case .loadEvents(let function): return .events(function: function, self.events)
        case .compare(let id, let other): return .comparison(self.comparison(id, with: other))
        case .draft(let id):
            guard let invocation = self.details[id]?.invocation, let text = invocation.event?.text else { return nil }
            let choice = EventChoice(.invocation(id), text, flaw: invocation.event?.flaw)
            return .drafted(EventDraft(function: invocation.function, choice: choice))
        case .invoke, .replay, .edit, .again, .copy, .page, .export, .comment, .setMouse, .suspend, .quit:
            self.effects.append(effect)
            return nil
        case .remember(let preferences):
            self.remembered = preferences
            return nil
        }
    }

    /// With the nearest one before it whose details are there.
    private func comparison(_ id: InvocationID, with other: InvocationID?) -> Comparison? {
        let earlier = self.rows.prefix { $0.id != .invocation(id) }.reversed()
        let partner =
            other
            ?? earlier.lazy.compactMap(\.id.invocationID).first { !$0.isInitialization && self.details[$0] != nil }
        guard let before = partner.flatMap({ self.details[$0] }), let after = self.details[id] else { return nil }
        return Comparison(before.invocation, after.invocation)
    }

    func all(_ view: ListView) -> [Row] {
        let rows = self.unfiltered(view).filter { self.isSeen($0) }
        guard view == .invocations, self.sight.sort != .time else { return rows }
        let order = rows.indices.sorted { (self.key(rows[$0]), $0) < (self.key(rows[$1]), $1) }
        return (self.sight.isReversed ? order.reversed() : order).map { rows[$0] }
    }

    private func isSeen(_ row: Row) -> Bool {
        if let filter = self.sight.filter, !self.matches(row, filter) { return false }
        guard case .list(let listed) = row else { return true }
        if let since = self.sight.since, listed.time < since { return false }
        return self.sight.marked?.contains(listed.id) ?? true
    }

    private func key(_ row: Row) -> Double {
        guard case .list(.invocation(let summary)) = row else { return -1 }
        switch self.sight.sort {
        case .time: return 0
        case .duration: return summary.duration ?? -1
        case .function: return Double(self.totals.functions.firstIndex(of: summary.function) ?? -1)
        case .calls: return Double(summary.calls)
        }
    }

    private func matches(_ row: Row, _ filter: Filter) -> Bool {
        switch row {
        case .list(.invocation(let summary)):
            self.details[summary.id].map { filter.matches($0.invocation) } ?? filter.matches(summary) ?? false
        case .list(.lifecycle(let event)): filter.matches(event)
        case .call(let row): filter.matches(row.call, function: row.function, in: nil)
        case .log(let row): filter.matches(row.line, id: row.id.invocation, function: row.function, in: nil)
        case .environment(let status): Search(filter.description).matches(status)
        }
    }

    private func unfiltered(_ view: ListView) -> [Row] {
        switch view {
        case .invocations: self.rows.map(Row.list)
        case .calls: self.calls.map(Row.call)
        case .logs: self.logs.filter { self.logSight.shows($0) }.map(Row.log)
        case .environments: self.environments.map(Row.environment)
        case .statistics: []
        }
    }

    private func find(_ query: UIQuery, in rows: [Row], from: Int, forward: Bool) -> UIMessage.Found? {
        let matching = rows.indices.filter { self.matches(rows[$0], query) }
        let next =
            forward
            ? matching.first { $0 > from } ?? matching.first : matching.last { $0 < from } ?? matching.last
        return next.map { index in
            UIMessage.Found(
                index: index,
                key: rows[index].key,
                ordinal: (matching.firstIndex(of: index) ?? 0) + 1,
                total: matching.count
            )
        }
    }

    private func matches(_ row: Row, _ query: UIQuery) -> Bool {
        switch (query, row) {
        case (.row(let key), _): row.key == key
        case (.text(let text), .list(let row)): Search(text).matches(row)
        case (.text(let text), .call(let row)): Search(text).matches(row)
        case (.text(let text), .log(let row)): Search(text).matches(row)
        case (.failed, .list(let row)): row.isFailed
        case (.failed, .call(let row)): row.call.isFailed
        case (.text(let text), .environment(let status)): Search(text).matches(status)
        case (.failed, .environment(let status)): status.isFailed
        case (.failed, .log(let row)): (row.line.level ?? .info) >= .error
        }
    }

    /// The request id of the selected invocation.
    var selected: String? { self.state.detail?.id.requestID }
}
