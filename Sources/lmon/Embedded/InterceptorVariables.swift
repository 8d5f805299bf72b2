import Foundation
import LmonInterceptors

/// What makes a function's runtimes load the interceptors, and report where they are told.
final class InterceptorVariables: Sendable {
    /// What a user set for lmon counts for the functions too.
    private let own: [String: String]

    /// Unless the function says otherwise.
    static let defaults = ["LMON_CAPTURE": "all"]

    init() {
        self.own = ProcessInfo.processInfo.environment.filter { $0.key == "LMON" || $0.key.hasPrefix("LMON_") }
    }

    /// For a runtime that finds the interceptors' files in `folder`, and whose calls are reported at `address`; nil: where
    /// they are in Lambda.
    func runtime(reportingAt address: String?, folder: String) -> [String: String] {
        var variables = [
            // Nobody is billed here, and on a busy machine the interceptor's time is mostly waiting for a core.
            "LMON_BUDGET_MS": "200",
            "NODE_OPTIONS": "--require \(Self.quoted("\(folder)/\(InterceptorFiles.preload)"))",
            "PYTHONPATH": "\(folder)/\(InterceptorFiles.pythonFolder)",
        ]
        variables["LMON_ADDRESS"] = address
        return self.withOwn(variables)
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
