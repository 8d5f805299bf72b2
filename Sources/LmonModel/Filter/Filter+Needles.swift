/// Bytes that a raw line must contain, in either case, before it is worth to be read.
package struct Needles: Hashable, Sendable {
    /// In lower case; one of them is enough.
    package let texts: [[UInt8]]

    package init(texts: [[UInt8]]) {
        self.texts = texts
    }
}

extension Filter {
    /// Of every invocation that matches, and of which its summary and facts do not tell, some line has one of these. Nil if
    /// nothing can be said.
    package var needles: Needles? {
        guard case .texts(let texts) = self.plan.need, !texts.isEmpty else { return nil }
        return Needles(texts: texts)
    }

    /// Whether a match stays one, whatever else becomes known; and whether what matches within an invocation makes the
    /// invocation match.
    package var isMonotone: Bool {
        !self.mayTurnFalse
            && !self.plan.contains { condition, isNegated in
                if case .compares(let comparison, _) = condition.test { return isNegated || comparison.isNegative }
                return isNegated
            }
    }
}

extension Search {
    /// The same for words: a row that does not say them all itself has a line that says one.
    package var needles: Needles? {
        let texts = self.patterns.map { $0.needle }
        guard !texts.isEmpty, !texts.contains(nil) else { return nil }
        return Needles(texts: texts.compactMap { $0 })
    }
}

private enum Need {
    /// Summary and facts decide it.
    case told
    case texts([[UInt8]])
    case unknown
}

extension FilterPlan {
    fileprivate var need: Need {
        switch self {
        case .condition(let condition, let isNegated): Self.need(condition, isNegated)
        case .some(_, let inner): inner.need
        case .every(_, let inner): inner.isTold(by: RowFacts.tells) ? .told : .unknown
        case .all(let parts): Self.best(parts.map(\.need))
        case .any(let parts): Self.union(parts.map(\.need))
        }
    }

    private static func need(_ condition: FilterCondition, _ isNegated: Bool) -> Need {
        if isNegated { return condition.level.isMany && RowFacts.tells(condition) ? .told : .unknown }
        switch condition.test {
        case .found(let pattern): return pattern.needle.map { .texts([$0]) } ?? .unknown
        case .compares(let comparison, .text(let pattern)):
            let isRaw = Self.isInLines(condition) && !comparison.isNegative
            if isRaw, let needle = pattern.needle { return .texts([needle]) }
        case .holds, .compares: break
        }
        return RowFacts.tells(condition) && condition.field?.key != .event && condition.field?.key != .result
            && condition.field?.key != .errorMessage ? .told : .unknown
    }

    /// Whether the text that is compared stands in the lines as it is.
    private static func isInLines(_ condition: FilterCondition) -> Bool {
        switch condition.field?.key {
        case .message, .body, .requestBody, .responseBody, .event, .result, .errorMessage: true
        case .header, .requestHeader, .responseHeader: true
        default: false
        }
    }

    /// Any one part is needed: the one that the fewest lines will have.
    private static func best(_ needs: [Need]) -> Need {
        var best: [[UInt8]]?
        var isTold = true
        for case .texts(let texts) in needs {
            let length = texts.map(\.count).min() ?? 0
            if length > best?.map(\.count).min() ?? 0 { best = texts }
        }
        for need in needs { if case .told = need { continue } else { isTold = false } }
        if let best { return .texts(best) }
        return isTold ? .told : .unknown
    }

    private static func union(_ needs: [Need]) -> Need {
        var all: [[UInt8]] = []
        for need in needs {
            switch need {
            case .told: continue
            case .texts(let texts): all += texts
            case .unknown: return .unknown
            }
        }
        return all.isEmpty ? .told : .texts(all)
    }
}

extension TextPattern {
    /// The longest part that JSON never writes in another way, in lower case; nil if it is short, or if a name that lmon
    /// gives may be meant.
    var needle: [UInt8]? {
        let text = self.bytes.map { (65...90).contains($0) ? $0 | 0x20 : $0 }
        let levels = ["trace", "debug", "info", "warn", "error", "fatal", "critical"]
        if levels.contains(where: { Self.holds(Array($0.utf8), text) }) { return nil }
        let runs = text.split { $0 < 0x20 || $0 >= 0x7F || $0 == 0x22 || $0 == 0x5C || $0 == 0x2F }
        guard let longest = runs.max(by: { $0.count < $1.count }), longest.count >= 3 else { return nil }
        return Array(longest)
    }

    private static func holds(_ text: [UInt8], _ part: [UInt8]) -> Bool {
        guard part.count <= text.count else { return false }
        return (0...(text.count - part.count)).contains { text[$0...].starts(with: part) }
    }
}
