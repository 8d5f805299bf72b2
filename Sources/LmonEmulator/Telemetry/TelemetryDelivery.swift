import LambdaLifecycle
import LambdaWire
import LmonHTTP

/// Delivers telemetry to one subscriber: performs what its buffer decides. Used on the loop only; it calls there.
final class TelemetryDelivery: @unchecked Sendable {
    // Unchecked: every use is on the loop.
    let subscription: TelemetrySubscription
    private let loop: Loop
    private let transport: any TelemetryTransport
    private let lost: (PlatformEvent.LogsDropped) -> Void
    private var buffer: TelemetryBuffer
    private var timer: LoopTimer?
    /// Cuts a delivery short that is never answered.
    private var patience: LoopTimer?
    /// Of the delivery under way; what an earlier one says means nothing.
    private var attempt = 0
    private var isUnderWay = false
    private var flushes: [Int: @Sendable () -> Void] = [:]
    private var flushCount = 0
    private var isClosed = false

    private static let timeout = Duration.seconds(10)

    /// - Parameters:
    ///   - subscription: what is wanted, and where.
    ///   - history: what has happened before.
    ///   - address: the environment's own loopback address.
    ///   - loop: where everything happens.
    ///   - limit: bytes of records that wait, at most.
    ///   - lost: told what the subscriber did not get: once it knows itself, or at the end.
    init(
        _ subscription: TelemetrySubscription,
        after history: TelemetryHistory,
        address: String,
        loop: Loop,
        limit: Int,
        lost: @escaping (PlatformEvent.LogsDropped) -> Void
    ) {
        self.subscription = subscription
        self.loop = loop
        self.lost = lost
        let addresses = LoopbackAddresses(address, isNamed: !subscription.namesLoopback)
        self.transport =
            switch subscription.destination {
            case .http(let port, let target): TelemetryPosts(addresses, port, target, loop)
            case .tcp(let port): TelemetryLines(addresses, port, loop)
            }
        var dropped = PlatformEvent.LogsDropped.none
        for kind in subscription.types {
            let part = history.dropped[kind] ?? .none
            dropped = PlatformEvent.LogsDropped(
                records: dropped.records + part.records,
                bytes: dropped.bytes + part.bytes
            )
        }
        self.buffer = TelemetryBuffer(subscription, limit: limit, dropped: dropped)
        for element in history.elements { self.perform(.element(element)) }
    }

    func admit(_ element: TelemetryElement) { self.perform(.element(element)) }

    /// Freezing stops the clock of the delivery under way: its answer comes after the thaw.
    func pause() {
        self.patience?.cancel()
        self.perform(.paused)
    }

    func resume() {
        if self.isUnderWay { self.beginPatience() }
        self.perform(.resumed)
    }

    /// Delivers all that is there at once. `then` is called when it has arrived, at the latest after `limit`; within the call
    /// if there is nothing.
    func flush(limit: Duration, then: @escaping @Sendable () -> Void) {
        guard !self.isClosed else { return then() }
        self.flushCount += 1
        let number = self.flushCount
        self.flushes[number] = then
        self.perform(.flush)
        guard self.flushes[number] != nil else { return }
        self.loop.schedule(after: limit) { [weak self] in self?.flushes.removeValue(forKey: number)?() }
    }

    /// Ends it: what has not arrived is lost.
    func close() {
        guard !self.isClosed else { return }
        self.isClosed = true
        self.timer?.cancel()
        self.patience?.cancel()
        self.transport.close()
        let outstanding = self.buffer.outstanding
        if outstanding.records > 0 { self.lost(outstanding) }
        self.answerFlushes()
    }

    // MARK: The buffer

    private func perform(_ event: TelemetryBuffer.Event) {
        guard !self.isClosed else { return }
        for action in self.buffer.handle(event, at: SystemClock.now()) {
            switch action {
            case .deliver(let batch): self.deliver(batch)
            case .setTimer(let time): self.setTimer(time)
            case .cancelTimer: self.timer?.cancel()
            case .flushed: self.answerFlushes()
            }
        }
    }

    private func setTimer(_ time: EpochTime) {
        self.timer?.cancel()
        let delay = time.since(SystemClock.now())
        self.timer = self.loop.schedule(after: .microseconds(delay.microseconds)) { [weak self] in
            self?.perform(.timerFired)
        }
    }

    private func answerFlushes() {
        let flushes = self.flushes.sorted { $0.key < $1.key }
        self.flushes = [:]
        for (_, then) in flushes { then() }
    }

    // MARK: Deliveries

    private func deliver(_ batch: TelemetryBuffer.Batch) {
        self.attempt += 1
        self.isUnderWay = true
        let attempt = self.attempt
        var elements = batch.elements
        if batch.dropped.records > 0, self.subscription.types.contains(.platform) {
            elements.insert(TelemetryElement.logsDropped(batch.dropped, at: SystemClock.now()), at: 0)
        }
        self.beginPatience()
        self.transport.send(elements) { [weak self] hasArrived in
            self?.settle(attempt, batch, hasArrived: hasArrived)
        }
    }

    private func settle(_ attempt: Int, _ batch: TelemetryBuffer.Batch, hasArrived: Bool) {
        guard attempt == self.attempt, self.isUnderWay, !self.isClosed else { return }
        self.isUnderWay = false
        self.patience?.cancel()
        if hasArrived, batch.dropped.records > 0 { self.lost(batch.dropped) }
        self.perform(hasArrived ? .delivered : .failed)
    }

    private func beginPatience() {
        self.patience?.cancel()
        self.patience = self.loop.schedule(after: Self.timeout) { [weak self] in self?.transport.giveUp() }
    }
}
