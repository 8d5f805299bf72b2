package import LmonRecord

/// An execution environment as it is now.
package struct EnvironmentStatus: Hashable, Sendable, Identifiable {
    package enum State: Hashable, Sendable {
        case initializing
        case idle
        case running(InvocationID)
        case frozen
        case shutDown(reason: String?)
    }

    package let id: String
    package var function: String
    package var state: State
    /// When it came into this state.
    package var since: Timestamp
    /// `nodejs:22.v72`, `node22` …, as told.
    package var runtime: String?
    package var version: String?
    package var handler: String?
    package var region: String?
    package var account: String?
    package var initializationType: String?
    package var agentVersion: String?
    /// MB.
    package var memoryLimit: Int?
    package var initDuration: Double?
    package var interceptor: String?
    package var invocations: Int
    /// State changes, oldest first: the lane of the environment view. Bounded.
    package var lane: [LaneSpan]

    package struct LaneSpan: Hashable, Sendable {
        package let start: Timestamp
        package let state: State

        package init(start: Timestamp, state: State) {
            self.start = start
            self.state = state
        }
    }

    package init(id: String, function: String, state: State, since: Timestamp) {
        self.id = id
        self.function = function
        self.state = state
        self.since = since
        self.invocations = 0
        self.lane = []
    }

    package var label: String { EnvironmentLabel.of(self.id) }
}
