/// One condition. What is not known satisfies no comparison, not even `!=`: it may still come.
struct FilterCondition: Hashable, Sendable {
    enum Test: Hashable, Sendable {
        /// Anywhere.
        case found(TextPattern)
        case holds
        case compares(FilterOperator, FilterValue.Meaning)
    }

    /// Nil for words.
    let field: FilterField?
    let test: Test

    var level: FilterLevel { self.field?.level ?? .subject }

    /// What is looked for in texts.
    var pattern: TextPattern? {
        switch self.test {
        case .found(let pattern), .compares(_, .text(let pattern)): pattern
        case .holds, .compares: nil
        }
    }

    func holds(_ flag: Bool) -> Bool { self.test == .holds && flag }

    func holds(_ number: Double?) -> Bool {
        guard let number, case .compares(let comparison, let meaning) = self.test else { return false }
        switch meaning {
        case .number(let wanted): return comparison.holds(number, wanted)
        case .range(let range): return range.contains(number) != comparison.isNegative
        case .text: return false
        }
    }

    func holds(_ number: Int?) -> Bool { self.holds(number.map { Double($0) }) }

    /// Of several texts one must hold; under `!=` and `!~` each, and there must be one.
    func holds(_ texts: [String?]) -> Bool {
        guard case .compares(let comparison, .text(let pattern)) = self.test else { return false }
        let known = texts.compactMap { $0 }
        let isAll = comparison == .equal || comparison == .notEqual
        let isFound = known.contains { isAll ? pattern.isAll(of: $0) : pattern.isFound(in: $0) }
        return comparison.isNegative ? !known.isEmpty && !isFound : isFound
    }

    func holds(_ text: String?) -> Bool { self.holds([text]) }

    /// Whether a yes may become a no as more is known of the same thing: counts grow, what is in flight ends.
    var mayTurnFalse: Bool {
        switch self.field?.key {
        case .callCount, .logCount:
            guard case .compares(let comparison, _) = self.test else { return true }
            return comparison != .greater && comparison != .atLeast
        default: return false
        }
    }

    /// Whether it is known with the first record.
    var isKnownAtOnce: Bool {
        switch self.field?.key {
        case .function, .environment, .requestID, .type: true
        default: false
        }
    }
}
