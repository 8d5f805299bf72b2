import LambdaWire
import LmonHTTP
import LmonRecord

/// Sends one recap for each invocation to a web address, in order.
final class WebhookSink: Shipper, DeliveryQueue, @unchecked Sendable {
    // Unchecked: used on the loop only.
    let name = "webhook"
    private let delivery: HTTPDelivery
    private let limit: Int
    private var builder = RecapBuilder()
    private var recaps: [[UInt8]] = []
    private var bytes = 0
    /// Recaps that had to go since the last time that this was told, and their length.
    private var dropped = (count: 0, bytes: 0)
    private var hasToldOfDropped = false

    init(limit: Int, delivery: HTTPDelivery) {
        self.limit = limit
        self.delivery = delivery
        delivery.serve(self)
    }

    func accept(_ records: [Record]) {
        for record in records { self.keep(self.builder.admit(record)) }
    }

    /// An invocation's handler has ended, and everything of it was accepted.
    func ended(_ requestID: String, isError: Bool?, at time: Timestamp) {
        self.keep(self.builder.ended(requestID, isError: isError, at: time))
    }

    func ship(isLast: Bool, then: @escaping @Sendable () -> Void) {
        if isLast {
            self.keep(self.builder.concludeAll())
            self.tellDropped()
        }
        self.delivery.ship(isLast: isLast, isEmpty: self.recaps.isEmpty, then: then)
    }

    func giveUpWaiting() { self.delivery.giveUpWaiting() }

    func thawed() { self.delivery.thawed() }

    // Recaps are made of records, which other sinks have; they are not spilled.
    var pending: Int { 0 }

    var unsent: [Record] { [] }

    var unsentRecaps: Int { self.recaps.count }

    private func keep(_ recaps: [[UInt8]]) {
        self.recaps += recaps
        self.bytes += recaps.reduce(0) { $0 + $1.count }
        // The first may be under way.
        while self.bytes > self.limit, self.recaps.count > 1 {
            let bytes = self.recaps.remove(at: 1).count
            self.bytes -= bytes
            self.dropped = (self.dropped.count + 1, self.dropped.bytes + bytes)
        }
        // The first of them at once, the others when there is something else to tell: not a record for each.
        if self.dropped.count > 0, !self.hasToldOfDropped { self.tellDropped() }
    }

    private func tellDropped() {
        guard self.dropped.count > 0 else { return }
        self.hasToldOfDropped = true
        self.delivery.tellDropped(self.dropped.count, bytes: self.dropped.bytes)
        self.dropped = (0, 0)
    }

    // MARK: DeliveryQueue

    func nextBatch() -> DeliveryBatch? {
        self.recaps.first.map { DeliveryBatch(body: $0, contentType: "application/json", records: 1) }
    }

    func settle(_ verdict: DeliveryVerdict) {
        switch verdict {
        case .taken:
            self.bytes -= self.recaps.removeFirst().count
            self.tellDropped()
        // That is told as its delivery.
        case .refused: self.bytes -= self.recaps.removeFirst().count
        case .returned: break
        }
    }
}
