/// What a monitor in the same process wants to know of each execution environment. Called on the emulator's loop.
package protocol EnvironmentHooks: Sendable {
    /// Before the first process starts: variables for it, such as where interceptors find the ingest.
    func opened(environment: String, function: String, at place: EnvironmentPlace) throws -> EnvironmentVariables

    /// The environment is about to be frozen, or its runtime's process has ended: read what has been sent, then call `then`,
    /// on the loop.
    func quiesce(environment: String, then: @escaping @Sendable () -> Void)

    /// Its last process has ended.
    func closed(environment: String)
}

/// What a monitor wants the processes of an environment to have.
package struct EnvironmentVariables: Hashable, Sendable {
    /// For the runtime; `NODE_OPTIONS` is appended to the function's own, `PYTHONPATH` comes before it.
    package var runtime: [String: String]
    /// For external extensions.
    package var extensions: [String: String]
    /// For one external extension, by its name: what no other process is to see.
    package var own: [String: [String: String]]
    /// For the runtime and all extensions, unless the function says otherwise.
    package var defaults: [String: String]

    package init(
        runtime: [String: String] = [:],
        extensions: [String: String] = [:],
        own: [String: [String: String]] = [:],
        defaults: [String: String] = [:]
    ) {
        self.defaults = defaults
        self.own = own
        self.runtime = runtime
        self.extensions = extensions
    }
}

/// Nobody watches.
package struct NoHooks: EnvironmentHooks {
    package init() {}

    package func opened(environment: String, function: String, at place: EnvironmentPlace) -> EnvironmentVariables {
        EnvironmentVariables()
    }

    package func quiesce(environment: String, then: @escaping @Sendable () -> Void) { then() }

    package func closed(environment: String) {}
}
