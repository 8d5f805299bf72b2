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
        case .httpRequest: return self.level == .metadata ? record.without("headers") : record
        case .httpResponse:
            if let call = record["callId"]?.string, (record["status"]?.int ?? 0) >= 400 { self.failed.insert(call) }
            return self.level == .metadata ? record.without("headers") : record
        case .httpEnd:
            return self.level < .errors ? Self.withoutBodies(record) : record
        case .invocationEvent, .invocationResult: return self.level == .all ? record : record.without(Self.content)
        default: return record
        }
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

    private static let content: Set = ["text", "base64"]

    private static func sizes(_ bodies: JSONValue) -> JSONValue {
        guard case .object(let members) = bodies else { return .object([]) }
        return .object(members.map { JSONValue.Member($0.key, $0.value.without(Self.content)) })
    }
}

extension JSONValue {
    fileprivate func without(_ name: String) -> JSONValue { self.without([name]) }

    fileprivate func without(_ names: Set<String>) -> JSONValue {
        guard case .object(let members) = self else { return self }
        return .object(members.filter { !names.contains($0.key) })
    }
}
