package import LmonRecord

/// The numbers of the header.
package struct SessionTotals: Hashable, Sendable {
    package var records = 0
    package var invocations = 0
    package var failed = 0
    package var cold = 0
    /// Milliseconds, within 1 %; nil before the first finished invocation.
    package var p95: Double?
    /// Milliseconds from the last record's time to when the monitor core saw it.
    package var lag: Double?
    /// Records that a sink or an interceptor let go and that did not come after all.
    package var dropped = 0
    /// The smallest share of invocations that an agent keeps; nil if all do.
    package var sample: Double?
    /// Records of types that this lmon does not know.
    package var unknown = 0
    /// In the order in which they were first seen.
    package var functions: [String] = []
    package var firstRecordTime: Timestamp?
    package var lastRecordTime: Timestamp?

    package init() {}
}
