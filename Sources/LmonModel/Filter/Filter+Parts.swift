extension Filter {
    /// What it asks of the function and the environment alone; nil if nothing. A record that this leaves out belongs to
    /// nothing that the filter selects, so it need not be sent at all.
    package var environmentPart: Filter? {
        let parts = self.expression.conjuncts.filter(\.asksOfEnvironment)
        guard let first = parts.first else { return nil }
        return Filter(parts.dropFirst().reduce(first) { .and($0, $1) })
    }

    /// The name of the first field that no record tells by itself: `cold`, `billed`, `calls`. Nil if a record alone can be
    /// put to the filter.
    package var wholeInvocationField: String? { self.expression.wholeInvocationField }
}

extension FilterExpression {
    /// What must all hold.
    var conjuncts: [FilterExpression] {
        guard case .and(let left, let right) = self else { return [self] }
        return left.conjuncts + right.conjuncts
    }

    fileprivate var asksOfEnvironment: Bool {
        switch self {
        case .word, .regex: false
        case .flag(let field), .comparison(let field, _, _): field.level == .environment
        case .not(let inner): inner.asksOfEnvironment
        case .and(let left, let right), .or(let left, let right): left.asksOfEnvironment && right.asksOfEnvironment
        }
    }

    fileprivate var wholeInvocationField: String? {
        switch self {
        case .word, .regex: nil
        case .flag(let field), .comparison(let field, _, _):
            field.level == .invocation && field.key != .requestID ? field.name : nil
        case .not(let inner): inner.wholeInvocationField
        case .and(let left, let right), .or(let left, let right):
            left.wholeInvocationField ?? right.wholeInvocationField
        }
    }
}
