package import LmonRecord

/// Which row: stays the same while the row changes and moves.
package enum RowID: Hashable, Sendable {
    case invocation(InvocationID)
    /// An environment's initialisation: its bucket's name.
    case initialization(InvocationID)
    /// Any other event, by the record that told of it.
    case event(environment: String, sequence: Int)

    package var environment: String {
        switch self {
        case .invocation(let id), .initialization(let id): id.environment
        case .event(let environment, _): environment
        }
    }

    package var invocationID: InvocationID? {
        switch self {
        case .invocation(let id), .initialization(let id): id
        case .event: nil
        }
    }
}

package enum ListRow: Hashable, Sendable, Identifiable {
    case invocation(InvocationSummary)
    case lifecycle(LifecycleEvent)

    package var id: RowID {
        switch self {
        case .invocation(let summary): .invocation(summary.id)
        case .lifecycle(let event): event.id
        }
    }

    package var time: Timestamp {
        switch self {
        case .invocation(let summary): summary.time
        case .lifecycle(let event): event.time
        }
    }

    package var isFailed: Bool {
        switch self {
        case .invocation(let summary): summary.isFailed
        case .lifecycle(let event): event.emphasis == .failed
        }
    }
}
