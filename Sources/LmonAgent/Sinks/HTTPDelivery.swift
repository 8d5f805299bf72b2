import LambdaWire
import LmonHTTP
import LmonRecord

/// What an `HTTPDelivery` sends: one batch at a time, the same one again until it was settled.
protocol DeliveryQueue: AnyObject {
    func nextBatch() -> DeliveryBatch?
    func settle(_ verdict: DeliveryVerdict)
}

struct DeliveryBatch {
    let body: [UInt8]
    let contentType: String
    let records: Int
    /// The object that it becomes, where it becomes one.
    var key: String?
}

enum DeliveryVerdict {
    case taken
    /// As it is, it will never be taken.
    case refused
    /// To be sent again.
    case returned
}

/// Sends batches over a network: performs what a `DeliveryMachine` decides. Used on the core's loop only.
final class HTTPDelivery: @unchecked Sendable {
    // Unchecked: every use is on the loop.
    private let name: String
    private let transport: any DeliveryTransport
    private let loop: Loop
    private let note: (DeliveryNote) -> Void
    private weak var queue: (any DeliveryQueue)?
    private var machine: DeliveryMachine
    private var timer: LoopTimer?
    private var waiting: [@Sendable () -> Void] = []
    private var patience: LoopTimer?
    private var isLast = false
    /// Of the request under way; an earlier one's answer means nothing.
    private var attempt = 0

    /// The longest that a sink may take to answer.
    private static let timeout = Duration.seconds(5)

    init(
        _ name: String,
        by transport: any DeliveryTransport,
        promptness: EpochTime.Span,
        isPatient: Bool,
        loop: Loop,
        note: @escaping (DeliveryNote) -> Void
    ) {
        self.name = name
        self.transport = transport
        self.loop = loop
        self.note = note
        self.machine = DeliveryMachine(promptness: promptness, isPatient: isPatient)
    }

    func serve(_ queue: any DeliveryQueue) { self.queue = queue }

    /// See `Shipper`.
    func ship(isLast: Bool, isEmpty: Bool, then: @escaping @Sendable () -> Void) {
        if isLast { self.isLast = true }
        guard !isEmpty || self.machine.isSending else { return then() }
        self.perform(isLast ? .lastChance : .offered)
        if isLast || self.machine.isPrompt {
            // A sink that has nothing under way has nothing to wait for.
            guard self.machine.isSending || isLast else { return then() }
            self.wait(isLast: isLast, then: then)
        } else {
            then()
        }
    }

    private func wait(isLast: Bool, then: @escaping @Sendable () -> Void) {
        self.waiting.append(then)
        guard !isLast else { return }
        let span = self.machine.patience
        self.patience = self.loop.schedule(after: .microseconds(span.microseconds)) { [weak self] in
            guard let self, !self.waiting.isEmpty, !self.isLast else { return }
            self.machine.wasSlow()
            self.settleWaiting()
        }
    }

    func giveUpWaiting() {
        guard !self.waiting.isEmpty else { return }
        self.patience?.cancel()
        self.machine.wasSlow()
        self.waiting = []
    }

    func thawed() { self.perform(.thawed) }

    /// Tells of what had to go before it could be sent.
    func tellDropped(_ count: Int, bytes: Int) {
        self.note(
            DeliveryNote(
                sink: self.name,
                records: count,
                bytes: bytes,
                milliseconds: 0,
                outcome: "dropped",
                status: nil,
                message: "they came faster than they were taken"
            )
        )
    }

    // MARK: The machine

    private func perform(_ event: DeliveryMachine.Event) {
        for action in self.machine.handle(event, jitter: Double.random(in: 0...1)) {
            switch action {
            case .send: self.send()
            case .setTimer(let span):
                self.timer?.cancel()
                self.timer = self.loop.schedule(after: .microseconds(span.microseconds)) { [weak self] in
                    self?.perform(.timerFired)
                }
            case .cancelTimer: self.timer?.cancel()
            }
        }
    }

    private func send() {
        guard let batch = self.queue?.nextBatch() else {
            self.machine.ranDry()
            return self.settleWaiting()
        }
        self.attempt += 1
        let attempt = self.attempt
        let start = self.loop.now
        let timeout = self.isLast ? .milliseconds(1000) : Self.timeout
        self.transport.send(batch, timeout: timeout) { [weak self] answer in
            self?.answered(attempt, batch, answer, after: start.duration(to: .now).span)
        }
    }

    private func answered(_ attempt: Int, _ batch: DeliveryBatch, _ answer: DeliveryAnswer, after span: EpochTime.Span)
    {
        guard attempt == self.attempt else { return }
        self.tell(batch, answer, span)
        self.queue?.settle(answer.verdict)
        switch answer.verdict {
        // What was refused is out of the way; the next one is tried at once.
        case .taken, .refused: self.perform(.taken(span))
        case .returned:
            let seconds = answer.retryAfter.flatMap { Int($0) }.map { min(max(0, $0), 3600) }
            self.perform(.failed(retryAfter: seconds.map { EpochTime.Span(milliseconds: $0 * 1000) }))
            if !self.isLast, !self.machine.isSending { self.settleWaiting() }
        }
    }

    private func tell(_ batch: DeliveryBatch, _ answer: DeliveryAnswer, _ span: EpochTime.Span) {
        // A sink that stays away is told of at first, and then rarely.
        let failures = self.machine.failures
        if case .returned = answer.verdict, failures >= DeliveryMachine.breaking, failures % 20 != 0 { return }
        self.note(
            DeliveryNote(
                sink: self.name,
                records: batch.records,
                bytes: batch.body.count,
                milliseconds: Double(span.microseconds) / 1000,
                outcome: answer.verdict.name,
                status: answer.status,
                message: answer.message
            )
        )
    }

    private func settleWaiting() {
        self.patience?.cancel()
        let waiting = self.waiting
        self.waiting = []
        for then in waiting { then() }
    }
}

extension DeliveryVerdict {
    fileprivate var name: String {
        switch self {
        case .taken: "taken"
        case .refused: "refused"
        case .returned: "failed"
        }
    }
}

extension Duration {
    var span: EpochTime.Span {
        EpochTime.Span(
            microseconds: self.components.seconds * 1_000_000 + self.components.attoseconds / 1_000_000_000_000
        )
    }
}
