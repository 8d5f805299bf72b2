import LmonModel

/// Finds what an invocation is compared with, among the runs of its function before it, newest first.
enum RunBefore {
    /// Rows that are looked at, and events that are looked into, before the search is given up.
    static let rows = 5_000
    static let events = 200

    /// The newest with the same event; else the newest.
    static func find(_ invocation: Invocation, _ runs: [InvocationID], _ known: (InvocationID) -> Invocation?)
        -> InvocationID?
    {
        guard let content = invocation.event?.content else { return runs.first }
        return runs.first { known($0)?.event?.content == content } ?? runs.first
    }
}
