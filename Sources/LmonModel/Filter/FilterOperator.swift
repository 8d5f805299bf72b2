/// How a field is compared.
enum FilterOperator: String, Hashable, Sendable {
    case equal = "="
    case notEqual = "!="
    case contains = "~"
    case notContains = "!~"
    case less = "<"
    case atMost = "<="
    case greater = ">"
    case atLeast = ">="

    /// What follows may be a regular expression.
    var isSearch: Bool { self == .contains || self == .notContains }
    var isNegative: Bool { self == .notEqual || self == .notContains }

    func holds(_ left: Double, _ right: Double) -> Bool {
        switch self {
        case .equal: left == right
        case .notEqual: left != right
        case .less: left < right
        case .atMost: left <= right
        case .greater: left > right
        case .atLeast: left >= right
        case .contains, .notContains: false
        }
    }
}
