import LmonAgent
import LmonEmulator
import LmonHTTP

/// Lets the real agent watch: each environment's processes are told where it listens, and it where its records are awaited.
final class AgentHooks: EnvironmentHooks {
    private let teePort: Int
    private let variables: InterceptorVariables
    private let spool: SpoolTarget?

    static let extensionName = "lmon-agent"

    init(teePort: Int, _ variables: InterceptorVariables, spool: SpoolTarget?) {
        self.teePort = teePort
        self.spool = spool
        self.variables = variables
    }

    /// The agent opens the port itself, a moment later. Environments that share this machine's address have a port each; the
    /// others are what they are in Lambda.
    func opened(environment: String, function: String, at place: EnvironmentPlace) throws -> EnvironmentVariables {
        let address = place.address == nil ? "127.0.0.1:\(try FreePort.onLoopback())" : nil
        var own = ["LMON_TEE": "connect:127.0.0.1:\(self.teePort)"]
        own["LMON_ADDRESS"] = address
        return EnvironmentVariables(
            runtime: self.variables.runtime(reportingAt: address, folder: place.files),
            extensions: self.variables.withOwn(own),
            // By the rights of whoever sits here, which are no other extension's.
            own: [Self.extensionName: self.variables.token.merging(self.spool?.variables ?? [:]) { $1 }],
            defaults: InterceptorVariables.defaults
        )
    }

    func quiesce(environment: String, then: @escaping @Sendable () -> Void) { then() }

    func closed(environment: String) {}
}
