/// What the word under the cursor of a filter may become: names of fields, how one is compared, and with what.
///
/// Pure: it looks at the text left of the cursor, which need not be a filter yet.
package struct FilterCompletion: Hashable, Sendable {
    package struct Candidate: Hashable, Sendable {
        /// What takes the place of `range`, quoted if it must be.
        package let text: String
        /// As it stands in a list: without what all of them begin with.
        package let label: String
        /// What it is, in a few words; empty where it says it itself.
        package let help: String

        init(_ text: String, label: String? = nil, help: String = "") {
            self.text = text
            self.label = label ?? text
            self.help = help
        }
    }

    package let candidates: [Candidate]
    /// Characters of the text.
    package let range: Range<Int>
    /// Whether something of it was typed, or only one of a few things can follow; else any condition may begin here.
    package let isBegun: Bool

    package init(_ text: String, cursor: Int, seen: FilterVocabulary = FilterVocabulary()) {
        let place = FilterPlace(text, cursor: cursor)
        self.range = place.range
        switch place.kind {
        case .nothing:
            self.candidates = []
            self.isBegun = false
        case .word(let typed, let isBehind):
            self.candidates = Self.words(typed, isBehind)
            self.isBegun = !typed.isEmpty
        case .value(let field, let comparison, let typed):
            self.candidates = Self.values(of: field, comparison, typed, seen)
            self.isBegun = true
        }
    }

    // MARK: Words

    private static func words(_ typed: String, _ isBehind: Bool) -> [Candidate] {
        let isNegated = typed.hasSuffix("!")
        let name = isNegated ? String(typed.dropLast()) : typed
        var candidates: [Candidate] = []
        if let field = FilterField(name) {
            candidates = field.kind.operators.filter { !isNegated || $0.isNegative }
                .map { Candidate(name + $0.rawValue, label: $0.rawValue, help: $0.help) }
        }
        guard !isNegated else { return candidates }
        let known = FilterField.listed.map { Candidate($0.name, help: $0.help) }
        let joining = ["and", "or"].filter { _ in isBehind } + ["not"]
        // An empty place is for a condition, unless there is one to go on from.
        let all =
            typed.isEmpty && !isBehind ? known + joining.map { Candidate($0) } : joining.map { Candidate($0) } + known
        let lower = typed.lowercased()
        return candidates + all.filter { $0.text != typed && $0.text.lowercased().hasPrefix(lower) }
    }

    // MARK: Values

    private static func values(
        of field: FilterField,
        _ comparison: FilterOperator,
        _ typed: String,
        _ seen: FilterVocabulary
    ) -> [Candidate] {
        let all = seen.values(of: field, comparison)
        let lower = typed.lowercased()
        // The middle of a host is what one remembers of it.
        let starting = all.filter { $0.lowercased().hasPrefix(lower) }
        let holding =
            field.key == .host || field.key == .function
            ? all.filter { $0.lowercased().contains(lower) && !starting.contains($0) } : []
        return (starting + holding).filter { $0 != typed }
            .map { Candidate(FilterExpression.written($0, behind: comparison), label: $0) }
    }
}

extension FilterOperator {
    fileprivate var help: String {
        switch self {
        case .equal: "is"
        case .notEqual: "is not"
        case .contains: "contains"
        case .notContains: "does not contain"
        case .less: "less than"
        case .atMost: "at most"
        case .greater: "more than"
        case .atLeast: "at least"
        }
    }
}

extension FilterField {
    /// What it is a part of: `of a call`, `of the call, or whatever is listed`.
    fileprivate static func help(_ level: FilterLevel) -> String {
        switch level {
        case .environment: "of the environment"
        case .invocation: "of an invocation"
        case .call: "of a call"
        case .log: "of a log line"
        case .record: "of a record"
        case .subject: "of what is listed"
        }
    }

    /// Names to choose from, each once, what is asked for most first.
    fileprivate static let listed: [(name: String, help: String)] = {
        let first = ["status", "host", "function", "duration", "error", "cold", "path", "method", "level"]
        let names = Self.names
        let order = first + names.map(\.name).filter { !first.contains($0) }
        let helps = Dictionary(names.map { ($0.name, Self.help($0.level)) }, uniquingKeysWith: { first, _ in first })
        return order.map { ($0, helps[$0] ?? "") } + Self.headerPrefixes.map { ($0, "NAME of a call") }
    }()
}
