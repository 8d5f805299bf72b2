extension Comparison {
    /// `−112 ms, 1 call fewer, result same`
    package var summary: String {
        var parts: [String] = []
        if let before = self.before.duration, let after = self.after.duration {
            parts.append(Self.signed(after - before))
        }
        switch (self.before.state.isFailed, self.after.state.isFailed) {
        case (false, true): parts.append("fails now")
        case (true, false): parts.append("fails no more")
        case (true, true): parts.append(self.before.error == self.after.error ? "fails as before" : "fails otherwise")
        case (false, false): break
        }
        parts.append(self.callSummary)
        if let isSame = self.result.isSame { parts.append(isSame ? "result same" : "result differs") }
        return parts.joined(separator: ", ")
    }

    private var callSummary: String {
        let more = self.after.calls - self.before.calls
        if more != 0 {
            let count = abs(more)
            return "\(count) call\(count == 1 ? "" : "s") \(more > 0 ? "more" : "fewer")"
        }
        let isSame = self.newCalls == 0 && self.calls.allSatisfy { $0.differences.isEmpty }
        return isSame ? "calls same" : "calls differ"
    }

    /// `−112 ms`, `+3 ms`, `±0 ms`.
    package static func signed(_ milliseconds: Double) -> String {
        if abs(milliseconds) < 0.05 { return "±0 ms" }
        return (milliseconds < 0 ? "−" : "+") + Format.spacedDuration(abs(milliseconds))
    }
}
