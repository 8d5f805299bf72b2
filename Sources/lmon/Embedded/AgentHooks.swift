import LmonAgent
import LmonEmulator
import LmonHTTP

/// Lets the real agent watch: each environment's processes are told where it listens, and it where its records are awaited.
final class AgentHooks: EnvironmentHooks {
    private let teePort: Int
    private let variables: InterceptorVariables

    static let extensionName = "lmon-agent"

    init(teePort: Int, _ variables: InterceptorVariables) {
        self.teePort = teePort
        self.variables = variables
    }

    /// The agent opens the port itself, a moment later. All environments share this machine, so each has a port of its own.
    func opened(environment: String, function: String) throws -> EnvironmentVariables {
        let address = "127.0.0.1:\(try FreePort.onLoopback())"
        return EnvironmentVariables(
            runtime: self.variables.runtime(reportingAt: address),
            extensions: self.variables.withOwn([
                "LMON_ADDRESS": address, "LMON_TEE": "connect:127.0.0.1:\(self.teePort)",
            ]),
            defaults: InterceptorVariables.defaults
        )
    }

    func quiesce(environment: String, then: @escaping @Sendable () -> Void) { then() }

    func closed(environment: String) {}
}
