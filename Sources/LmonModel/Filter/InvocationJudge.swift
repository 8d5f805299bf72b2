package import LmonRecord

/// Says of an invocation in progress whether it matches, after each of its records.
package struct InvocationJudge: Sendable {
    private let filter: Filter
    private let mayTurnFalse: Bool
    /// Calls and log lines that are looked at after each record; of more, only the newest.
    private static let glance = 128

    package init(_ filter: Filter) {
        self.filter = filter
        self.mayTurnFalse = filter.mayTurnFalse
    }

    /// Whether the match is final: what may cease to match is judged when the invocation is over.
    package func matches(_ id: InvocationID, _ record: Record?, isOver: Bool, in model: Model) -> Bool {
        guard isOver || !self.mayTurnFalse else { return false }
        guard let invocation = model.invocation(id) else {
            return model.summary(id).flatMap { self.filter.matches($0) } ?? false
        }
        guard !isOver, let record, invocation.calls.count + invocation.logs.count > Self.glance else {
            return self.filter.matches(invocation)
        }
        // A match that was not there before is due to what came.
        var newest = invocation
        newest.calls = []
        newest.logs = []
        switch FilterItem(record, invocation).kind {
        case .call(let call): newest.calls = [call]
        case .log(let line): newest.logs = [line]
        case .other: return self.filter.matches(invocation)
        }
        return self.filter.matches(invocation, newest: newest)
    }
}
