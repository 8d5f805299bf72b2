/// A call of one run beside the call of another run that does the same.
package struct CallComparison: Hashable, Sendable {
    package enum Pair: Hashable, Sendable {
        /// Only the first run has it.
        case gone(Call)
        /// Only the second run has it.
        case new(Call)
        case both(Call, Call)
    }

    package let pair: Pair
    /// What is not the same besides the time: `200 → 502`, `url`, `request body`.
    package let differences: [String]

    init(_ pair: Pair) {
        self.pair = pair
        if case .both(let old, let new) = pair {
            self.differences = Self.differences(old, new)
        } else {
            self.differences = []
        }
    }

    /// The one to show: of the second run, if it has it.
    package var call: Call {
        switch self.pair {
        case .gone(let call), .new(let call), .both(_, let call): call
        }
    }

    /// Milliseconds that the second took more; nil if one of them is not known.
    package var difference: Double? {
        guard case .both(let old, let new) = self.pair, let before = old.duration, let after = new.duration else {
            return nil
        }
        return after - before
    }

    private static func differences(_ old: Call, _ new: Call) -> [String] {
        var words: [String] = []
        let (before, after) = (self.outcome(old), self.outcome(new))
        if before != after { words.append("\(before) → \(after)") }
        if old.url?.text != new.url?.text { words.append("url") }
        if self.differ(old.requestBody, new.requestBody) { words.append("request body") }
        if self.differ(old.responseBody, new.responseBody) { words.append("response body") }
        return words
    }

    private static func outcome(_ call: Call) -> String {
        if call.isFailed { return call.failureWord }
        return call.status.map(String.init) ?? (call.isInFlight ? "in flight" : Format.unknown)
    }

    /// Only where both were kept: what was not observed is no difference.
    private static func differ(_ old: Body?, _ new: Body?) -> Bool {
        guard let old = old?.content, let new = new?.content else { return false }
        return old != new
    }
}

extension CallComparison {
    /// The calls of two runs beside each other, in the second run's order; what is gone stands behind what preceded it.
    ///
    /// Calls stand for each other if they ask for the same, else if their method and the shape of their URL are the same,
    /// each time the first of the one for the first of the other. Their order says nothing: calls that run at the same
    /// time have none.
    static func all(_ old: [Call], _ new: [Call]) -> [CallComparison] {
        var partners: [Int: Int] = [:]
        var isTaken = Set<Int>()
        for key in [{ "\($0.method ?? "") \($0.url?.text ?? "")" }, Self.shape] as [(Call) -> String] {
            var free: [String: [Int]] = [:]
            for index in old.indices.reversed() where !isTaken.contains(index) {
                free[key(old[index]), default: []].append(index)
            }
            for index in new.indices where partners[index] == nil {
                guard let partner = free[key(new[index])]?.popLast() else { continue }
                partners[index] = partner
                isTaken.insert(partner)
            }
        }
        return self.merged(old, new, partners, isTaken)
    }

    private static func merged(_ old: [Call], _ new: [Call], _ partners: [Int: Int], _ isTaken: Set<Int>)
        -> [CallComparison]
    {
        var gone: [Int: [CallComparison]] = [:]
        var last = -1
        for index in old.indices {
            if isTaken.contains(index) {
                last = index
            } else {
                gone[last, default: []].append(CallComparison(.gone(old[index])))
            }
        }
        var rows = gone[-1] ?? []
        for index in new.indices {
            guard let partner = partners[index] else {
                rows.append(CallComparison(.new(new[index])))
                continue
            }
            rows.append(CallComparison(.both(old[partner], new[index])))
            rows += gone[partner] ?? []
        }
        return rows
    }

    /// `GET api.test/users/*`: without the query, and without what names one thing among many.
    static func shape(_ call: Call) -> String {
        guard let url = call.url else { return call.method ?? "" }
        let path = url.path.split(separator: "/", omittingEmptySubsequences: false).map { part in
            self.isName(part) ? "*" : part
        }
        return "\(call.method ?? "") \(url.host)\(path.joined(separator: "/"))"
    }

    /// Digits make a number, a date or an identifier out of a part of a path, unless it is a version.
    private static func isName(_ part: Substring) -> Bool {
        let digits = part.utf8.reduce(0) { $0 + (UInt8(ascii: "0")...UInt8(ascii: "9") ~= $1 ? 1 : 0) }
        guard digits > 0 else { return false }
        return !(part.first == "v" && digits == part.utf8.count - 1 && digits < 3)
    }
}
