import LmonArchive
import LmonRecord
import LmonS3
import LmonSpool

/// Sends records to the spool, a batch at a time: to a collector, which answers 200 once a batch is durable, or into a bucket.
/// Sending one twice does no harm, for `(environment, sequence)` is its records' identity; what a batch is made of is fixed when
/// it is first tried, so that one sent again is the same.
final class SpoolSink: Shipper, DeliveryQueue, @unchecked Sendable {
    // Unchecked: used on the loop only.
    /// What a batch looks like on its way.
    enum Form {
        /// `POST /v1/records`: NDJSON.
        case lines
        /// An object of gzip NDJSON, of one environment, whose key below `prefix` names the function, the time, the environment
        /// and the numbers.
        case object(prefix: String)
    }

    let name = "spool"
    private let form: Form
    private let now: () -> Timestamp
    private let delivery: HTTPDelivery
    private var queue: RecordQueue
    /// Tried, and not taken yet.
    private var current: DeliveryBatch?
    /// So many of the queue, the batch under way included, are to be sent now; what comes later waits for its own time.
    private var due = 0
    /// Whether there is something that makes a batch by itself.
    private var hasNews = false

    /// A batch is as long as a slow uplink takes a second for; compressed, a fraction of one.
    private static let batchBytes = 512 << 10

    init(_ form: Form, limit: Int, now: @escaping () -> Timestamp = SystemClock.now, delivery: HTTPDelivery) {
        self.form = form
        self.now = now
        self.queue = RecordQueue(limit: limit, sink: self.name)
        self.delivery = delivery
        delivery.serve(self)
    }

    func accept(_ records: [Record]) {
        self.queue.append(records)
        if !self.hasNews { self.hasNews = records.contains { self.isNews($0) } }
        if self.queue.bytes > Self.batchBytes { self.ship(isLast: false) {} }
    }

    /// What tells of earlier batches alone would make a batch, and that one another. An object is paid for: that an environment
    /// was frozen, of whose invocations nothing is kept, is not worth one.
    private func isNews(_ record: Record) -> Bool {
        guard record.type != .delivery else { return false }
        if case .lines = self.form { return true }
        return record.type != .freeze && record.type != .thaw
    }

    func ship(isLast: Bool, then: @escaping @Sendable () -> Void) {
        if self.hasNews || isLast { self.becomeDue() }
        self.delivery.ship(isLast: isLast, isEmpty: self.due == 0, then: then)
    }

    private func becomeDue() {
        self.due = self.queue.count
        self.hasNews = false
    }

    func giveUpWaiting() { self.delivery.giveUpWaiting() }

    func thawed() {
        // What came after the last batch can be seen now; as an object of its own it would be paid for.
        if case .lines = self.form, self.hasNews { self.becomeDue() }
        self.delivery.thawed()
    }

    var pending: Int { self.queue.count }

    var unsent: [Record] {
        self.queue.returned()
        self.current = nil
        return self.queue.batch(maximum: .max)
    }

    // MARK: DeliveryQueue

    func nextBatch() -> DeliveryBatch? {
        if self.current == nil, self.due > 0 { self.current = self.makeBatch() }
        return self.current
    }

    func settle(_ verdict: DeliveryVerdict) {
        switch verdict {
        case .taken:
            self.queue.taken()
            // Under pressure the queue makes one of what it gives up.
            self.due = min(max(0, self.due - (self.current?.records ?? 0)), self.queue.count)
            self.current = nil
        case .refused:
            self.queue.refuse()
            self.current = nil
        // The same batch again: if it did arrive, it is known by its bounds, or put in its own place.
        case .returned: break
        }
    }

    private func makeBatch() -> DeliveryBatch? {
        switch self.form {
        case .lines:
            let records = self.queue.batch(maximum: Self.batchBytes)
            guard !records.isEmpty else { return nil }
            return DeliveryBatch(
                body: records.ndjson,
                contentType: "application/x-ndjson",
                records: records.count
            )
        case .object(let prefix):
            let records = self.queue.batch(maximum: Self.batchBytes, ofOneEnvironment: true)
            let now = self.now().millisecondsSinceEpoch
            // Compressing fails for want of memory alone; then it is tried again later.
            guard let name = BatchName(of: records, formed: now), let body = try? Gzip.compressed(records.ndjson) else {
                self.queue.returned()
                return nil
            }
            return DeliveryBatch(
                body: body,
                contentType: "application/gzip",
                records: records.count,
                key: BatchKey.key(name, prefix: prefix)
            )
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
