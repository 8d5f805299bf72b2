/// A filter as it was written.
indirect enum FilterExpression: Hashable, Sendable {
    /// Found anywhere.
    case word(String)
    case regex(TextRegex)
    case flag(FilterField)
    case comparison(FilterField, FilterOperator, FilterValue)
    case not(FilterExpression)
    case and(FilterExpression, FilterExpression)
    case or(FilterExpression, FilterExpression)
}

/// What a field is compared with, as it was written and as it is meant.
struct FilterValue: Hashable, Sendable {
    enum Meaning: Hashable, Sendable {
        case text(TextPattern)
        /// Milliseconds, bytes, MB or the bare number: as the field counts.
        case number(Double)
        /// 400 up to 499 for `4xx`.
        case range(ClosedRange<Double>)
    }

    let text: String
    let meaning: Meaning
}

extension FilterExpression: CustomStringConvertible {
    /// Read again, this is the same filter.
    var description: String {
        switch self {
        case .word(let text): Self.word(text)
        case .regex(let regex): regex.description
        case .flag(let field): field.name
        case .comparison(let field, let comparison, let value):
            field.name + comparison.rawValue + Self.value(value, behind: comparison)
        case .not(let inner): "not " + inner.enclosed(inOr: true, inAnd: true)
        case .and(let left, let right): left.enclosed(inOr: true) + " and " + right.enclosed(inOr: true, inSame: true)
        case .or(let left, let right): "\(left) or " + right.enclosed(inOr: false, inSame: true)
        }
    }

    /// In parentheses where its parts would fall apart otherwise.
    private func enclosed(inOr: Bool, inAnd: Bool = false, inSame: Bool = false) -> String {
        let isLoose =
            switch self {
            case .or: inOr || inSame
            case .and: inAnd || (inOr && inSame)
            default: false
            }
        return isLoose ? "(\(self))" : self.description
    }

    private static func word(_ text: String) -> String {
        self.quoted(text) { text in
            guard let first = text.unicodeScalars.first, self.isValue(text), first != "/", first != "!" else {
                return false
            }
            let isKeyword = ["and", "or", "not"].contains(text.lowercased())
            return !isKeyword && FilterField.flag(text) == nil
                && !text.unicodeScalars.contains { "=~<>!\"'".unicodeScalars.contains($0) }
        }
    }

    private static func value(_ value: FilterValue, behind comparison: FilterOperator) -> String {
        if case .text(let pattern) = value.meaning, let regex = pattern.regex { return regex.description }
        return self.written(value.text, behind: comparison)
    }

    /// A text to compare with, in quotes where it needs them.
    static func written(_ text: String, behind comparison: FilterOperator) -> String {
        // It could be taken for a regular expression.
        self.quoted(text) { self.isValue($0) && !(comparison.isSearch && $0.hasPrefix("/")) }
    }

    private static func isValue(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, first != "\"", first != "'" else { return false }
        return !text.unicodeScalars.contains { $0.properties.isWhitespace || $0 == "(" || $0 == ")" }
    }

    private static func quoted(_ text: String, unless isPlain: (String) -> Bool) -> String {
        guard !isPlain(text) else { return text }
        var result = "\"".unicodeScalars
        for scalar in text.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { result.append("\\") }
            result.append(scalar)
        }
        result.append("\"")
        return String(result)
    }
}
