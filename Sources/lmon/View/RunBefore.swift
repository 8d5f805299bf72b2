import LmonModel

/// Finds what an invocation is compared with.
enum RunBefore {
    /// Rows that are looked at, and events that are looked into, before the search is given up.
    private static let rows = 5_000
    private static let events = 200

    /// The run before it of the same function with the same event; else the run before it of the function.
    static func find(_ invocation: Invocation, _ model: Model, _ known: (InvocationID) -> Invocation?) -> InvocationID?
    {
        guard let index = model.index(of: .invocation(invocation.id)) else { return nil }
        var nearest: InvocationID?
        var looks = 0
        for other in (max(0, index - self.rows)..<index).reversed() {
            guard case .invocation(let summary) = model.row(at: other), summary.function == invocation.function else {
                continue
            }
            nearest = nearest ?? summary.id
            guard let content = invocation.event?.content, looks < self.events else { break }
            looks += 1
            if known(summary.id)?.event?.content == content { return summary.id }
        }
        return nearest
    }

    /// The two beside each other, the earlier one first.
    static func comparison(
        _ id: InvocationID,
        with other: InvocationID?,
        _ model: Model,
        _ known: (InvocationID) -> Invocation?
    ) -> Comparison? {
        guard let invocation = known(id), let partner = other ?? self.find(invocation, model, known),
            let second = known(partner)
        else { return nil }
        return second.time <= invocation.time ? Comparison(second, invocation) : Comparison(invocation, second)
    }
}
