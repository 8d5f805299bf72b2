package import LmonRecord

/// A sink took or refused a batch, or a recap was sent.
package struct Delivery: Hashable, Sendable {
    package var time: Timestamp
    package var sink: String
    package var records: Int?
    package var bytes: Int?
    package var milliseconds: Double?
    /// `ok`, `200`, `refused` …: the sink's word.
    package var outcome: String?

    package init(time: Timestamp, sink: String) {
        self.time = time
        self.sink = sink
    }

    package var isFailed: Bool {
        guard let outcome else { return false }
        if let status = Int(outcome) { return status >= 400 }
        return !["ok", "sent", "accepted", "delivered", "success"].contains(outcome)
    }
}
