/// Where in a filter the cursor stands, as far as the text left of it tells.
struct FilterPlace {
    enum Kind {
        /// In a string or a regular expression that is a condition of its own, or where nothing is known to fit.
        case nothing
        /// In a word, or where one may begin; `isBehind` another condition.
        case word(String, isBehind: Bool)
        /// In what a field is compared with; the text without its quote.
        case value(FilterField, FilterOperator, String)
    }

    private(set) var kind = Kind.nothing
    private(set) var range: Range<Int>

    private let head: [Character]
    private let text: [Character]
    private var index = 0
    /// The word before, if a comparison may follow it.
    private var name: String?
    private var isBehind = false

    init(_ text: String, cursor: Int) {
        self.text = Array(text)
        self.head = Array(self.text.prefix(max(0, cursor)))
        self.range = self.head.count..<self.head.count
        while self.step() {}
    }

    /// Passes over one token; false at the one that the cursor is in.
    private mutating func step() -> Bool {
        self.skipBlanks()
        guard self.index < self.head.count else {
            self.kind = .word("", isBehind: self.isBehind)
            return false
        }
        switch self.head[self.index] {
        case "(":
            self.index += 1
            (self.name, self.isBehind) = (nil, false)
            return true
        case ")":
            self.index += 1
            (self.name, self.isBehind) = (nil, true)
            return true
        case "\"", "'", "/": return self.skipQuoted() && self.endCondition()
        default: break
        }
        if let comparison = self.comparison() { return self.stepValue(comparison) }
        return self.stepWord()
    }

    private mutating func stepWord() -> Bool {
        let start = self.index
        while self.index < self.head.count, !self.endsWord(self.index) { self.index += 1 }
        let word = String(self.head[start..<self.index])
        guard self.index < self.head.count else {
            self.kind = .word(word, isBehind: self.isBehind)
            self.range = start..<self.index
            return false
        }
        self.name = word
        self.isBehind = !["and", "or", "not"].contains(word.lowercased())
        return true
    }

    private mutating func stepValue(_ comparison: FilterOperator) -> Bool {
        self.skipBlanks()
        let start = self.index
        let quote = start < self.head.count ? self.head[start] : nil
        if quote == "\"" || quote == "'" {
            if self.skipQuoted() { return self.endCondition() }
            self.ends(in: String(self.head[(start + 1)...].filter { $0 != "\\" }), comparison, start, quote)
            return false
        }
        if quote == "/", comparison.isSearch {
            if self.skipQuoted() { return self.endCondition() }
            // It began a path.
            self.index = start
        }
        while self.index < self.head.count, !self.isEnd(self.head[self.index]) { self.index += 1 }
        guard self.index < self.head.count else {
            self.ends(in: String(self.head[start...]), comparison, start, nil)
            return false
        }
        return self.endCondition()
    }

    /// What is behind the cursor stays, apart from the quote that closes this one.
    private mutating func ends(
        in typed: String,
        _ comparison: FilterOperator,
        _ start: Int,
        _ quote: Character?
    ) {
        guard let field = self.name.flatMap({ FilterField($0) }), field.kind.operators.contains(comparison) else {
            return
        }
        let isClosed = quote != nil && self.text.dropFirst(self.head.count).first == quote
        self.range = start..<(self.head.count + (isClosed ? 1 : 0))
        self.kind = .value(field, comparison, typed)
    }

    private mutating func endCondition() -> Bool {
        (self.name, self.isBehind) = (nil, true)
        return true
    }

    // MARK: Characters

    private mutating func skipBlanks() {
        while self.index < self.head.count, self.head[self.index].isWhitespace { self.index += 1 }
    }

    /// True if it ends before the cursor.
    private mutating func skipQuoted() -> Bool {
        let quote = self.head[self.index]
        self.index += 1
        while self.index < self.head.count {
            let character = self.head[self.index]
            self.index += character == "\\" ? 2 : 1
            guard character == quote else { continue }
            // Flags of a regular expression.
            while quote == "/", self.index < self.head.count, !self.isEnd(self.head[self.index]) { self.index += 1 }
            return true
        }
        self.index = self.head.count
        return false
    }

    private func isEnd(_ character: Character) -> Bool {
        character.isWhitespace || character == "(" || character == ")"
    }

    private func endsWord(_ index: Int) -> Bool {
        self.isEnd(self.head[index]) || self.head[index] == "\"" || self.comparison(at: index) != nil
    }

    private mutating func comparison() -> FilterOperator? {
        guard let (comparison, length) = self.comparison(at: self.index) else { return nil }
        self.index += length
        return comparison
    }

    /// The longest that stands there.
    private func comparison(at index: Int) -> (FilterOperator, Int)? {
        let two = String(self.head[index...].prefix(2))
        if two == "==" { return (.equal, 2) }
        if let comparison = FilterOperator(rawValue: two), two.count == 2 { return (comparison, 2) }
        return FilterOperator(rawValue: String(two.prefix(1))).map { ($0, 1) }
    }
}
