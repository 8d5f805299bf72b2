import Foundation
import LmonAgent
import LmonEmulator
import LmonHTTP
import LmonInterceptors
import Synchronization

/// Gives each environment a port of the monitor core, and its Node and Python processes the interceptor.
final class MonitorHooks: EnvironmentHooks {
    private let core: MonitorCore
    private let preload = Mutex((node: "", python: ""))
    /// What a user set for lmon counts for the functions too.
    private let own: [String: String]

    init(core: MonitorCore) {
        self.core = core
        self.own = ProcessInfo.processInfo.environment.filter { $0.key == "LMON" || $0.key.hasPrefix("LMON_") }
    }

    func setPreloadFolder(_ folder: String) {
        self.preload.withLock {
            $0 = ("\(folder)/\(InterceptorFiles.preload)", "\(folder)/\(InterceptorFiles.pythonFolder)")
        }
    }

    func opened(environment: String, function: String) throws -> EnvironmentVariables {
        let port = try self.core.openIngest(environment: environment, function: function)
        let (preload, python) = self.preload.withLock { $0 }
        let variables = [
            "LMON_ADDRESS": "127.0.0.1:\(port)",
            "LMON_BUDGET_MS": Self.budget,
            // The emulator tells of events and results itself.
            "LMON_PAYLOADS": "off",
            "NODE_OPTIONS": "--require \(Self.quoted(preload))",
            "PYTHONPATH": python,
        ]
        return EnvironmentVariables(
            runtime: variables.merging(self.own.filter { $0.key != "LMON_ADDRESS" }) { $1 },
            defaults: Self.defaults
        )
    }

    static let defaults = ["LMON_CAPTURE": "all"]
    /// Nobody is billed here, and on a busy machine the interceptor's time is mostly waiting for a core.
    static let budget = "200"

    func quiesce(environment: String, then: @escaping @Sendable () -> Void) {
        self.core.quiesce(environment: environment, then: then)
    }

    func closed(environment: String) {
        self.core.closeIngest(environment: environment)
    }

    /// `NODE_OPTIONS` is split at blanks, except between quotes.
    static func quoted(_ path: String) -> String {
        guard path.contains(" ") || path.contains("\"") else { return path }
        return "\"" + path.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"")
            + "\""
    }
}
