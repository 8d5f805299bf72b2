extension Model {
    /// What a view shows of one invocation; nil if its detail is not kept.
    package func detail(_ id: InvocationID) -> InvocationDetail? {
        guard let invocation = self.invocation(id) else { return nil }
        return InvocationDetail(invocation, after: self.predecessors(of: id), freezes: self.freezes(since: invocation))
    }

    /// When the environment of an invocation stood still since it began, in milliseconds from that; only a call that went
    /// on can have stood still with it.
    package func freezes(since invocation: Invocation) -> [ClosedRange<Double>] {
        guard invocation.calls.contains(where: \.isLate),
            let environment = self.environmentIndex[invocation.id.environment]
        else { return [] }
        let lane = self.environments[environment].status.lane
        return lane.freezes(after: invocation.time, until: self.totals.lastRecordTime)
    }

    /// The initialisation that this invocation waited for; nil if its environment was warm, or its details are not kept.
    package func initialization(of id: InvocationID) -> Invocation? {
        guard let environment = self.environmentIndex[id.environment], let slot = self.slot(id) else { return nil }
        let mark = self.environments[environment].inits.last { $0.first?.slot == slot }
        return mark.flatMap { self.detail($0.slot) }.map { self.details[$0] }
    }

    /// The invocations before this one in its environment, oldest first, as far as their details are kept.
    package func predecessors(of id: InvocationID) -> [Invocation] {
        guard let environment = self.environmentIndex[id.environment], let slot = self.slot(id) else { return [] }
        let starts = self.environments[environment].starts
        guard let own = starts.lastIndex(where: { $0.slot == slot }) else { return [] }
        return starts[..<own].suffix(4).compactMap { start in
            self.detail(start.slot).map { self.details[$0] }
        }
    }

    /// The calls of all kept details in the order in which they started.
    package var callRows: [CallRow] {
        var rows: [CallRow] = []
        for invocation in self.detailed {
            rows.append(contentsOf: invocation.calls.map { CallRow(call: $0, function: invocation.function) })
        }
        rows.sort { left, right in left.call.startsBefore(right.call) }
        return rows
    }

    /// The log lines of all kept details in the order in which they were written.
    package var logRows: [LogRow] {
        var rows: [LogRow] = []
        for invocation in self.detailed {
            for (index, line) in invocation.logs.enumerated() {
                let id = LogRow.ID(invocation: invocation.id, index: index)
                rows.append(LogRow(id: id, line: line, function: invocation.function))
            }
        }
        // Not stable by itself: lines of one millisecond keep their order by their index.
        rows.sort { left, right in
            left.line.time == right.line.time && left.id.invocation == right.id.invocation
                ? left.id.index < right.id.index : left.line.time < right.line.time
        }
        return rows
    }
}

extension InvocationDetail {
    /// Lays an invocation out and looks for hints; `predecessors` are those before it in its environment, oldest first.
    package init(
        _ invocation: Invocation,
        after predecessors: [Invocation] = [],
        freezes: [ClosedRange<Double>] = []
    ) {
        self.init(
            invocation: invocation,
            waterfall: Waterfall(invocation),
            hints: Hint.hints(for: invocation, after: predecessors),
            freezes: freezes
        )
    }
}
