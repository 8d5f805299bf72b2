package import LmonRecord

extension Model {
    /// All rows, those that were archived too.
    package var rowCount: Int { self.archivedCount + self.rows.rows.count }

    /// The row at an index from `archivedCount` up to `rowCount`; rows are in the order of their times. Nil for one that
    /// was archived.
    package func row(at index: Int) -> ListRow? {
        guard index >= self.archivedCount, index < self.rowCount else { return nil }
        return self.row(self.rows.rows[index - self.archivedCount].reference)
    }

    /// The rows of a window; what lies outside, or was archived, is left out.
    package func rows(in range: Range<Int>) -> [ListRow] { range.compactMap { self.row(at: $0) } }

    package func row(_ id: RowID) -> ListRow? {
        if let invocation = id.invocationID, let slot = self.slot(invocation) { return self.row(slot) }
        return self.eventIndex[id].map { self.row(~$0) }
    }

    /// Where a row is now.
    package func index(of id: RowID) -> Int? {
        if let invocation = id.invocationID, let slot = self.slot(invocation).map({ self.slots[Int($0)] }) {
            return self.rows.index(of: slot.rowTime, ordinal: slot.rowOrdinal).map { self.archivedCount + $0 }
        }
        guard let event = self.eventIndex[id].map({ self.events[Int($0)] }) else { return nil }
        return self.rows.index(of: event.event.time, ordinal: event.ordinal).map { self.archivedCount + $0 }
    }

    /// The first row at `time` or later, of those that were not archived; `rowCount` if there is none.
    package func index(atOrAfter time: Timestamp) -> Int { self.archivedCount + self.rows.lowerBound(time) }

    /// All of an invocation; nil if it is not known, or if its detail was let go.
    package func invocation(_ id: InvocationID) -> Invocation? {
        guard let slot = self.slot(id), let detail = self.detail(slot) else { return nil }
        return self.details[detail]
    }

    package func summary(_ id: InvocationID) -> InvocationSummary? {
        guard let slot = self.slot(id), !id.isInitialization else { return nil }
        return self.summary(slot)
    }

    /// The runs of a request id, in any environment, oldest first.
    package func invocations(requestID: String) -> [InvocationID] {
        var ids: [InvocationID] = []
        for environment in self.environments.indices {
            var slot = self.slotIndex[SlotKey(environment: Int32(environment), requestID: requestID)] ?? -1
            while slot >= 0 {
                ids.append(self.slots[Int(slot)].id)
                slot = self.previousAttempt(slot)
            }
        }
        return ids.sorted { (self.index(of: .invocation($0)) ?? 0) < (self.index(of: .invocation($1)) ?? 0) }
    }

    /// Every invocation whose detail is kept, oldest first: what the views of calls and log lines are made from.
    package var detailed: [Invocation] {
        self.rows.rows.compactMap { row in
            guard row.reference >= 0, let detail = self.detail(row.reference) else { return nil }
            return self.details[detail]
        }
    }

    package var environmentCount: Int {
        self.nextEnvironment > self.environments.count
            ? self.environments.count - self.freeEnvironments.count : self.environments.count
    }

    /// All environments in the order in which they were first seen.
    package var environmentList: [EnvironmentStatus] {
        guard self.nextEnvironment > self.environments.count else { return self.environments.map(\.status) }
        let free = Set(self.freeEnvironments)
        let known = self.environments.indices.filter { !free.contains($0) }.map { self.environments[$0] }
        return known.sorted { $0.ordinal < $1.ordinal }.map(\.status)
    }

    package func environment(_ id: String) -> EnvironmentStatus? {
        self.environmentIndex[id].map { self.environments[$0].status }
    }

    /// The totals with what is computed when asked for.
    package var currentTotals: SessionTotals {
        var totals = self.totals
        totals.p95 = self.durations.percentile(0.95)
        return totals
    }

    // MARK: Parts

    func row(_ reference: Int32) -> ListRow {
        if reference < 0 { return .lifecycle(self.events[Int(~reference)].event) }
        if let event = self.settledInitializations[reference] { return .lifecycle(event) }
        if self.slots[Int(reference)].id.isInitialization, let detail = self.detail(reference) {
            return .lifecycle(self.initializationEvent(reference, self.details[detail]))
        }
        return .invocation(self.summary(reference))
    }

    private func summary(_ slot: Int32) -> InvocationSummary {
        if let detail = self.detail(slot) { return InvocationSummary(self.details[detail]) }
        let place = self.slots[Int(slot)]
        return place.summary
            ?? InvocationSummary(id: place.id, function: "", time: place.rowTime, state: .finished(.unobserved))
    }
}

// MARK: Without records

extension Model {
    /// Adds an invocation of which only the summary is at hand: a recorded session opens with these. One that is known
    /// already stays as it is.
    package mutating func insert(_ summary: InvocationSummary) {
        guard self.slot(summary.id) == nil, summary.requestID != nil else { return }
        let environment = self.environment(named: summary.environment, summary)
        let index = self.freeSlots.popLast() ?? Int32(self.slots.count)
        let key = SlotKey(environment: Int32(environment), requestID: summary.requestID)
        let previous = self.slotIndex.updateValue(index, forKey: key)
        var slot = Slot(
            id: summary.id,
            environment: Int32(environment),
            detail: -1,
            summary: summary,
            previousAttempt: previous ?? -1,
            rowTime: summary.time,
            rowOrdinal: self.rows.insert(at: summary.time, reference: index)
        )
        slot.counted = Counted(summary)
        self.put(slot, at: index)
        self.recount(index, Counted(), slot.counted, function: summary.function)
        self.environments[environment].status.invocations += 1
        self.totals.invocations += 1
        self.totals.lastRecordTime = max(self.totals.lastRecordTime ?? summary.time, summary.time)
        self.totals.firstRecordTime = min(self.totals.firstRecordTime ?? summary.time, summary.time)
    }

    private mutating func environment(named name: String, _ summary: InvocationSummary) -> Int {
        if let index = self.environmentIndex[name] { return index }
        let status = EnvironmentStatus(id: name, function: summary.function, state: .idle, since: summary.time)
        let index = self.addEnvironment(EnvironmentFold(status))
        if !self.totals.functions.contains(summary.function) { self.totals.functions.append(summary.function) }
        return index
    }

    /// Adds a row that is no invocation, as `row(at:)` once gave it.
    package mutating func insert(_ event: LifecycleEvent) {
        guard self.row(event.id) == nil else { return }
        _ = self.add(event)
    }
}

extension Invocation {
    /// Makes the detail of one invocation from its records, in any order; records of others do no harm.
    ///
    /// Pass the summary too where there is one: whether a start was cold is not in an invocation's own records.
    package static func fold(
        _ id: InvocationID,
        from records: some Sequence<Record>,
        summary: InvocationSummary? = nil
    ) -> Invocation? {
        var model = Model.ofFew
        for record in records { model.apply(record) }
        guard var invocation = model.invocation(id) else { return nil }
        invocation.isCold = summary?.isCold ?? invocation.isCold
        invocation.initDuration = invocation.initDuration ?? summary?.initDuration
        return invocation
    }
}
