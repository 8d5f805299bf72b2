import LambdaWire
import LmonHTTP
package import LmonRecord
import LmonS3

#if Remote
import LmonTLS
#endif

/// All that the agent sends records to, each on its own: none waits for another. Used on the core's loop only.
package final class AgentSinks: @unchecked Sendable {
    // Unchecked: used on the loop only.
    private let shippers: [any Shipper]
    private let webhook: WebhookSink?
    private let output: OutputSink?
    private let tee: TeeConnection?
    private(set) var listener: Tee?
    /// Bytes that were taken, by all.
    private(set) var shippedBytes = 0
    /// Nobody is left to be told of deliveries.
    private var isLeaving = false

    /// Opens nothing yet but what listens. `now` says when a batch is formed.
    package init(
        _ configuration: AgentConfiguration,
        core: MonitorCore,
        now: @escaping () -> Timestamp = SystemClock.now,
        note: @escaping (DeliveryNote) -> Void
    ) {
        let loop = core.loop
        let client = HTTPClient(loop: loop, idleLimit: 1, security: Self.security)
        // Half is for what waits, the rest for what is under way and for the other sinks.
        let share = configuration.memoryBytes / 2
        var counted: ((DeliveryNote) -> Void)?
        func delivery(_ name: String, _ transport: any DeliveryTransport) -> HTTPDelivery {
            HTTPDelivery(
                name,
                by: transport,
                promptness: configuration.budget,
                // Who asks for records at the end of each invocation has said what that may take.
                isPatient: configuration.flush == .end,
                loop: loop
            ) { counted?($0) }
        }
        func post(_ endpoint: Endpoint, _ target: String, token: String?) -> HTTPPost {
            HTTPPost(endpoint, target: target, token: token, client: client)
        }
        let collector = configuration.spool.map {
            SpoolSink(
                .lines,
                limit: share,
                now: now,
                delivery: delivery("spool", post($0, $0.below("/v1/records"), token: configuration.token))
            )
        }
        let bucket = configuration.s3.map {
            SpoolSink(
                .object(prefix: $0.address.location.prefix),
                limit: share,
                now: now,
                delivery: delivery("spool", S3Put($0, client: client))
            )
        }
        self.webhook = configuration.webhook.map {
            WebhookSink(limit: share / 2, delivery: delivery("webhook", post($0, $0.target, token: nil)))
        }
        self.output = configuration.printsRecords ? OutputSink(limit: share / 4, loop: loop) : nil
        var tee: TeeConnection?
        if case .connect(let host, let port)? = configuration.tee {
            tee = TeeConnection(host: host, port: port, limit: share, core: core)
        }
        self.tee = tee
        let all: [(any Shipper)?] = [collector, bucket, self.webhook, self.output, tee]
        self.shippers = all.compactMap(\.self)
        counted = { [weak self] delivery in
            guard let self else { return }
            if delivery.outcome == "taken" { self.shippedBytes += delivery.bytes }
            if !self.isLeaving { note(delivery) }
        }
    }

    /// Reads nothing before the first connection for https.
    private static var security: (any ClientSecurity)? {
        #if Remote
        TLSClient()
        #else
        nil
        #endif
    }

    /// From now on they are given every record.
    package func attach(to core: MonitorCore) {
        core.assumeIsolated { core in
            for shipper in self.shippers { core.attach(shipper) }
        }
    }

    /// Connects what connects by itself; the others do when there is something to send.
    func connect() { self.tee?.connect() }

    /// Serves the records to whoever connects.
    func listen(port: Int, limit: Int, _ core: MonitorCore, failed: @escaping @Sendable (String) -> Void) {
        Task {
            do {
                let tee = try await Tee.listen(host: "127.0.0.1", port: port, core: core, queueLimit: limit)
                core.loop.execute { self.listener = tee }
            } catch {
                core.loop.execute { failed("the tee cannot start: \(error)") }
            }
        }
    }

    /// So many records are nowhere but here.
    package var pending: Int { self.shippers.reduce(0) { $0 + $1.pending } }

    /// See `Shipper`; `then` is called once all have called theirs.
    package func ship(isLast: Bool, then: @escaping @Sendable () -> Void) {
        let all = Countdown(self.shippers.count, then: then)
        for shipper in self.shippers { shipper.ship(isLast: isLast) { all.step() } }
    }

    /// The same for the end: all that there is, and then what there was to tell of that. Of these last deliveries nothing is told,
    /// or there were no end of them.
    package func shipLast(_ core: MonitorCore, then: @escaping @Sendable () -> Void) {
        self.ship(isLast: true) { [weak self] in
            guard let self else { return then() }
            core.assumeIsolated { $0.flush() }
            self.isLeaving = true
            self.ship(isLast: true, then: then)
        }
    }

    func giveUpWaiting() {
        for shipper in self.shippers { shipper.giveUpWaiting() }
    }

    package func thawed() {
        for shipper in self.shippers { shipper.thawed() }
    }

    func ended(_ requestID: String, isError: Bool?, at time: Timestamp) {
        self.webhook?.ended(requestID, isError: isError, at: time)
    }

    /// Calls `then` once the readers of the tee have what was written to them; nothing more will be.
    func finishTees(then: @escaping @Sendable () -> Void) {
        let all = Countdown(2, then: then)
        if let listener { listener.finish { all.step() } } else { all.step() }
        if let tee { tee.ship(isLast: true) { all.step() } } else { all.step() }
    }

    /// What each is called.
    var names: [String] { self.shippers.map(\.name) + (self.listener == nil ? [] : ["tee"]) }

    /// Records that a reader of standard output did not take.
    var unwrittenLines: Int { self.output?.unwritten ?? 0 }

    /// Recaps that nobody took: they are made of records, which other sinks have.
    var unsentRecaps: Int { self.webhook?.unsentRecaps ?? 0 }

    /// What nobody took.
    var unsent: [Record] { self.shippers.flatMap(\.unsent) }
}
