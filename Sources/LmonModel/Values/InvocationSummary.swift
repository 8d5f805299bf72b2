package import LmonRecord

/// What a list row, a search and the statistics need of an invocation; small, because all of a session's are kept.
package struct InvocationSummary: Hashable, Sendable, Identifiable {
    package let id: InvocationID
    package var function: String
    package var time: Timestamp
    package var state: InvocationState
    /// Milliseconds; nil while in flight, and if nobody said.
    package var duration: Double?
    /// While in flight: when Lambda gives up.
    package var deadline: Timestamp?
    package var calls: Int
    package var failedCalls: Int
    package var isCold: Bool?
    package var initDuration: Double?
    /// `timeout`, `502 after retry`, `cold 327ms`: the one thing worth saying; nil if there is none.
    package var note: String?

    package init(
        id: InvocationID,
        function: String,
        time: Timestamp,
        state: InvocationState,
        duration: Double? = nil,
        deadline: Timestamp? = nil,
        calls: Int = 0,
        failedCalls: Int = 0,
        isCold: Bool? = nil,
        initDuration: Double? = nil,
        note: String? = nil
    ) {
        self.id = id
        self.function = function
        self.time = time
        self.state = state
        self.duration = duration
        self.deadline = deadline
        self.calls = calls
        self.failedCalls = failedCalls
        self.isCold = isCold
        self.initDuration = initDuration
        self.note = note
    }

    package var requestID: String? { self.id.requestID }
    package var environment: String { self.id.environment }
    /// It failed, or one of its calls did and was not mended by a retry.
    package var isFailed: Bool { self.state.isFailed }
}
