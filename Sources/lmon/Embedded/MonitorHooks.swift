import Foundation
import LmonAgent
import LmonEmulator
import LmonHTTP
import LmonInterceptors
import Synchronization

/// Gives each environment a port of the monitor core, and its Node processes the interceptor.
final class MonitorHooks: EnvironmentHooks {
    private struct State {
        var preload = ""
        var ingests: [String: Ingest] = [:]
    }

    private let core: MonitorCore
    private let state = Mutex(State())
    /// What a user set for lmon counts for the functions too.
    private let own: [String: String]

    /// After the last answer of a runtime, what its interceptor wrote before is read within so long.
    private static let settling = Duration.milliseconds(1)

    init(core: MonitorCore) {
        self.core = core
        self.own = ProcessInfo.processInfo.environment.filter { $0.key == "LMON" || $0.key.hasPrefix("LMON_") }
    }

    func setPreloadFolder(_ folder: String) {
        self.state.withLock { $0.preload = "\(folder)/\(InterceptorFiles.preload)" }
    }

    func opened(environment: String, function: String) throws -> [String: String] {
        let ingest = try Ingest(environment: environment, function: function, core: self.core)
        let preload = self.state.withLock { state in
            state.ingests[environment] = ingest
            return state.preload
        }
        let variables = [
            "LMON_ADDRESS": "127.0.0.1:\(ingest.port)",
            "LMON_CAPTURE": "all",
            // Nobody is billed here, and on a busy machine the interceptor's time is mostly waiting for a core.
            "LMON_BUDGET_MS": "2000",
            "NODE_OPTIONS": "--require \(Self.quoted(preload))",
        ]
        return variables.merging(self.own.filter { $0.key != "LMON_ADDRESS" }) { $1 }
    }

    func quiesce(environment: String, then: @escaping @Sendable () -> Void) {
        self.core.loop.schedule(after: Self.settling, then)
    }

    func closed(environment: String) {
        let ingest = self.state.withLock { $0.ingests.removeValue(forKey: environment) }
        // What the processes wrote last may still be on its way.
        self.core.loop.schedule(after: Self.settling) { ingest?.close() }
    }

    /// `NODE_OPTIONS` is split at blanks, except between quotes.
    private static func quoted(_ path: String) -> String {
        guard path.contains(" ") || path.contains("\"") else { return path }
        return "\"" + path.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"")
            + "\""
    }
}
