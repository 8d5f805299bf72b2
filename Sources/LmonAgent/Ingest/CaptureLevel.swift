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
            guard !self.keepsBodies(of: record), case .object(let members) = record else { return record }
            return .object(members.map { $0.key == "bodies" ? .init($0.key, Self.sizes($0.value)) : $0 })
        case .invocationEvent, .invocationResult: return self.level == .all ? record : record.without(Self.content)
        default: return record
        }
    }

    private func keepsBodies(of end: JSONValue) -> Bool {
        guard self.level == .errors else { return self.level > .errors }
        return end["outcome"]?.string == "error" || end["callId"]?.string.map { self.failed.contains($0) } == true
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
