package import LmonRecord

/// A sink took or refused a batch, or a recap was sent.
package struct Delivery: Hashable, Sendable {
    package var time: Timestamp
    package var sink: String
    package var records: Int?
    package var bytes: Int?
    package var milliseconds: Double?
    /// `ok`, `retry`, `dropped`, `200` …: what became of the batch.
    package var outcome: String?
    /// What the sink answered: `503`.
    package var status: String?
    /// Why it did not answer.
    package var message: String?

    package init(time: Timestamp, sink: String) {
        self.time = time
        self.sink = sink
    }

    package enum Verdict: Hashable, Sendable {
        case fine
        /// It did not work, and is tried again.
        case again
        case lost
    }

    package var verdict: Verdict {
        guard let word = self.outcome ?? self.status else { return .fine }
        if let status = Int(word) { return status >= 400 ? .lost : .fine }
        switch word {
        case "ok", "taken", "sent", "accepted", "delivered", "success": return .fine
        case "retry", "failed", "returned": return .again
        default: return .lost
        }
    }

    package var emphasis: LifecycleEvent.Emphasis {
        switch self.verdict {
        case .fine: .lmon
        case .again: .warning
        case .lost: .failed
        }
    }

    /// The outcome, and what the sink said; of what went well either is enough.
    package var answer: String? {
        if self.verdict == .fine, let status { return status }
        let words = [self.outcome, self.status].compactMap { $0 }
        return words.isEmpty ? nil : words.joined(separator: " ")
    }
}
