import LmonArchive
import LmonHTTP
import LmonRecord
import LmonS3
import LmonSpool

/// Puts records into a bucket, an object a batch: gzip NDJSON under a key that names the function, the time, the
/// environment and the numbers. Time and bounds are fixed when a batch is first tried, so that one put again is the same object.
final class S3Sink: Shipper, DeliveryQueue, @unchecked Sendable {
    // Unchecked: used on the loop only.
    let name = "spool"
    private let prefix: String
    private let delivery: HTTPDelivery
    private var queue: RecordQueue
    /// Tried, and not taken yet.
    private var current: DeliveryBatch?

    /// Of lines, before they are compressed: an object of these takes a slow uplink a fraction of a second.
    private static let batchBytes = 512 << 10

    init(prefix: String, limit: Int, delivery: HTTPDelivery) {
        self.prefix = prefix
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
        self.current = nil
        return self.queue.batch(maximum: .max)
    }

    // MARK: DeliveryQueue

    func nextBatch() -> DeliveryBatch? {
        if self.current == nil { self.current = self.makeBatch() }
        return self.current
    }

    func settle(_ verdict: DeliveryVerdict) {
        switch verdict {
        case .taken:
            self.queue.taken()
            self.current = nil
        case .refused:
            self.queue.refuse()
            self.current = nil
        // The same object again: if it did arrive, it is put in its own place.
        case .returned: break
        }
    }

    private func makeBatch() -> DeliveryBatch? {
        let records = self.queue.batch(maximum: Self.batchBytes, ofOneEnvironment: true)
        let now = SystemClock.now().millisecondsSinceEpoch
        // Compressing fails for want of memory alone; then it is tried again later.
        guard let name = BatchName(of: records, formed: now), let body = try? Gzip.compressed(records.ndjson) else {
            self.queue.returned()
            return nil
        }
        return DeliveryBatch(
            body: body,
            contentType: "application/gzip",
            records: records.count,
            key: BatchKey.key(name, prefix: self.prefix)
        )
    }
}
