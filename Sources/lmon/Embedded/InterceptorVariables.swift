import Foundation
import LmonInterceptors
import Synchronization

/// What makes a function's runtimes load the interceptors, and report where they are told.
final class InterceptorVariables: Sendable {
    private let folder = Mutex("")
    /// What a user set for lmon counts for the functions too.
    private let own: [String: String]

    /// Unless the function says otherwise.
    static let defaults = ["LMON_CAPTURE": "all"]

    init() {
        self.own = ProcessInfo.processInfo.environment.filter { $0.key == "LMON" || $0.key.hasPrefix("LMON_") }
    }

    /// Where the interceptors' files are; known once the emulator has a folder.
    func setFolder(_ folder: String) { self.folder.withLock { $0 = folder } }

    /// For a runtime whose calls are reported at `address`.
    func runtime(reportingAt address: String) -> [String: String] {
        let folder = self.folder.withLock { $0 }
        return self.withOwn([
            "LMON_ADDRESS": address,
            // Nobody is billed here, and on a busy machine the interceptor's time is mostly waiting for a core.
            "LMON_BUDGET_MS": "200",
            "NODE_OPTIONS": "--require \(Self.quoted("\(folder)/\(InterceptorFiles.preload)"))",
            "PYTHONPATH": "\(folder)/\(InterceptorFiles.pythonFolder)",
        ])
    }

    /// With what the user set, but for the places where lmon's own parts meet.
    func withOwn(_ variables: [String: String]) -> [String: String] {
        variables.merging(self.own.filter { $0.key != "LMON_ADDRESS" && $0.key != "LMON_TEE" }) { $1 }
    }

    /// `NODE_OPTIONS` is split at blanks, except between quotes.
    private static func quoted(_ path: String) -> String {
        guard path.contains(" ") || path.contains("\"") else { return path }
        return "\"" + path.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"")
            + "\""
    }
}
