import LmonJSON
import LmonRecord
import LmonStore

/// What a collector has an answer for.
enum Route: Hashable, Sendable {
    case records, functions, health, metrics

    init?(_ path: Substring) {
        switch path {
        case "/v1/records": self = .records
        case "/v1/functions": self = .functions
        case "/healthz": self = .health
        case "/metrics": self = .metrics
        default: return nil
        }
    }

    var methods: [String] { self == .records ? ["GET", "POST"] : ["GET", "HEAD"] }

    /// Whose token is needed, in one more optional: `.some(nil)` is nobody's; nil: the method is none of the route's.
    func role(_ method: String) -> CollectorTokens.Role?? {
        guard self.methods.contains(method) else { return nil }
        switch self {
        // Whether it is well is nobody's secret: what asks is often a machine without tokens.
        case .health: return .some(nil)
        case .records: return method == "POST" ? .agent : .viewer
        case .functions, .metrics: return .viewer
        }
    }
}

extension [CollectedFunction] {
    var json: [UInt8] {
        JSONWriter.object { writer in
            writer.array("functions") { array in
                for function in self {
                    array.object {
                        $0.member("name", function.name)
                        $0.member("environments", function.environments)
                        $0.member("records", function.records)
                        $0.member("newest", function.newest.description)
                    }
                }
            }
        }
    }
}
