import LambdaWire
import LmonHTTP
import LmonRecord

/// Sends records to a collector: `POST /v1/records`, NDJSON, with a bearer token. A batch counts as taken when the collector
/// says 200, which it does once the batch is durable; sending one twice does no harm, for `(environment, sequence)` is its
/// records' identity.
final class CollectorSink: Shipper, DeliveryQueue, @unchecked Sendable {
    // Unchecked: used on the loop only.
    let name = "spool"
    private let delivery: HTTPDelivery
    private var queue: RecordQueue

    /// A batch is as long as a slow uplink takes a second for.
    private static let batchBytes = 512 << 10

    init(limit: Int, delivery: HTTPDelivery) {
        self.queue = RecordQueue(limit: limit, sink: self.name)
        self.delivery = delivery
        delivery.serve(self)
    }

    func accept(_ records: [Record]) {
        self.queue.append(records)
        if self.queue.bytes > Self.batchBytes { self.ship(isLast: false) {} }
    }

    func ship(isLast: Bool, then: @escaping @Sendable () -> Void) {
        self.delivery.ship(isLast: isLast, isEmpty: self.queue.isEmpty, then: then)
    }

    func giveUpWaiting() { self.delivery.giveUpWaiting() }

    func thawed() { self.delivery.thawed() }

    var pending: Int { self.queue.count }

    var unsent: [Record] {
        self.queue.returned()
        return self.queue.batch(maximum: .max)
    }

    // MARK: DeliveryQueue

    func nextBatch() -> DeliveryBatch? {
        let records = self.queue.batch(maximum: Self.batchBytes)
        guard !records.isEmpty else { return nil }
        return DeliveryBatch(
            body: records.ndjson,
            contentType: "application/x-ndjson",
            records: records.count
        )
    }

    func settle(_ verdict: DeliveryVerdict) {
        switch verdict {
        case .taken: self.queue.taken()
        case .refused: self.queue.refuse()
        // The same batch again: a collector that did take it knows it by its bounds.
        case .returned: break
        }
    }
}

extension [Record] {
    /// Their lines, each with its end.
    var ndjson: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(self.reduce(0) { $0 + $1.line.count + 1 })
        for record in self {
            bytes.append(contentsOf: record.line)
            bytes.append(UInt8(ascii: "\n"))
        }
        return bytes
    }
}
