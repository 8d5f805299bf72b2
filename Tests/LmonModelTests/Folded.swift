import LmonModel
import LmonRecord
import LmonTestSupport

/// The model of some observations, numbered in their order.
func folded(_ observations: [Observation], limits: Model.Limits = .init()) -> Model {
    var model = Model(limits: limits)
    model.apply(contentsOf: Record.numbered(observations))
    return model
}

func id(_ requestID: String?, _ attempt: Int = 1, in environment: String = Observation.testEnvironment) -> InvocationID
{
    InvocationID(environment: environment, requestID: requestID, attempt: attempt)
}

extension Model {
    /// All that a view can see: two models that agree here are the same to everybody.
    struct Visible: Equatable {
        let rows: [ListRow]
        let invocations: [Invocation]
        let environments: [EnvironmentStatus]
        let totals: SessionTotals
    }

    var visible: Visible {
        Visible(
            rows: self.rows(in: 0..<self.rowCount),
            invocations: self.detailed,
            environments: self.environmentList,
            totals: self.currentTotals
        )
    }

    func requireInvocation(_ requestID: String?, _ attempt: Int = 1) throws -> Invocation {
        guard let invocation = self.invocation(id(requestID, attempt)) else { throw Missing(requestID: requestID) }
        return invocation
    }

    struct Missing: Error { let requestID: String? }

    var summaries: [InvocationSummary] {
        self.rows(in: 0..<self.rowCount).compactMap { row in
            if case .invocation(let summary) = row { summary } else { nil }
        }
    }

    var events: [LifecycleEvent] {
        self.rows(in: 0..<self.rowCount).compactMap { row in
            if case .lifecycle(let event) = row { event } else { nil }
        }
    }
}
