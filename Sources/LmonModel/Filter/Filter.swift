package import LmonRecord

/// Which invocations, calls, log lines or records are to be shown: `host~stripe and status>=500`.
///
/// Compiled once. Words match anywhere in the subject; fields are on levels (`FilterLevel`), and the conditions on calls,
/// on log lines or on records are put to one of them together. Two filters are equal if they ask the same questions.
package struct Filter: Hashable, Sendable, CustomStringConvertible {
    let expression: FilterExpression
    let plan: FilterPlan

    /// - Throws: what is wrong, and at which column.
    package init(_ text: String) throws(FilterError) {
        self.init(try FilterParser.parse(text))
    }

    /// What both select; their conditions on calls, or on log lines, are put to one item together.
    package func and(_ other: Filter) -> Filter { Filter(.and(self.expression, other.expression)) }

    init(_ expression: FilterExpression) {
        self.expression = expression
        self.plan = FilterPlan(expression)
    }

    package static func == (left: Filter, right: Filter) -> Bool { left.plan == right.plan }
    package func hash(into hasher: inout Hasher) { hasher.combine(self.plan) }

    /// A text that gives an equal filter.
    package var description: String { self.expression.description }

    /// Whether an invocation that matches may cease to match as more of it is known. If not, a match is final.
    package var mayTurnFalse: Bool {
        self.plan.contains { condition, isNegated in
            condition.mayTurnFalse || (isNegated && !condition.isKnownAtOnce)
        }
    }

    /// How many texts its regular expressions gave up on, in all filters made from the same text: they would have taken
    /// too long, and count as not matching.
    package var givenUp: Int { self.plan.regexes.reduce(0) { $0 + $1.givenUp } }

    /// Whether it asks for records by their type.
    package var selectsRecords: Bool {
        self.plan.contains { condition, _ in condition.level == .record }
    }
}

// MARK: Subjects

extension Filter {
    package func matches(_ invocation: Invocation) -> Bool { self.matches(invocation, newest: invocation) }

    /// The same, looking for words, calls and log lines only among those of `newest`.
    func matches(_ invocation: Invocation, newest: Invocation) -> Bool {
        let value = self.plan.value({ condition in
            if case .found(let pattern) = condition.test {
                return pattern.isFound(in: InvocationSummary(newest)) || pattern.isFound(inDetailOf: newest)
            }
            return invocation.satisfies(condition)
        }) { level, isSome, inner in
            switch level {
            case .call: Self.asks(newest.calls, isSome) { call in inner.holds { call.satisfies($0) } }
            case .log: Self.asks(newest.logs, isSome) { log in inner.holds { log.satisfies($0) } }
            case .record: Self.asks(invocation.recordTypes, isSome) { type in inner.holds { $0.holds(type) } }
            case .environment, .invocation, .subject: false
            }
        }
        return value ?? false
    }

    /// Nil if a summary does not tell.
    package func matches(_ summary: InvocationSummary) -> Bool? {
        self.plan.value({ summary.satisfies($0) }) { level, isSome, _ in
            level == .call && summary.calls == 0 ? !isSome : nil
        }
    }

    /// A row of the list that is no invocation. `detail`: what opens under it.
    package func matches(_ event: LifecycleEvent, detail: Invocation? = nil) -> Bool {
        let value = self.plan.value({ event.satisfies($0) }) { level, isSome, inner in
            switch level {
            case .call: Self.asks(detail?.calls ?? [], isSome) { call in inner.holds { call.satisfies($0) } }
            case .log: Self.asks(detail?.logs ?? [], isSome) { log in inner.holds { log.satisfies($0) } }
            case .environment, .invocation, .record, .subject: !isSome
            }
        }
        return value ?? false
    }

    /// A call, with the invocation that made it as far as it is known.
    package func matches(_ call: Call, function: String, in invocation: Invocation?) -> Bool {
        self.matches(FilterItem(.call(call), function: function, environment: call.invocation.environment), invocation)
    }

    package func matches(_ line: LogLine, id: InvocationID, function: String, in invocation: Invocation?) -> Bool {
        self.matches(FilterItem(.log(line), function: function, environment: id.environment), invocation)
    }

    /// One record, with the invocation that it belongs to as the fold knows it.
    package func matches(_ record: Record, in invocation: Invocation?) -> Bool {
        self.matches(FilterItem(record, invocation), invocation)
    }

    private func matches(_ item: FilterItem, _ invocation: Invocation?) -> Bool {
        let value = self.plan.value({ item.satisfies($0, invocation) }) { level, isSome, inner in
            switch (level, item.kind) {
            case (.call, .call(let call)): inner.holds { call.satisfies($0) }
            case (.log, .log(let line)): inner.holds { line.satisfies($0) }
            case (.call, _):
                Self.asks(invocation?.calls ?? [], isSome) { call in inner.holds { call.satisfies($0) } }
            case (.log, _): Self.asks(invocation?.logs ?? [], isSome) { log in inner.holds { log.satisfies($0) } }
            case (.record, _): Self.asks(item.types, isSome) { type in inner.holds { $0.holds(type) } }
            case (.environment, _), (.invocation, _), (.subject, _): false
            }
        }
        return value ?? false
    }

    private static func asks<Item>(_ items: [Item], _ isSome: Bool, _ holds: (Item) -> Bool) -> Bool {
        isSome ? items.contains(where: holds) : items.allSatisfy(holds)
    }
}
