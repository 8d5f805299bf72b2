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
