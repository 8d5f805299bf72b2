package import LmonJSON

/// One place where two JSON values differ, named by its path (RFC 6901): `/order/items/2`, the whole being empty.
package enum JSONChange: Hashable, Sendable {
    case added(String, JSONValue)
    case removed(String, JSONValue)
    case changed(String, from: JSONValue, to: JSONValue)

    package var path: String {
        switch self {
        case .added(let path, _), .removed(let path, _), .changed(let path, _, _): path
        }
    }
}

/// Where two JSON values differ by structure: the order of members says nothing, that of elements does.
///
/// What was added and what changed is named by its place in the second value, what was removed by its place in the first.
package struct JSONDiff: Hashable, Sendable {
    package private(set) var changes: [JSONChange] = []
    /// Changes beyond the limit.
    package private(set) var omitted = 0
    private let limit: Int

    package init(from old: JSONValue, to new: JSONValue, limit: Int = 1_000) {
        self.limit = limit
        self.compare(old, new, "")
    }

    package var count: Int { self.changes.count + self.omitted }

    private mutating func add(_ change: JSONChange) {
        if self.changes.count < self.limit { self.changes.append(change) } else { self.omitted += 1 }
    }

    private mutating func compare(_ old: JSONValue, _ new: JSONValue, _ path: String) {
        guard old != new else { return }
        switch (old, new) {
        case (.object(let old), .object(let new)): self.compare(old, new, path)
        case (.array(let old), .array(let new)): self.compare(old, new, path)
        default: self.add(.changed(path, from: old, to: new))
        }
    }

    /// A name that occurs several times stands for as many members, in their order.
    private mutating func compare(_ old: [JSONValue.Member], _ new: [JSONValue.Member], _ path: String) {
        var waiting: [String: [JSONValue]] = [:]
        for member in new { waiting[member.key, default: []].append(member.value) }
        var left: [String: Int] = [:]
        for member in old {
            let place = "\(path)/\(Self.escaped(member.key))"
            let ordinal = left[member.key, default: 0]
            left[member.key] = ordinal + 1
            if let values = waiting[member.key], ordinal < values.count {
                self.compare(member.value, values[ordinal], place)
            } else {
                self.add(.removed(place, member.value))
            }
        }
        var seen: [String: Int] = [:]
        for member in new {
            let ordinal = seen[member.key, default: 0]
            seen[member.key] = ordinal + 1
            guard ordinal >= left[member.key, default: 0] else { continue }
            self.add(.added("\(path)/\(Self.escaped(member.key))", member.value))
        }
    }

    /// Elements between two that are equal stand for each other as far as there are as many.
    private mutating func compare(_ old: [JSONValue], _ new: [JSONValue], _ path: String) {
        var (left, right) = (0, 0)
        for (nextLeft, nextRight) in Alignment.pairs(old, new) + [(old.count, new.count)] {
            let common = min(nextLeft - left, nextRight - right)
            for offset in 0..<common {
                self.compare(old[left + offset], new[right + offset], "\(path)/\(right + offset)")
            }
            for index in (left + common)..<nextLeft { self.add(.removed("\(path)/\(index)", old[index])) }
            for index in (right + common)..<nextRight { self.add(.added("\(path)/\(index)", new[index])) }
            (left, right) = (nextLeft + 1, nextRight + 1)
        }
    }

    private static func escaped(_ key: String) -> String {
        guard key.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else { return key }
        return key.reduce(into: "") { $0 += $1 == "~" ? "~0" : $1 == "/" ? "~1" : String($1) }
    }
}
