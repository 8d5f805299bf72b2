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
    private(set) var dropped = 0

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
        if isLast { self.keep(self.builder.concludeAll()) }
        self.delivery.ship(isLast: isLast, isEmpty: self.recaps.isEmpty, then: then)
    }

    func giveUpWaiting() { self.delivery.giveUpWaiting() }

    func thawed() { self.delivery.thawed() }

    // Recaps are made of records, which other sinks have; they are neither counted nor spilled.
    var pending: Int { 0 }

    var unsent: [Record] { [] }

    private func keep(_ recaps: [[UInt8]]) {
        self.recaps += recaps
        self.bytes += recaps.reduce(0) { $0 + $1.count }
        // The first may be under way.
        while self.bytes > self.limit, self.recaps.count > 1 {
            self.bytes -= self.recaps.remove(at: 1).count
            self.dropped += 1
        }
    }

    // MARK: DeliveryQueue

    func nextBatch() -> DeliveryBatch? {
        self.recaps.first.map { DeliveryBatch(body: $0, contentType: "application/json", records: 1) }
    }

    func settle(_ verdict: DeliveryVerdict) {
        switch verdict {
        case .taken: self.bytes -= self.recaps.removeFirst().count
        case .refused:
            self.bytes -= self.recaps.removeFirst().count
            self.dropped += 1
        case .returned: break
        }
    }
}
