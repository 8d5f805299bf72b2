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
    /// `ready in 3ms`, `bare`.
    package var agent: String?
    /// What agent and interceptors complain of.
    package var problems: [String] = []
    /// MB.
    package var memoryLimit: Int?
    package var initDuration: Double?
    package var interceptor: String?
    package var invocations: Int
    package var failed: Int
    package var initializations: Int
    /// MB, as the last invocation reported it, and the most that any did.
    package var memoryUsed: Int?
    package var memoryPeak: Int?
    package var lane: Lane

    package init(id: String, function: String, state: State, since: Timestamp) {
        self.id = id
        self.function = function
        self.state = state
        self.since = since
        self.invocations = 0
        self.failed = 0
        self.initializations = 0
        self.lane = Lane()
    }

    package var label: String { EnvironmentLabel.of(self.id) }

    /// What opens under it: its last initialisation; nil if none was seen.
    package var initialization: InvocationID? {
        guard self.initializations > 0 else { return nil }
        return InvocationID(environment: self.id, requestID: nil, attempt: self.initializations)
    }

    /// It ended otherwise than by being spun down.
    package var endedBadly: Bool {
        guard case .shutDown(let reason?) = self.state else { return false }
        return reason.lowercased() != "spindown"
    }

    /// Someone must look: one of its invocations failed, or it did.
    package var isFailed: Bool { self.failed > 0 || self.endedBadly }
}
