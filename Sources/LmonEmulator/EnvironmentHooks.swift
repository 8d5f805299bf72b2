/// What a monitor in the same process wants to know of each execution environment. Called on the emulator's loop.
package protocol EnvironmentHooks: Sendable {
    /// Before the first process starts: variables for it, such as where interceptors find the ingest. `NODE_OPTIONS` is
    /// appended to the function's own.
    func opened(environment: String, function: String) throws -> [String: String]

    /// The environment is about to be frozen: read what has been sent, then call `then`, on the loop.
    func quiesce(environment: String, then: @escaping @Sendable () -> Void)

    /// Its last process has ended.
    func closed(environment: String)
}

/// Nobody watches.
package struct NoHooks: EnvironmentHooks {
    package init() {}

    package func opened(environment: String, function: String) -> [String: String] { [:] }

    package func quiesce(environment: String, then: @escaping @Sendable () -> Void) { then() }

    package func closed(environment: String) {}
}
