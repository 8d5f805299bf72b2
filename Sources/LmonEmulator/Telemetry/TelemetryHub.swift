import LambdaLifecycle
import LambdaWire
import LmonHTTP
import LmonRecord

/// The telemetry of one environment from one init to its end: hands events to the extensions that subscribed. Used on the
/// loop only; everything is called there.
///
/// It keeps events from the start for extensions that subscribe later, until the first invocation begins. Without a
/// subscriber it is off from then on, and admitting an event is a look at a flag.
final class TelemetryHub: @unchecked Sendable {
    // Unchecked: every use is on the loop.
    typealias Lost = (_ extension: String, PlatformEvent.LogsDropped) -> Void

    /// Whether events are of use to anybody.
    private(set) var isOn = true

    private let loop: Loop
    private let address: String
    private let limit: Int
    private let lost: Lost
    private var history = TelemetryHistory()
    private var keepsHistory = true
    private var deliveries: [(name: String, delivery: TelemetryDelivery)] = []

    /// - Parameters:
    ///   - loop: where everything happens.
    ///   - address: what `sandbox` is here.
    ///   - limit: bytes of records that wait for one subscriber, at most.
    ///   - lost: told of what a subscriber did not get, when it is certain.
    init(
        loop: Loop,
        address: String = "127.0.0.1",
        limit: Int = 8 << 20,
        lost: @escaping Lost = { _, _ in }
    ) {
        self.loop = loop
        self.address = address
        self.limit = limit
        self.lost = lost
    }

    // MARK: Subscribers

    /// False if an extension of that name has subscribed already, which stays as it is.
    @discardableResult
    func subscribe(_ name: String, _ subscription: TelemetrySubscription) -> Bool {
        guard !self.deliveries.contains(where: { $0.name == name }) else { return false }
        let delivery = TelemetryDelivery(
            subscription,
            after: self.history,
            address: self.address,
            loop: self.loop,
            limit: self.limit,
            lost: { [lost] in lost(name, $0) }
        )
        self.deliveries.append((name, delivery))
        self.isOn = true
        return true
    }

    /// The first invocation begins: nobody can subscribe any more.
    func closeSubscriptions() {
        self.keepsHistory = false
        self.history.clear()
        self.isOn = !self.deliveries.isEmpty
    }

    // MARK: Events

    /// `payload` is the record, one JSON value. Types that telemetry does not have are passed over.
    func admit(_ type: RecordType, at time: EpochTime, _ payload: @autoclosure () -> [UInt8]) {
        guard self.isOn, let element = TelemetryElement(type, at: time, payload: payload()) else { return }
        self.admit(element)
    }

    /// The same for what the platform says itself.
    func admit(_ type: RecordType, at time: EpochTime, writer: Observation.PayloadWriter) {
        guard self.isOn, let element = TelemetryElement(type, at: time, writer: writer) else { return }
        self.admit(element)
    }

    private func admit(_ element: TelemetryElement) {
        if self.keepsHistory { self.history.append(element) }
        for (_, delivery) in self.deliveries { delivery.admit(element) }
    }

    // MARK: Life

    /// Before a freeze, and after the thaw.
    func pause() { for (_, delivery) in self.deliveries { delivery.pause() } }

    func resume() { for (_, delivery) in self.deliveries { delivery.resume() } }

    /// Delivers at once all that is there: at a crash and before the shutdown. `then` is called when all of it has arrived, at
    /// the latest after `limit`; within the call if there is nothing.
    func flush(limit: Duration = .seconds(1), then: @escaping @Sendable () -> Void = {}) {
        guard !self.deliveries.isEmpty else { return then() }
        let countdown = Countdown(self.deliveries.count, then: then)
        for (_, delivery) in self.deliveries { delivery.flush(limit: limit) { countdown.step() } }
    }

    /// Ends all deliveries; nothing is admitted any more.
    func close() {
        self.isOn = false
        self.keepsHistory = false
        self.history.clear()
        let deliveries = self.deliveries
        self.deliveries = []
        for (_, delivery) in deliveries { delivery.close() }
    }
}
