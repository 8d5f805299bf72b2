/// What a field holds, which says how it is compared and with what.
enum FilterKind: Hashable, Sendable {
    case flag, text, number, status, duration, size, memory, level

    var operators: [FilterOperator] {
        switch self {
        case .flag: []
        case .text: [.equal, .notEqual, .contains, .notContains]
        case .number, .status, .duration, .size, .memory, .level:
            [.equal, .notEqual, .less, .atMost, .greater, .atLeast]
        }
    }

    var expected: String {
        switch self {
        case .flag, .text: "a text"
        case .number: "a number"
        case .status: "a status such as 404 or 4xx"
        case .duration: "a duration such as 250ms or 1.5s"
        case .size: "a size such as 512B, 1.5kB or 2MB"
        case .memory: "an amount of memory such as 128MB"
        case .level: "trace, debug, info, warn, error or fatal"
        }
    }

    func meaning(of text: String, _ comparison: FilterOperator) -> FilterValue.Meaning? {
        switch self {
        case .flag: nil
        case .text: .text(TextPattern(text))
        case .number: Self.number(text, [:]).map { .number($0) }
        case .status: Self.statusClass(text, comparison) ?? Self.number(text, [:]).map { .number($0) }
        case .duration: Self.number(text, Self.milliseconds).map { .number($0) }
        case .size: Self.number(text, Self.bytes).map { .number($0) }
        case .memory: Self.number(text, Self.megabytes).map { .number($0) }
        case .level: LogLevel(text.lowercased()).map { .number(Double($0.rawValue)) }
        }
    }

    // MARK: Units

    /// A bare number is in milliseconds, bytes, MB.
    private static let milliseconds: [String: Double] = [
        "us": 0.001, "µs": 0.001, "μs": 0.001, "ms": 1, "s": 1000, "m": 60_000, "min": 60_000, "h": 3_600_000,
    ]
    private static let bytes: [String: Double] = [
        "b": 1, "k": 1e3, "kb": 1e3, "m": 1e6, "mb": 1e6, "g": 1e9, "gb": 1e9, "kib": 1024, "mib": 1_048_576,
        "gib": 1_073_741_824,
    ]
    private static let megabytes: [String: Double] = [
        "m": 1, "mb": 1, "mib": 1, "g": 1024, "gb": 1024, "gib": 1024,
    ]

    private static func number(_ text: String, _ units: [String: Double]) -> Double? {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = text.dropFirst(digits.count).lowercased()
        guard digits.first?.isNumber ?? false, let value = Double(digits), value.isFinite else { return nil }
        if unit.isEmpty { return value }
        return units[unit].map { value * $0 }
    }

    /// `5xx`
    private static func statusClass(_ text: String, _ comparison: FilterOperator) -> FilterValue.Meaning? {
        guard text.count == 3, text.lowercased().hasSuffix("xx"), let digit = text.first?.wholeNumberValue,
            (1...9).contains(digit), comparison == .equal || comparison == .notEqual
        else { return nil }
        return .range(Double(digit * 100)...Double(digit * 100 + 99))
    }
}
