import LmonJSON

/// The event, or the result, of two runs.
package enum BodyComparison: Hashable, Sendable {
    /// Neither run has one, or not its text.
    case unknown
    /// Only one run has it.
    case only(isAfter: Bool)
    case same
    case json(JSONDiff)
    /// At least one is no JSON: cut, or plain text.
    case text(String, String)

    init(_ before: Body?, _ after: Body?) {
        switch (before?.content, after?.content) {
        case (nil, nil): self = .unknown
        case (nil, .some): self = .only(isAfter: true)
        case (.some, nil): self = .only(isAfter: false)
        case (let old?, let new?) where old == new: self = .same
        case (.text(let old)?, .text(let new)?): self = Self.compared(old, new)
        case (.text(let old)?, .base64(let new)?), (.base64(let old)?, .text(let new)?),
            (.base64(let old)?, .base64(let new)?):
            self = .text(old, new)
        }
    }

    private static func compared(_ old: String, _ new: String) -> BodyComparison {
        guard let left = try? JSONValue(parsing: old), let right = try? JSONValue(parsing: new) else {
            return .text(old, new)
        }
        let diff = JSONDiff(from: left, to: right)
        return diff.count == 0 ? .same : .json(diff)
    }

    /// Whether they are the same; nil if that cannot be told.
    package var isSame: Bool? {
        switch self {
        case .unknown, .only: nil
        case .same: true
        case .json, .text: false
        }
    }
}
