extension Filter {
    /// What a summary and facts say together; nil if they do not tell.
    package func matches(_ summary: InvocationSummary, _ facts: RowFacts) -> Bool? {
        self.plan.value({ summary.satisfies($0) ?? facts.satisfies($0) }) { level, isSome, inner in
            switch level {
            case .call:
                guard summary.calls == facts.calls.count, inner.isTold(by: RowFacts.tells) else { return nil }
                return Self.asks(facts.calls, isSome) { call in inner.holds { call.satisfies($0) } }
            case .log:
                guard inner.isTold(by: RowFacts.tells) else { return facts.logs == 0 ? !isSome : nil }
                return Self.asks(facts.logLevels, isSome) { level in
                    let line = LogLine(time: summary.time, level: level, text: "")
                    return inner.holds { line.satisfies($0) }
                }
            case .environment, .invocation, .record, .subject: return nil
            }
        }
    }

    /// The request id that every match has; nil if the filter does not name one.
    package var requestID: String? { self.plan.requestID }

    private static func asks<Item>(_ items: [Item], _ isSome: Bool, _ holds: (Item) -> Bool) -> Bool {
        isSome ? items.contains(where: holds) : items.allSatisfy(holds)
    }
}

extension FilterPlan {
    /// Whether every condition is of a kind that `tells` knows.
    func isTold(by tells: (FilterCondition) -> Bool) -> Bool {
        !self.contains { condition, _ in !tells(condition) }
    }

    fileprivate var requestID: String? {
        switch self {
        case .condition(let condition, isNegated: false):
            guard condition.field?.key == .requestID, case .compares(.equal, .text(let pattern)) = condition.test else {
                return nil
            }
            return String(decoding: pattern.bytes, as: UTF8.self)
        case .all(let parts): return parts.lazy.compactMap(\.requestID).first
        case .condition, .any, .some, .every: return nil
        }
    }
}

extension RowFacts {
    /// Conditions on calls and log lines that need no more than what facts hold of them.
    static func tells(_ condition: FilterCondition) -> Bool {
        switch condition.field?.key {
        case nil, .message, .body, .requestBody, .responseBody, .header, .requestHeader, .responseHeader, .type: false
        default: true
        }
    }

    /// Nil where only the detail tells.
    func satisfies(_ condition: FilterCondition) -> Bool? {
        switch condition.field?.key {
        case .memory: condition.holds(self.memoryUsed)
        case .memoryLimit: condition.holds(self.memoryLimit)
        case .billed: condition.holds(self.billedDuration)
        case .logCount: condition.holds(self.logs)
        case .errorType: condition.holds(self.errorType)
        case .version: condition.holds(self.version)
        default: nil
        }
    }
}
