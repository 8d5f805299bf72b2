/// Reads a filter: `not` binds tightest, then `and` (or nothing between two conditions), then `or`.
struct FilterParser {
    /// Levels of `not` and parentheses; what is deeper is refused.
    static let depth = 64

    private var lexer: FilterLexer
    private var token = FilterLexer.Token.end
    private var column = 1
    private var level = 0

    static func parse(_ text: String) throws(FilterError) -> FilterExpression {
        var parser = FilterParser(lexer: try FilterLexer(text))
        try parser.advance()
        let expression = try parser.alternatives()
        guard parser.token == .end else {
            throw FilterError(.noOpeningParenthesis, column: parser.column)
        }
        return expression
    }

    private init(lexer: FilterLexer) {
        self.lexer = lexer
    }

    private mutating func advance() throws(FilterError) {
        self.column = self.lexer.column
        self.token = try self.lexer.next()
    }

    // MARK: Rules

    private mutating func alternatives() throws(FilterError) -> FilterExpression {
        var expression = try self.conjunction()
        while self.token == .or {
            try self.advance()
            expression = .or(expression, try self.conjunction())
        }
        return expression
    }

    private mutating func conjunction() throws(FilterError) -> FilterExpression {
        var expression = try self.operand()
        while true {
            switch self.token {
            case .and: try self.advance()
            case .or, .close, .end: return expression
            case .open, .not, .word, .string, .regex, .comparison: break
            }
            expression = .and(expression, try self.operand())
        }
    }

    private mutating func operand() throws(FilterError) -> FilterExpression {
        switch self.token {
        case .not:
            return .not(
                try self.nested { parser throws(FilterError) in
                    try parser.advance()
                    return try parser.operand()
                }
            )
        case .open: return try self.nested { parser throws(FilterError) in try parser.parenthesised() }
        case .string(let text):
            try self.advance()
            if case .comparison = self.token { throw self.fieldExpected }
            return .word(text)
        case .regex(let regex):
            try self.advance()
            return .regex(regex)
        case .word(let text): return try self.condition(text)
        case .comparison: throw self.fieldExpected
        case .and, .or, .close, .end: throw FilterError(.expected("a condition"), column: self.column)
        }
    }

    private var fieldExpected: FilterError {
        FilterError(
            .expected("the name of a field before the comparison; text that holds = ~ < > is quoted"),
            column: self.column
        )
    }

    private mutating func nested(
        _ body: (inout FilterParser) throws(FilterError) -> FilterExpression
    ) throws(FilterError) -> FilterExpression {
        self.level += 1
        defer { self.level -= 1 }
        guard self.level <= Self.depth else { throw FilterError(.tooDeep(limit: Self.depth), column: self.column) }
        return try body(&self)
    }

    private mutating func parenthesised() throws(FilterError) -> FilterExpression {
        try self.advance()
        let expression = try self.alternatives()
        guard self.token == .close else { throw FilterError(.expected(") here"), column: self.column) }
        try self.advance()
        return expression
    }

    /// A word, a flag, or a field with what it is compared with.
    private mutating func condition(_ word: String) throws(FilterError) -> FilterExpression {
        let start = self.column
        if word.hasPrefix("!") { throw FilterError(.expected("not, where ! stands"), column: start) }
        try self.advance()
        guard case .comparison(let comparison) = self.token else {
            return FilterField.flag(word).map { .flag($0) } ?? .word(word)
        }
        guard FilterField.isName(word) else { throw self.fieldExpected }
        guard let field = FilterField(word) else {
            throw FilterError(.unknownField(word, suggestion: FilterField.suggestion(for: word)), column: start)
        }
        guard field.kind.operators.contains(comparison) else {
            let allowed = field.kind.operators.map(\.rawValue).joined(separator: " ")
            let code: FilterError.Code =
                field.kind == .flag
                ? .expected("\(field.name) alone, without a comparison")
                : .wrongOperator(comparison.rawValue, field: field.name, allowed: allowed)
            throw FilterError(code, column: self.column)
        }
        let valueColumn = self.lexer.column
        if comparison.isSearch, let regex = try self.lexer.regex() {
            try self.advance()
            let value = FilterValue(text: regex.pattern, meaning: .text(TextPattern(regex)))
            return .comparison(field, comparison, value)
        }
        guard let text = try self.lexer.value() else {
            throw FilterError(.expected(field.kind.expected), column: valueColumn)
        }
        guard let meaning = field.kind.meaning(of: text, comparison) else {
            let code = FilterError.Code.wrongValue(text, field: field.name, expected: field.kind.expected)
            throw FilterError(code, column: valueColumn)
        }
        try self.advance()
        return .comparison(field, comparison, FilterValue(text: text, meaning: meaning))
    }
}
