package import LmonModel

/// A function that runs again with the same event on each save.
package struct Again: Hashable, Sendable {
    package let function: String
}

/// What became of running again on each save.
package enum AgainNews: Hashable, Sendable {
    /// Its run can be seen.
    case started(InvocationID)
    /// It is over: what differs from the run before.
    case compared(Comparison)
    /// It cannot be run again: why.
    case failed(String)
}
