package import LmonRecord

/// One initialisation of an execution environment, or its restoring from a snapshot.
package struct Initialization: Hashable, Sendable {
    package var start: Timestamp?
    /// When its last part was reported.
    package var end: Timestamp?
    /// `init`, `invoke` (suppressed: within the invocation), `snap-start`.
    package var phase: String?
    /// `on-demand`, `provisioned-concurrency`, `snap-start` …
    package var type: String?
    package var status: InvocationStatus?
    package var errorType: String?
    /// Milliseconds, as reported.
    package var duration: Double?
    package var isRestore = false
    /// `node22`, as short as it is told apart.
    package var runtime: String?
    package var interceptor: Interceptor?
    package var agent: Agent?

    package struct Interceptor: Hashable, Sendable {
        package var language: String?
        /// Of the runtime that it runs in: `20.20.2`.
        package var version: String?
        package var loadMilliseconds: Double?
        /// Why it does nothing; nil while it works.
        package var stoodDown: String?
        /// What it was told and could not follow: wrong values of variables.
        package var problems: [String] = []

        package init() {}
    }

    package struct Agent: Hashable, Sendable {
        package var readyMilliseconds: Double?
        package var isBare = false
        /// Whether Lambda tells it what it does; nil if it did not say.
        package var hasTelemetry: Bool?
        /// The share of invocations that it keeps; nil for all.
        package var sample: Double?
        package var problems: [String] = []

        package init() {}
    }

    package init() {}

    /// What its parts complain of.
    package var problems: [String] {
        (self.interceptor?.problems ?? []).map { "interceptor: \($0)" }
            + (self.agent?.problems ?? []).map { "agent: \($0)" }
    }
}
