import LmonJSON
import LmonRecord

/// How much of a call is kept (`LMON_CAPTURE`), from the least: no headers and no bodies; headers; bodies of what failed;
/// all bodies; the invocation's event and result too.
package enum CaptureLevel: String, CaseIterable, Comparable, Sendable {
    case metadata, headers, errors, bodies, all

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
}

/// Takes out of the records of others what the level does not keep; lmon's interceptors never send it.
struct CaptureFilter {
    private let level: CaptureLevel
    /// Calls that were answered with a status of 400 or above.
    private var failed = RecentNames(limit: 1000)

    init(_ level: CaptureLevel) {
        self.level = level
    }

    /// The record as it is kept. Of one call, to be asked in the order of its records.
    mutating func kept(_ record: JSONValue, of type: RecordType) -> JSONValue {
        switch type {
        case .httpRequest: return self.head(record)
        case .httpResponse:
            if let call = record["callId"]?.string, (record["status"]?.int ?? 0) >= 400 { self.failed.insert(call) }
            return self.head(record)
        case .httpEnd:
            return self.level < .errors ? Self.withoutBodies(record) : record
        case .invocationEvent, .invocationResult: return self.level == .all ? record : record.only(Self.described)
        default: return record
        }
    }

    /// A request or a response, whose body is told with the end.
    private func head(_ record: JSONValue) -> JSONValue {
        record.without(self.level == .metadata ? ["bodies", "headers"] : ["bodies"])
    }

    /// Whether what is kept of a call's end holds bodies that are to be kept only if its invocation fails.
    func isProvisional(_ end: JSONValue) -> Bool {
        guard self.level == .errors, end["bodies"] != nil, end["outcome"]?.string != "error" else { return false }
        return end["callId"]?.string.map { self.failed.contains($0) } != true
    }

    /// The end of a call with the sizes of its bodies only.
    static func withoutBodies(_ end: JSONValue) -> JSONValue {
        guard case .object(let members) = end else { return end }
        return .object(members.map { $0.key == "bodies" ? .init($0.key, Self.sizes($0.value)) : $0 })
    }

    /// What is told of a body, an event or a result that is not kept.
    private static let described: Set = [
        "size", "decodedSize", "encoding", "truncated", "redacted", "contentType", "outcome", "deadlineMs",
        "invokedFunctionArn",
    ]

    private static func sizes(_ bodies: JSONValue) -> JSONValue {
        guard case .object(let members) = bodies else { return .object([]) }
        return .object(members.map { JSONValue.Member($0.key, $0.value.only(Self.described)) })
    }
}

extension JSONValue {
    fileprivate func without(_ names: Set<String>) -> JSONValue {
        guard case .object(let members) = self else { return self }
        return .object(members.filter { !names.contains($0.key) })
    }

    /// Of what is no object, nothing.
    fileprivate func only(_ names: Set<String>) -> JSONValue {
        guard case .object(let members) = self else { return .object([]) }
        return .object(members.filter { names.contains($0.key) && $0.value.object == nil && $0.value.array == nil })
    }
}
