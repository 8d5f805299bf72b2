extension Filter {
    /// Nil if any line might tell of a match.
    package var prefilter: Prefilter? {
        guard let clause = PrefilterClause(self.plan) else { return nil }
        // A letter, digit or sign may also be written as an escape, even if no writer in use does that.
        return Prefilter(needles: clause.needles + [Prefilter.Needle("\\u00", next: "234567")])
    }
}

/// Needles of which one must be found for a part of a filter to hold.
struct PrefilterClause {
    let needles: [Prefilter.Needle]
    /// How few lines it will hit: the shortest needle counts.
    private let weight: Int

    private init(_ needles: [Prefilter.Needle], weight: Int) {
        self.needles = needles
        self.weight = weight
    }

    private init(_ needles: [Prefilter.Needle]) {
        self.init(needles, weight: needles.map(\.bytes.count).min() ?? 0)
    }

    init?(_ plan: FilterPlan) {
        switch plan {
        case .condition(_, isNegated: true), .every: return nil
        case .condition(let condition, isNegated: false): self.init(condition)
        case .some(_, let inner): self.init(inner)
        case .all(let parts):
            let clauses = parts.compactMap { PrefilterClause($0) }
            guard let best = clauses.max(by: { $0.weight < $1.weight }) else { return nil }
            self = best
        case .any(let parts):
            let clauses = parts.compactMap { PrefilterClause($0) }
            guard clauses.count == parts.count else { return nil }
            self.init(clauses.flatMap(\.needles), weight: clauses.map(\.weight).min() ?? 0)
        }
    }

    private init?(_ condition: FilterCondition) {
        switch (condition.field?.key, condition.test) {
        case (nil, .found(let pattern)): self.init(word: pattern)
        case (.timeout, .holds):
            // Lambda's status, a call's phase, and all the codes that mean it.
            self.init([.init("timeout", ignoresCase: true), .init("timedout", ignoresCase: true)])
        case (.status, .compares(let comparison, let meaning)): self.init(status: comparison, meaning)
        case (let key?, .compares(let comparison, .text(let pattern))) where !comparison.isNegative:
            self.init(pattern, of: key, isAll: comparison == .equal)
        default: return nil
        }
    }

    // MARK: Text

    private init?(_ pattern: TextPattern, of key: FilterField.Key, isAll: Bool) {
        switch key {
        case .function, .requestID, .errorType, .errorMessage, .event, .result, .version, .method, .host, .path, .query,
            .url, .client, .service, .operation, .body, .requestBody, .responseBody, .code, .phase, .header,
            .requestHeader, .responseHeader, .message:
            self.init(pattern)
        case .environment:
            // Its label is two characters in lower case, made from the end of its name.
            guard let clause = Self(pattern), clause.weight > 2 else { return nil }
            self = clause
        case .outcome:
            // Words for what was not said in so many words are lmon's own.
            let isTold = ["timeout", "failure", "aborted", "unread"].contains { pattern.isAll(of: $0) }
            guard isAll, isTold else { return nil }
            self.init(pattern)
        case .type:
            // An invocation says which records it was made from by what is known of it.
            guard !Invocation.toldTypes.contains(where: { pattern.isFound(in: $0) }) else { return nil }
            self.init(pattern)
        default: return nil
        }
    }

    private init?(_ pattern: TextPattern) {
        guard let run = pattern.required?.plainRun, run.count > 1 else { return nil }
        let needle = Prefilter.Needle(run, ignoresCase: pattern.ignoresCase)
        // Some writers escape slashes: such lines are looked at.
        self.init(run.contains(0x2F) ? [needle, .init("\\/")] : [needle], weight: run.count)
    }

    private init?(word pattern: TextPattern) {
        guard let text = pattern.required?.trimmed, !text.mayBeInNote, let clause = Self(text) else { return nil }
        // A log line's level has other names too.
        let levels = LogLevel.spellings.filter { pattern.isFound(in: $0.level.description) }
        self.init(clause.needles + levels.map { .init($0.name, ignoresCase: true) })
    }

    // MARK: Statuses

    /// `"status":404`, or what it may begin with, with white space or without.
    private init?(status comparison: FilterOperator, _ meaning: FilterValue.Meaning) {
        let key = "\"status\""
        let spaced: [Prefilter.Needle] = [.init(key, next: " \t\r"), .init(key + ":", next: " \t\r")]
        if case .number(let wanted) = meaning, comparison == .equal {
            guard let status = Int(exactly: wanted), (100...999).contains(status) else { return nil }
            self.init([.init("\(key):\(status)")] + spaced, weight: 8)
            return
        }
        let condition = FilterCondition(field: nil, test: .compares(comparison, meaning))
        let digits = (1...9).filter { digit in (0..<100).contains { condition.holds(digit * 100 + $0) } }
        self.init([.init(key + ":", next: digits.map(String.init).joined() + " \t\r"), spaced[0]], weight: 6)
    }
}

extension TextPattern {
    /// Text that is found wherever this is; nil if there is none.
    var required: TextPattern? { self.regex.map { $0.required } ?? self }

    /// Without the blanks at its end.
    var trimmed: TextPattern {
        let end = (self.bytes.lastIndex { $0 != 0x20 } ?? -1) + 1
        return TextPattern(bytes: Array(self.bytes[..<end]), ignoresCase: self.ignoresCase)
    }

    /// Its longest part that stands in a line of JSON as it is, apart from `\u` and `\/`: no writer escapes these
    /// characters otherwise.
    var plainRun: [UInt8]? {
        self.bytes.split { $0 < 0x20 || $0 >= 0x7F || $0 == 0x22 || $0 == 0x5C }
            .max { $0.count < $1.count }.map(Array.init)
    }

    /// Whether it may be found in the words of `Invocation.note` that stand in no record: `cold 327ms`, `late call`.
    var mayBeInNote: Bool {
        let texts = ["error", "handler error", "error after retry", "ok after retry", "late call", "end not observed"]
        if texts.contains(where: { self.isFound(in: $0) }) || self.isFound(in: "cold ") { return true }
        return self.mayRunInto(" after retry") || self.mayBeInColdNote
    }

    /// Whether it may end within `text`, when something else stands before that.
    private func mayRunInto(_ text: String) -> Bool {
        let lower = self.bytes.map { (65...90).contains($0) ? $0 | 0x20 : $0 }
        let text = Array(text.utf8)
        return text.indices.contains { lower.reversed().starts(with: text[...$0].reversed()) }
    }

    /// A duration is made of these, and has no more than three digits in a row (of days, fewer than a thousand are
    /// thought of).
    private var mayBeInColdNote: Bool {
        let cold = Array("cold ".utf8)
        let starts = [0] + cold.indices.filter { self.bytes.starts(with: cold[$0...]) }.map { cold.count - $0 }
        return starts.contains { start in
            let rest = self.bytes.dropFirst(start)
            let isDuration = rest.allSatisfy { "0123456789.<msh d-".utf8.contains($0) }
            return isDuration && rest.split(whereSeparator: { !(48...57).contains($0) }).allSatisfy { $0.count < 4 }
        }
    }
}

extension LogLevel {
    /// How a level may be spelt in a record, in lower case.
    static let spellings: [(name: String, level: LogLevel)] = [
        ("trace", .trace), ("debug", .debug), ("info", .info), ("warn", .warn), ("error", .error), ("fatal", .fatal),
        ("critical", .fatal),
    ]
}
