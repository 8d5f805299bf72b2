package import LmonModel

/// The lists that the number keys choose between.
package enum ListView: Int, CaseIterable, Hashable, Sendable {
    case invocations = 1
    case calls
    case logs
    case environments
    case statistics

    package var title: String {
        switch self {
        case .invocations: "Invocations"
        case .calls: "Calls"
        case .logs: "Logs"
        case .environments: "Environments"
        case .statistics: "Stats"
        }
    }
}

/// A row of one of the lists.
package enum Row: Hashable, Sendable {
    case list(ListRow)
    case call(CallRow)
    case log(LogRow)
    case environment(EnvironmentStatus)

    /// Stays the same while the row changes and moves.
    package enum Key: Hashable, Sendable {
        case list(RowID)
        case call(CallRow.ID)
        case log(LogRow.ID)
        case environment(String)
    }

    package var key: Key {
        switch self {
        case .list(let row): .list(row.id)
        case .call(let row): .call(row.id)
        case .log(let row): .log(row.id)
        case .environment(let status): .environment(status.id)
        }
    }

    /// The invocation that opens under it.
    package var detail: InvocationID? {
        switch self {
        case .list(.invocation(let summary)): summary.id
        case .list(.lifecycle(let event)): event.detail
        case .call(let row): row.call.invocation
        case .log(let row): row.id.invocation
        case .environment(let status): status.initialization
        }
    }
}

/// How many rows each list has now.
package struct RowCounts: Hashable, Sendable {
    package var invocations: Int
    package var calls: Int
    package var logs: Int
    package var environments: Int

    package init(invocations: Int = 0, calls: Int = 0, logs: Int = 0, environments: Int = 0) {
        self.invocations = invocations
        self.calls = calls
        self.logs = logs
        self.environments = environments
    }

    package subscript(view: ListView) -> Int {
        switch view {
        case .invocations: self.invocations
        case .calls: self.calls
        case .logs: self.logs
        case .environments: self.environments
        case .statistics: 0
        }
    }
}
