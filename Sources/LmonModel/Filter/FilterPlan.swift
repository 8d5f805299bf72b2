/// A filter as it is tested: negations stand at the conditions, and conditions on one level are one question.
///
/// `host~stripe and status>=500` asks for one call with both, `not status>=500` for no such call. A question about many
/// items is `some` if a condition of its conjunction, or each of its alternatives, is not negated; else it is `every`. So
/// `not` around a question always turns its answer, and what De Morgan says is equal gives the same plan.
indirect enum FilterPlan: Hashable, Sendable {
    case condition(FilterCondition, isNegated: Bool)
    case all([FilterPlan])
    case any([FilterPlan])
    /// Of the items of a level; what is inside is put to one of them.
    case some(FilterLevel, FilterPlan)
    case every(FilterLevel, FilterPlan)

    init(_ expression: FilterExpression) {
        self = Self.grouped(Self.pushed(expression, isNegated: false))
    }

    // MARK: Negations

    private static func pushed(_ expression: FilterExpression, isNegated: Bool) -> FilterPlan {
        switch expression {
        case .word(let text):
            .condition(FilterCondition(field: nil, test: .found(TextPattern(text))), isNegated: isNegated)
        case .regex(let regex):
            .condition(FilterCondition(field: nil, test: .found(TextPattern(regex))), isNegated: isNegated)
        case .flag(let field): .condition(FilterCondition(field: field, test: .holds), isNegated: isNegated)
        case .comparison(let field, let comparison, let value):
            .condition(FilterCondition(field: field, test: .compares(comparison, value.meaning)), isNegated: isNegated)
        case .not(let inner): Self.pushed(inner, isNegated: !isNegated)
        case .and(let left, let right): Self.joined(left, right, isAll: !isNegated, isNegated)
        case .or(let left, let right): Self.joined(left, right, isAll: isNegated, isNegated)
        }
    }

    /// One list for a chain of the same kind.
    private static func joined(
        _ left: FilterExpression,
        _ right: FilterExpression,
        isAll: Bool,
        _ isNegated: Bool
    ) -> FilterPlan {
        var parts: [FilterPlan] = []
        for part in [Self.pushed(left, isNegated: isNegated), Self.pushed(right, isNegated: isNegated)] {
            switch part {
            case .all(let inner) where isAll: parts += inner
            case .any(let inner) where !isAll: parts += inner
            default: parts.append(part)
            }
        }
        return isAll ? .all(parts) : .any(parts)
    }

    // MARK: Levels

    /// Every largest part that is built of one level's conditions becomes a question to that level's items.
    private static func grouped(_ plan: FilterPlan) -> FilterPlan {
        if let level = plan.level { return level.isMany ? plan.asked(of: level) : plan }
        switch plan {
        case .all(let parts): return Self.grouped(parts, isAll: true)
        case .any(let parts): return Self.grouped(parts, isAll: false)
        case .condition, .some, .every: return plan
        }
    }

    private static func grouped(_ parts: [FilterPlan], isAll: Bool) -> FilterPlan {
        var result: [FilterPlan] = []
        for level in [FilterLevel.call, .log, .record] {
            let own = parts.filter { $0.level == level }
            guard let first = own.first else { continue }
            let group = own.count == 1 ? first : isAll ? .all(own) : .any(own)
            result.append(group.asked(of: level))
        }
        // What one look decides goes first.
        let others = parts.filter { $0.level?.isMany != true }.map { Self.grouped($0) }
        result = others + result
        return result.count == 1 ? result[0] : isAll ? .all(result) : .any(result)
    }

    private func asked(of level: FilterLevel) -> FilterPlan {
        self.isPositive ? .some(level, self) : .every(level, self)
    }

    private var isPositive: Bool {
        switch self {
        case .condition(_, let isNegated): !isNegated
        case .all(let parts): parts.contains { $0.isPositive }
        case .any(let parts): parts.allSatisfy { $0.isPositive }
        case .some: true
        case .every: false
        }
    }

    /// The one level of all conditions; nil if there are several.
    private var level: FilterLevel? {
        switch self {
        case .condition(let condition, _): return condition.level
        case .some(let level, _), .every(let level, _): return level
        case .all(let parts), .any(let parts):
            guard let first = parts.first?.level else { return nil }
            return parts.dropFirst().allSatisfy { $0.level == first } ? first : nil
        }
    }

    // MARK: What is in it

    func contains(where matches: (FilterCondition, _ isNegated: Bool) -> Bool) -> Bool {
        switch self {
        case .condition(let condition, let isNegated): matches(condition, isNegated)
        case .all(let parts), .any(let parts): parts.contains { $0.contains(where: matches) }
        case .some(_, let inner), .every(_, let inner): inner.contains(where: matches)
        }
    }

    var regexes: [TextRegex] {
        switch self {
        case .condition(let condition, _): condition.pattern?.regex.map { [$0] } ?? []
        case .all(let parts), .any(let parts): parts.flatMap(\.regexes)
        case .some(_, let inner), .every(_, let inner): inner.regexes
        }
    }

    // MARK: Evaluation

    /// What it comes to, given what each condition does to `item` and which items there are of a level. Nil: cannot be said.
    func value(
        _ condition: (FilterCondition) -> Bool?,
        _ items: (FilterLevel, _ isSome: Bool, FilterPlan) -> Bool?
    ) -> Bool? {
        switch self {
        case .condition(let leaf, let isNegated): return condition(leaf).map { $0 != isNegated }
        case .some(let level, let inner): return items(level, true, inner)
        case .every(let level, let inner): return items(level, false, inner)
        case .all(let parts):
            var result: Bool? = true
            for part in parts {
                let value = part.value(condition, items)
                if value == false { return false }
                if value == nil { result = nil }
            }
            return result
        case .any(let parts):
            var result: Bool? = false
            for part in parts {
                let value = part.value(condition, items)
                if value == true { return true }
                if value == nil { result = nil }
            }
            return result
        }
    }

    /// The same within one item.
    func holds(_ condition: (FilterCondition) -> Bool) -> Bool {
        switch self {
        case .condition(let leaf, let isNegated): condition(leaf) != isNegated
        case .all(let parts): parts.allSatisfy { $0.holds(condition) }
        case .any(let parts): parts.contains { $0.holds(condition) }
        case .some(_, let inner), .every(_, let inner): inner.holds(condition)
        }
    }
}
