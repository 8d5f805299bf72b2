package enum InvocationState: Hashable, Sendable {
    case inFlight
    case finished(InvocationStatus)

    package var isInFlight: Bool { self == .inFlight }

    /// True for everything that someone must look at; not for an end that was not observed.
    package var isFailed: Bool {
        guard case .finished(let status) = self else { return false }
        return status.isFailure
    }
}

/// How an invocation ended. The first four are Lambda's own (Telemetry API); the rest is what they leave out.
package enum InvocationStatus: Hashable, Sendable, CustomStringConvertible {
    case success
    case failure
    case error
    case timeout
    /// The handler threw: Lambda calls that a success, and only the result tells.
    case handlerError
    /// A status that a later Lambda may send.
    case other(String)
    /// The environment went on, or ended, and nobody said how this ended.
    case unobserved

    package init(lambda name: String) {
        switch name {
        case "success": self = .success
        case "failure": self = .failure
        case "error": self = .error
        case "timeout": self = .timeout
        default: self = .other(name)
        }
    }

    package var isFailure: Bool { self != .success && self != .unobserved }

    package var description: String {
        switch self {
        case .success: "success"
        case .failure: "failure"
        case .error: "error"
        case .timeout: "timeout"
        case .handlerError: "handler error"
        case .other(let name): name
        case .unobserved: "end not observed"
        }
    }
}
