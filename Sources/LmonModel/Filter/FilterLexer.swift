/// A filter's text as tokens, each with its column.
struct FilterLexer {
    enum Token: Hashable {
        case open, close
        case and, or, not
        case word(String)
        case string(String)
        case regex(TextRegex)
        case comparison(FilterOperator)
        case end
    }

    /// Characters of a text; what is longer is refused.
    static let limit = 4096

    private let scalars: [Unicode.Scalar]
    private var index = 0

    init(_ text: String) throws(FilterError) {
        self.scalars = Array(text.unicodeScalars.prefix(Self.limit + 1))
        guard self.scalars.count <= Self.limit else {
            throw FilterError(.tooLong(limit: Self.limit), column: Self.limit + 1)
        }
    }

    /// Of the token that comes next.
    var column: Int {
        mutating get {
            while let scalar = self.peek(), scalar.properties.isWhitespace { self.index += 1 }
            return self.index + 1
        }
    }

    mutating func next() throws(FilterError) -> Token {
        let start = self.column
        guard let scalar = self.peek() else { return .end }
        switch scalar {
        case "(":
            self.index += 1
            return .open
        case ")":
            self.index += 1
            return .close
        case "\"", "'": return .string(try self.string(scalar, start))
        case "/":
            if let regex = try self.regex() { return .regex(regex) }
            guard let end = self.endOfRegex(start - 1) else {
                throw FilterError(.unterminatedExpression, column: start)
            }
            throw FilterError(
                .expected("i, x or a blank behind the regular expression; within it / is written \\/"),
                column: end + 2
            )
        default: break
        }
        if let found = self.comparison() { return .comparison(found) }
        let word = self.word(endsAtOperator: true)
        return Self.keywords[word] ?? .word(word)
    }

    /// What a field is compared with: up to a blank or a parenthesis, so that a URL needs no quotes. Nil if none is there.
    mutating func value() throws(FilterError) -> String? {
        let start = self.column
        guard let scalar = self.peek(), scalar != "(", scalar != ")" else { return nil }
        if scalar == "\"" || scalar == "'" { return try self.string(scalar, start) }
        return self.word(endsAtOperator: false)
    }

    /// The regular expression that begins here; nil if what begins with a slash is a text, as in `path~/users`.
    mutating func regex() throws(FilterError) -> TextRegex? {
        let start = self.column - 1
        guard self.peek() == "/", let end = self.endOfRegex(start), self.endsBehind(end) else { return nil }
        self.index = end + 1
        let flags = self.word(endsAtOperator: false)
        let text = String(String.UnicodeScalarView(self.scalars[(start + 1)..<end]))
        do throws(TextRegex.Mistake) {
            return try TextRegex(text, flags: flags)
        } catch {
            throw FilterError(.regularExpression(error.reason), column: start + 2 + error.offset)
        }
    }

    /// The next slash without a backslash, something being between.
    private func endOfRegex(_ start: Int) -> Int? {
        var index = start + 1
        while index < self.scalars.count {
            if self.scalars[index] == "/" { return index > start + 1 ? index : nil }
            index += self.scalars[index] == "\\" ? 2 : 1
        }
        return nil
    }

    /// Whether nothing but flags stands behind the closing slash.
    private func endsBehind(_ end: Int) -> Bool {
        let behind = self.scalars[(end + 1)...].drop { TextRegex.flags.contains($0) }.first
        return behind.map { $0.properties.isWhitespace || $0 == ")" } ?? true
    }

    // MARK: Parts

    private static let keywords: [String: Token] = [
        "and": .and, "AND": .and, "or": .or, "OR": .or, "not": .not, "NOT": .not,
    ]

    private func peek(_ offset: Int = 0) -> Unicode.Scalar? {
        self.index + offset < self.scalars.count ? self.scalars[self.index + offset] : nil
    }

    /// The operator that begins here, passed over.
    private mutating func comparison() -> FilterOperator? {
        guard let (found, length) = self.comparisonHere else { return nil }
        self.index += length
        return found
    }

    private var comparisonHere: (FilterOperator, Int)? {
        switch (self.peek(), self.peek(1)) {
        case ("!", "="): (.notEqual, 2)
        case ("!", "~"): (.notContains, 2)
        case ("<", "="): (.atMost, 2)
        case (">", "="): (.atLeast, 2)
        // What other languages write.
        case ("=", "="): (.equal, 2)
        case ("=", _): (.equal, 1)
        case ("~", _): (.contains, 1)
        case ("<", _): (.less, 1)
        case (">", _): (.greater, 1)
        default: nil
        }
    }

    private mutating func word(endsAtOperator: Bool) -> String {
        var word = String.UnicodeScalarView()
        while let scalar = self.peek(), !scalar.properties.isWhitespace, scalar != "(", scalar != ")" {
            if endsAtOperator, self.comparisonHere != nil || scalar == "\"" { break }
            word.append(scalar)
            self.index += 1
        }
        return String(word)
    }

    /// Up to its closing quote; a backslash takes the next character as it is.
    private mutating func string(_ quote: Unicode.Scalar, _ start: Int) throws(FilterError) -> String {
        var text = String.UnicodeScalarView()
        self.index += 1
        while let scalar = self.peek() {
            self.index += 1
            if scalar == quote { return String(text) }
            if scalar == "\\", let escaped = self.peek() {
                text.append(escaped)
                self.index += 1
            } else {
                text.append(scalar)
            }
        }
        throw FilterError(.unterminatedString, column: start)
    }
}
