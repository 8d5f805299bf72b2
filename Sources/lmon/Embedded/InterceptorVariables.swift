import Foundation
import LmonInterceptors

/// What makes a function's runtimes load the interceptors, and report where they are told.
final class InterceptorVariables: Sendable {
    /// What a user set for lmon counts for the functions too.
    private let own: [String: String]
    /// For the agent alone: by what its collector knows it. A program that could read it would gain by it.
    let token: [String: String]

    /// Where lmon's own parts meet, and by what its collector knows others: nobody else's.
    private static let withheld: Set = ["LMON_ADDRESS", "LMON_TEE", "LMON_AGENT_TOKENS", "LMON_VIEWER_TOKENS"]

    /// Unless the function says otherwise.
    static let defaults = ["LMON_CAPTURE": "all"]

    init() {
        let own = ProcessInfo.processInfo.environment.filter { name, _ in
            (name == "LMON" || name.hasPrefix("LMON_")) && !Self.withheld.contains(name)
        }
        self.token = own.filter { $0.key == "LMON_TOKEN" }
        self.own = own.filter { $0.key != "LMON_TOKEN" }
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

    /// With what the user set, but for the token.
    func withOwn(_ variables: [String: String]) -> [String: String] { variables.merging(self.own) { $1 } }

    /// `NODE_OPTIONS` is split at blanks, except between quotes.
    private static func quoted(_ path: String) -> String {
        guard path.contains(" ") || path.contains("\"") else { return path }
        return "\"" + path.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"")
            + "\""
    }
}
