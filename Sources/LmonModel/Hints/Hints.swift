import LmonRecord

extension Hint {
    /// What could be better in `invocation`, the most valuable first.
    ///
    /// Pure; `predecessors` are the invocations before it in its environment, oldest first. Only what was observed
    /// counts: where a call's end, connection or answer is not known, there is no hint.
    package static func hints(for invocation: Invocation, after predecessors: [Invocation] = []) -> [Hint] {
        var hints: [Hint] = []
        if let hint = self.unanswered(invocation) { hints.append(hint) }
        hints.append(contentsOf: self.causes(invocation))
        if let hint = self.notAwaited(invocation) { hints.append(hint) }
        hints.append(contentsOf: self.retryStorms(invocation))
        // One call instead of many saves more than many at a time.
        let repeated = self.repeatedURLs(invocation) + self.repeatedOperations(invocation)
        hints.append(contentsOf: repeated)
        // What need not be called again and again need not overlap either.
        let named = Set(repeated.flatMap(\.calls))
        hints.append(contentsOf: self.sequentialCalls(invocation).filter { !named.isSuperset(of: $0.calls) })
        hints.append(contentsOf: self.newConnections(invocation, after: predecessors))
        if let hint = self.memory(invocation) { hints.append(hint) }
        return hints
    }

    private static func notAwaited(_ invocation: Invocation) -> Hint? {
        let late = invocation.calls.filter { $0.isLate && $0.outcome != .unread }
        return late.isEmpty ? nil : Hint(.notAwaited(count: late.count), calls: late.map(\.id))
    }

    /// Four or more attempts at the same thing, all but the last in vain.
    private static func retryStorms(_ invocation: Invocation) -> [Hint] {
        self.groups(invocation.calls) { "\($0.method ?? "") \($0.url?.text ?? $0.id)" }.compactMap { calls in
            let attempts = max(calls.count, calls.compactMap(\.attempt).max() ?? 1)
            guard attempts >= 4, calls.dropLast().allSatisfy({ $0.isFailed || $0.status == 429 }) else { return nil }
            guard let first = calls.first, first.isFailed || first.status == 429, let url = first.url else {
                return nil
            }
            return Hint(.retryStorm(attempts: attempts, host: String(url.host)), calls: calls.map(\.id))
        }
    }

    /// A warm invocation that opens connections to a host that the one before, a moment ago, had talked to.
    private static func newConnections(_ invocation: Invocation, after predecessors: [Invocation]) -> [Hint] {
        guard invocation.isCold != true, let last = predecessors.last, let end = last.end,
            invocation.time.milliseconds(since: end) < 60_000
        else { return [] }
        let known = Set(last.calls.filter { $0.connection != nil }.compactMap { $0.url?.origin })
        let opened = invocation.calls.filter { call in
            call.connection?.isReused == false && call.url.map { known.contains($0.origin) } == true
        }
        return self.groups(opened) { $0.url?.origin ?? "" }.compactMap { calls in
            guard let url = calls.first?.url else { return nil }
            let kind = Kind.newConnections(count: calls.count, tls: url.isSecure, host: String(url.host))
            return Hint(kind, calls: calls.map(\.id))
        }
    }

    private static func memory(_ invocation: Invocation) -> Hint? {
        guard let used = invocation.memoryUsed, let limit = invocation.memoryLimit, limit > 0 else { return nil }
        if used * 10 >= limit * 9 { return Hint(.memoryNearLimit(used: used, limit: limit)) }
        // Below a gigabyte, memory is paid for its share of the processor.
        if limit >= 1024, used * 5 <= limit { return Hint(.memoryFarBelowLimit(used: used, limit: limit)) }
        return nil
    }

    /// Calls by key, in the order of their first ones.
    static func groups(_ calls: [Call], by key: (Call) -> String) -> [[Call]] {
        var order: [String] = []
        var groups: [String: [Call]] = [:]
        for call in calls {
            let name = key(call)
            if groups[name] == nil { order.append(name) }
            groups[name, default: []].append(call)
        }
        return order.compactMap { groups[$0] }
    }
}

extension Call {
    /// It was answered, and well.
    var isAnswered: Bool { !self.isFailed && (200..<400).contains(self.status ?? 0) }
}

extension URLText {
    /// Scheme, host and port: what a connection leads to.
    var origin: String { "\(self.isSecure ? "https" : "http")://\(self.host)" }
}
