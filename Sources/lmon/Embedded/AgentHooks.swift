import Foundation
import LmonAgent
import LmonEmulator
import LmonHTTP
import LmonInterceptors
import Synchronization

/// Lets the real agent watch: each environment's processes are told where it listens, and it where its records are awaited.
final class AgentHooks: EnvironmentHooks {
    private let teePort: Int
    private let preload = Mutex((node: "", python: ""))
    private let own: [String: String]

    static let extensionName = "lmon-agent"

    init(teePort: Int) {
        self.teePort = teePort
        self.own = ProcessInfo.processInfo.environment.filter { $0.key == "LMON" || $0.key.hasPrefix("LMON_") }
    }

    func setPreloadFolder(_ folder: String) {
        self.preload.withLock {
            $0 = ("\(folder)/\(InterceptorFiles.preload)", "\(folder)/\(InterceptorFiles.pythonFolder)")
        }
    }

    /// The agent opens the port itself, a moment later. All environments share this machine, so each has a port of its own.
    func opened(environment: String, function: String) throws -> EnvironmentVariables {
        let address = "127.0.0.1:\(try FreePort.onLoopback())"
        let (preload, python) = self.preload.withLock { $0 }
        let own = self.own.filter { $0.key != "LMON_ADDRESS" && $0.key != "LMON_TEE" }
        let runtime = [
            "LMON_ADDRESS": address,
            "LMON_BUDGET_MS": MonitorHooks.budget,
            "NODE_OPTIONS": "--require \(MonitorHooks.quoted(preload))",
            "PYTHONPATH": python,
        ]
        let agent = [
            "LMON_ADDRESS": address, "LMON_TEE": "connect:127.0.0.1:\(self.teePort)",
        ]
        return EnvironmentVariables(
            runtime: runtime.merging(own) { $1 },
            extensions: agent.merging(own) { $1 },
            defaults: MonitorHooks.defaults
        )
    }

    func quiesce(environment: String, then: @escaping @Sendable () -> Void) { then() }

    func closed(environment: String) {}
}
