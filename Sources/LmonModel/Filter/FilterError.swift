/// Why a text is no filter, and where.
package struct FilterError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// What could have stood there.
        case expected(String)
        case unknownField(String, suggestion: String?)
        /// The field cannot be compared so; the operators that it takes.
        case wrongOperator(String, field: String, allowed: String)
        case wrongValue(String, field: String, expected: String)
        case unterminatedString
        case noOpeningParenthesis
        /// Why it is none.
        case regularExpression(String)
        case unterminatedExpression
        case tooLong(limit: Int)
        case tooDeep(limit: Int)
    }

    package let code: Code
    /// From 1, in Unicode scalars of the text.
    package let column: Int

    init(_ code: Code, column: Int) {
        self.code = code
        self.column = column
    }

    /// What is wrong, without the place.
    package var reason: String {
        switch self.code {
        case .expected(let what): "expected \(what)"
        case .unknownField(let name, let suggestion):
            "no field \(name)" + (suggestion.map { "; did you mean \($0)?" } ?? "")
        case .wrongOperator(let name, let field, let allowed):
            "\(field) cannot be compared by \(name), only by \(allowed)"
        case .wrongValue(let value, let field, let expected): "\(field) is compared with \(expected), not \(value)"
        case .unterminatedString: "the string that begins here has no end"
        case .noOpeningParenthesis: "there is no ( for this )"
        case .regularExpression(let reason): "in the regular expression: \(reason)"
        case .unterminatedExpression:
            "the /regular expression/ that begins here has no end; in quotes, \"/users\" finds the text"
        case .tooLong(let limit): "a filter has at most \(limit) characters"
        case .tooDeep(let limit): "a filter has at most \(limit) levels of not and ( )"
        }
    }

    package var description: String { "column \(self.column): \(self.reason)" }
}
