package import LmonRecord

extension Filter {
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
    /// What some line of an invocation must hold for the search to find it; nil if any might do.
    package var prefilter: Prefilter? {
        guard !self.hasMeaning else { return nil }
        let words = self.patterns.map {
            FilterPlan.condition(FilterCondition(field: nil, test: .found($0)), isNegated: false)
        }
        return Prefilter(any: words)
    }
}

extension Prefilter {
    /// Nil if one of them asks nothing of the lines.
    fileprivate init?(any plans: [FilterPlan]) {
        guard !plans.isEmpty, let clause = PrefilterClause(.any(plans)) else { return nil }
        self.init(needles: clause.needles + [Needle("\\u00", next: "234567")])
    }
}

extension Filter {
    /// Whether an invocation matches if and only if its summary or one of its records does (`isFound`): words and regular
    /// expressions, since each text that they are looked for in comes from one record.
    package var isDecidedByOneRecord: Bool { self.plan.isOfWords }

    /// What one record adds to the answer of a filter that one may decide. What each record repeats, names and numbers, is
    /// the summary's.
    package func isFound(in record: Record) -> Bool {
        switch FilterItem(record, nil).kind {
        case .call(let call): return self.plan.holds { call.satisfies($0) }
        case .log(let line): return self.plan.holds { line.satisfies($0) }
        case .other:
            let id = InvocationID(environment: record.environment, requestID: record.requestID)
            return Invocation.fold(id, from: CollectionOfOne(record)).map { self.matches($0) } ?? false
        }
    }
}

extension Filter {
    /// Whether a log line alone tells if it matches, without the invocation that wrote it.
    package var isToldByLine: Bool {
        !self.plan.contains { condition, _ in
            switch condition.field?.key {
            case nil: return !condition.isFound
            case .function, .environment: return false
            default: return condition.level != .log
            }
        }
    }
}

extension FilterCondition {
    fileprivate var isFound: Bool {
        guard case .found = self.test else { return false }
        return true
    }
}

extension FilterPlan {
    fileprivate var isOfWords: Bool {
        switch self {
        case .condition(let condition, let isNegated):
            return !isNegated && condition.field == nil && condition.isFound
        case .any(let parts): return parts.allSatisfy(\.isOfWords)
        case .all, .some, .every: return false
        }
    }
}
