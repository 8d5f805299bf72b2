/// Names one invocation, or what an environment did while it initialised.
///
/// Lambda retries an asynchronous event under the same request id, perhaps in the same environment: those are told apart
/// by `attempt`.
package struct InvocationID: Hashable, Sendable, CustomStringConvertible {
    package let environment: String
    /// Nil for the bucket of an environment's initialisation.
    package let requestID: String?
    /// From 1: which run of this request id in this environment, or which initialisation of it.
    package let attempt: Int

    package init(environment: String, requestID: String?, attempt: Int = 1) {
        self.environment = environment
        self.requestID = requestID
        self.attempt = attempt
    }

    package var isInitialization: Bool { self.requestID == nil }

    /// The request id, or `init a3`.
    package var description: String { self.requestID ?? "init " + EnvironmentLabel.of(self.environment) }

    /// `9f3c…e1`: enough of the request id to tell it from its neighbours.
    package var short: String {
        guard let requestID, requestID.utf8.count > 8 else { return self.description }
        return "\(requestID.prefix(4))…\(requestID.suffix(2))"
    }
}

/// `a3` for `01K…A3`: the end of a ULID is chance, so it tells environments apart.
package enum EnvironmentLabel {
    package static func of(_ environment: String) -> String { environment.suffix(2).lowercased() }
}
