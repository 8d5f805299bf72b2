package import LambdaWire

extension EnvironmentMachine {
    /// What `GET /lmon/state` shows of an environment.
    package struct Summary: Hashable, Sendable {
        package var state: String
        package var runtimeState: RuntimeState
        package var requestID: String?
        package var since: EpochTime?
        package var generation: Int
        package var maxMemoryUsedMB: Int
    }

    package var summary: Summary {
        var summary = Summary(
            state: "",
            runtimeState: self.runtimeState,
            generation: self.generation,
            maxMemoryUsedMB: self.maxMemoryUsedMB
        )
        switch self.state {
        case .down(let isFresh): summary.state = isFresh ? "new" : "down"
        case .initializing(let initialization):
            summary.state = initialization.phase == .`init` ? "init" : "suppressed init"
            summary.requestID = initialization.invocation?.requestID
            summary.since = initialization.startedAt
        case .idle(let idle):
            summary.state = idle.freeze == .frozen ? "frozen" : "idle"
            summary.since = idle.since
        case .invoking(let running):
            summary.state = running.response == nil ? "invoking" : "response sent"
            summary.requestID = running.invocation.requestID
            summary.since = running.startedAt
        case .stopping: summary.state = "stopping"
        case .ended: summary.state = "ended"
        }
        return summary
    }

    /// The invocation in progress: what is written now belongs to it.
    package var requestIDInProgress: String? {
        switch self.state {
        case .invoking(let running): running.invocation.requestID
        case .initializing, .down, .idle, .stopping, .ended: nil
        }
    }

    /// Nobody would miss it: it waits, or has no process.
    package var isAvailable: Bool {
        switch self.state {
        case .idle, .down: true
        case .initializing, .invoking, .stopping, .ended: false
        }
    }
}
