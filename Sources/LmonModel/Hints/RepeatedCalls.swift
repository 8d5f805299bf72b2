import LmonRecord

extension Hint {
    /// As many of one kind are one for each of something.
    private static let many = 5

    /// The same GET again, or many of one kind that differ in a name only.
    static func repeatedURLs(_ invocation: Invocation) -> [Hint] {
        // Two URLs whose secrets were taken out look the same and need not be.
        let reads = invocation.calls.filter {
            $0.method == "GET" && $0.isAnswered && $0.url?.text.contains(CurlLine.redactionMark) == false
        }
        var hints = self.groups(reads) { $0.url?.text ?? $0.id }.compactMap { calls -> Hint? in
            guard calls.count >= 2, let url = calls.first?.url, !self.isPolling(calls) else { return nil }
            return Hint(.repeatedURL(count: calls.count, url: String(url.short)), calls: calls.map(\.id))
        }
        let families = self.groups(reads.filter { $0.url?.family != nil }) { $0.url?.family ?? $0.id }
        for calls in families where Set(calls.map(\.url)).count >= self.many {
            guard let family = calls.first?.url?.family else { continue }
            hints.append(Hint(.repeatedURL(count: calls.count, url: family), calls: calls.map(\.id)))
        }
        return hints
    }

    /// The same question until the answer changes: nothing that a cache would save.
    private static func isPolling(_ calls: [Call]) -> Bool {
        let bodies = calls.compactMap { $0.responseBody?.text }
        return Set(bodies).count > 1 || Set(calls.map(\.status)).count > 1
    }

    /// `DynamoDB GetItem`, again and again, where one call could have asked for all.
    static func repeatedOperations(_ invocation: Invocation) -> [Hint] {
        let reads = invocation.calls.filter { call in
            guard call.isAnswered, call.method != "GET", let operation = call.operation else { return false }
            return ["Get", "Query", "Head", "Describe"].contains { operation.hasPrefix($0) }
        }
        return self.groups(reads) { "\($0.service ?? "") \($0.operation ?? "")" }.compactMap { calls in
            guard calls.count >= self.many, let first = calls.first else { return nil }
            let name = [first.service, first.operation].compactMap { $0 }.joined(separator: " ")
            return Hint(.repeatedURL(count: calls.count, url: name), calls: calls.map(\.id))
        }
    }
}

extension URLText {
    /// What URLs that differ in names of things only have in common: `api.test/users/…`; nil if this one names nothing.
    package var family: String? {
        var hasName = false
        let parts = self.path.split(separator: "/", omittingEmptySubsequences: false).map { part -> Substring in
            guard Self.isName(part) else { return part }
            hasName = true
            return "…"
        }
        guard hasName || self.query.count > 1 else { return nil }
        return String(self.host) + parts.joined(separator: "/") + (self.query.count > 1 ? "?…" : "")
    }

    /// `4`, `u-77`, `9f3c2a…`: not `v1`, `users`.
    private static func isName(_ part: Substring) -> Bool {
        let utf8 = part.utf8
        guard utf8.contains(where: { (48...57).contains($0) }) else { return false }
        let isVersion = utf8.first == UInt8(ascii: "v") && utf8.count <= 4 && utf8.dropFirst().allSatisfy { $0 < 58 }
        return !isVersion
    }
}
