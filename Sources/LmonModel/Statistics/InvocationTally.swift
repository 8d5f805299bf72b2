package import LmonRecord

/// What one invocation adds to the numbers of a session, as far as it is known.
package struct InvocationTally: Hashable, Sendable {
    package var isFailed = false
    /// Nil if what came before it in its environment was not seen.
    package var isCold: Bool?
    package var duration: Double?
    /// When it started, once it is over: only then is it counted in the statistics.
    package var time: Timestamp?
    package var initDuration: Double?
    /// Of a failed one: the error's type, else how it ended.
    package var failure: String?

    package init() {}

    /// Taken through `inout`, since anything else copies all of it.
    init(_ invocation: inout Invocation, _ state: InvocationState) {
        self.isCold = invocation.isCold
        self.duration = invocation.duration
        guard case .finished(let status) = state else { return }
        self.time = invocation.time
        self.isFailed = status.isFailure
        if status.isFailure { self.failure = invocation.errorType ?? status.description }
        if invocation.isCold == true {
            self.initDuration = invocation.initDuration ?? invocation.initialization?.duration
        }
    }

    package init(_ summary: InvocationSummary) {
        self.isCold = summary.isCold
        self.duration = summary.duration
        guard case .finished(let status) = summary.state else { return }
        self.time = summary.time
        self.isFailed = status.isFailure
        if status.isFailure { self.failure = status.description }
        if summary.isCold == true { self.initDuration = summary.initDuration }
    }
}

/// What one HTTP call that has ended adds to the numbers of a session.
package struct CallTally: Hashable, Sendable {
    package var host: String
    /// `200`; what went wrong where no status came: `ECONNRESET`.
    package var status: String
    package var duration: Double?
    package var isFailed: Bool
    package var isRetry: Bool
    /// Received, as far as it was counted.
    package var bytes: Int

    /// Nil while the call has not ended.
    package init?(_ call: inout Call) {
        guard call.endSequence != nil else { return nil }
        self.host = call.url.map { String($0.host) } ?? Format.unknown
        self.isFailed = call.isFailed
        self.status = call.status.map(String.init) ?? (call.isFailed ? call.failureWord : Format.unknown)
        self.duration = call.duration
        self.isRetry = (call.attempt ?? 1) > 1
        self.bytes = max(0, call.responseSize ?? 0)
    }
}
