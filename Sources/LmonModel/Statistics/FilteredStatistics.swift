package import LmonRecord

/// The statistics of the invocations that a filter lets through, of their calls, and of what lmon cost in them, once they
/// are over: while one runs, nobody knows whether it will match.
///
/// Bounded as `Statistics` are: what an invocation added is remembered while its detail is kept, so that it can be taken
/// back; after that it is final. Tell it of each record.
package struct FilteredStatistics: Sendable {
    fileprivate struct Share: Hashable, Sendable {
        var invocation = InvocationTally()
        var function = ""
        var calls: [CallTally] = []
        var overhead: Invocation.Overhead?
    }

    package let filter: Filter
    package private(set) var statistics = Statistics()
    /// Matching ones that are not over.
    package var inFlight: Int { self.open.count }

    private var shares: [InvocationID: Share] = [:]
    /// In the order in which they came, so that the oldest is forgotten first.
    private var order: [InvocationID] = []
    private var open: Set<InvocationID> = []
    private static let remembered = 1_024

    package init(_ filter: Filter) {
        self.filter = filter
    }

    package mutating func update(_ change: ModelChange, of record: Record, in model: Model) {
        guard !change.isDuplicate else { return }
        if let row = change.row { self.update(row, model) }
        // A start, and what tells of the environment itself, may end the invocations just before or say more of them.
        guard record.type == .start || record.requestID == nil else { return }
        for row in model.recentRows(of: record.environment) where row != change.row { self.update(row, model) }
    }

    private mutating func update(_ row: RowID, _ model: Model) {
        guard let id = row.invocationID, !id.isInitialization, let invocation = model.invocation(id) else { return }
        self.update(invocation)
    }

    private mutating func update(_ invocation: Invocation) {
        let id = invocation.id
        let matches = self.filter.matches(invocation)
        if matches, invocation.state.isInFlight { self.open.insert(id) } else { self.open.remove(id) }
        let before = self.shares[id]
        guard matches || before != nil else { return }
        let after = matches && !invocation.state.isInFlight ? Share(invocation) : Share()
        guard after != before ?? Share() else { return }
        self.replace(before ?? Share(), by: after)
        if before == nil { self.order.append(id) }
        self.shares[id] = after
        guard self.order.count > Self.remembered else { return }
        for old in self.order.prefix(Self.remembered / 4) { self.shares[old] = nil }
        self.order.removeFirst(Self.remembered / 4)
    }

    private mutating func replace(_ before: Share, by after: Share) {
        let function = after.function.isEmpty ? before.function : after.function
        self.statistics.replace(before.invocation, by: after.invocation, function: function)
        self.statistics.replace(before.overhead, by: after.overhead)
        guard before.calls != after.calls else { return }
        for call in before.calls { self.statistics.replace(call, by: nil, function: function) }
        for call in after.calls { self.statistics.replace(nil, by: call, function: function) }
    }
}

extension FilteredStatistics.Share {
    fileprivate init(_ invocation: Invocation) {
        var invocation = invocation
        self.function = invocation.function
        self.invocation = InvocationTally(&invocation, invocation.state)
        self.overhead = invocation.overhead
        for index in invocation.calls.indices {
            if let tally = CallTally(&invocation.calls[index]) { self.calls.append(tally) }
        }
    }
}
