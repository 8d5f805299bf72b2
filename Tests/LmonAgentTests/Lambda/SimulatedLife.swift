import LambdaLifecycle
import LambdaWire
import LmonAgent

/// An environment with the agent as its only extension and one sink, in time that only passes when it is told to: the rules of
/// all three, and what they ask of each other. A frozen process's timers fire after the thaw, as the system has it.
struct SimulatedLife {
    /// What the sink makes of a batch.
    enum Sink {
        case takes(milliseconds: Int)
        /// At once, as a connection does whose other end has forgotten it.
        case fails
    }

    private enum Timer: Hashable {
        case environment(EnvironmentTimer)
        case hold(HoldMachine.Timer)
        case rest
        /// A batch's answer.
        case answer(isTaken: Bool)

        var isAgents: Bool {
            if case .environment = self { false } else { true }
        }
    }

    static let identifier = "id-agent"
    private(set) var now = EpochTime(microseconds: 1_000_000_000_000)
    private(set) var environment: EnvironmentMachine
    private(set) var hold: HoldMachine
    private(set) var delivery = DeliveryMachine(promptness: EpochTime.Span(milliseconds: 20))
    /// The next batches' fates; the last one repeats.
    var sink: [Sink] = [.takes(milliseconds: 2)]
    private(set) var story: [String] = []
    private(set) var waitingRecords = 0
    private var timers: [Timer: EpochTime] = [:]
    private var isFrozen = false
    private var lastShip: Int?

    init(timeoutSeconds: Int, policy: FlushPolicy = .end) {
        var configuration = EnvironmentMachine.Configuration(
            functionName: "f",
            logStream: "s",
            memoryMB: 128,
            timeout: EpochTime.Span(milliseconds: timeoutSeconds * 1000)
        )
        configuration.extensions = ["agent"]
        self.environment = EnvironmentMachine(configuration)
        self.hold = HoldMachine(HoldMachine.Configuration(policy: policy), hasTelemetry: true)
        self.tell(.warm)
        let events: Set<ExtensionEventType> = [.invoke, .shutdown]
        self.tell(.extensionCalled(.register(name: "agent", events, identifier: Self.identifier)))
        self.tell(.nextRequested)
        self.perform(self.hold.handle(.started, at: self.now))
    }

    // MARK: What happens

    mutating func invoke(_ requestID: String) {
        let invocation = Invocation(requestID: requestID, invocationID: "n", event: [], functionARN: "arn")
        self.tell(.invoke(invocation))
    }

    mutating func respond(_ requestID: String) {
        let response = EnvironmentEvent.Response(content: .complete([]), startedAt: self.now)
        self.tell(.responsePosted(requestID: requestID, invocationID: nil, response))
        self.tell(.nextRequested)
    }

    /// The function has done something that is to be told.
    mutating func record() {
        self.waitingRecords += 1
        self.perform(self.delivery.handle(.offered))
    }

    /// Lets time pass, with all that falls due meanwhile.
    mutating func pass(milliseconds: Int) {
        let end = self.now.adding(milliseconds: milliseconds)
        while let (timer, time) = self.nextTimer, time <= end {
            self.now = max(self.now, time)
            self.timers[timer] = nil
            self.fire(timer)
        }
        self.now = end
    }

    private var nextTimer: (Timer, EpochTime)? {
        let due = self.timers.filter { !self.isFrozen || !$0.key.isAgents }
        return due.min { $0.value < $1.value }.map { ($0.key, $0.value) }
    }

    private mutating func fire(_ timer: Timer) {
        switch timer {
        case .environment(let timer): self.tell(.timerFired(timer))
        case .hold(let timer): self.perform(self.hold.handle(.timerFired(timer), at: self.now))
        case .rest: self.perform(self.delivery.handle(.timerFired))
        case .answer(isTaken: true):
            self.waitingRecords = 0
            self.perform(self.delivery.handle(.taken(EpochTime.Span(milliseconds: 2))))
            self.shipped()
        case .answer(isTaken: false):
            self.story.append("not taken")
            self.perform(self.delivery.handle(.failed(retryAfter: nil)))
            // One that is sent again at once is still waited for.
            if !self.delivery.isSending { self.shipped() }
        }
    }

    // MARK: The environment

    private mutating func tell(_ event: EnvironmentEvent) {
        for action in self.environment.handle(event, at: self.now) {
            switch action {
            case .setTimer(let timer, let time): self.timers[.environment(timer)] = time
            case .cancelTimer(let timer): self.timers[.environment(timer)] = nil
            case .quiesce(let ticket): self.tell(.quiesced(ticket: ticket))
            case .freeze:
                self.isFrozen = true
                self.story.append("frozen")
            case .thaw:
                self.isFrozen = false
                self.perform(self.delivery.handle(.thawed))
            case .kill: self.tell(.runtimeExited(generation: self.environment.generation, .signal(15)))
            case .killExtension: self.story.append("agent killed")
            case .deliverToExtension(_, .invoke(let requestID, let deadline, _, _)):
                self.perform(self.hold.handle(.invoked(requestID, deadline: deadline), at: self.now))
            case .deliverToExtension(_, .shutdown(let reason, let deadline)):
                self.story.append("SHUTDOWN \(reason)")
                self.perform(self.hold.handle(.shutdown(deadline: deadline), at: self.now))
            case .emit(.runtimeDone(let done)):
                self.perform(self.hold.handle(.runtimeDone(done.requestID), at: self.now))
            case .emit(.report(let report)):
                self.story.append("report \(report.status.rawValue) \(report.duration.microseconds / 1000)")
            default: break
            }
        }
    }

    // MARK: The agent

    private mutating func perform(_ actions: [HoldMachine.Action]) {
        for action in actions {
            switch action {
            case .next: self.tell(.extensionCalled(.next(identifier: Self.identifier)))
            case .drain(let ticket): self.perform(self.hold.handle(.drained(ticket: ticket), at: self.now))
            case .ship(let ticket, let isLast):
                self.lastShip = ticket
                if isLast { self.perform(self.delivery.handle(.lastChance)) }
                // Nobody waits for a sink that is known to be slow or dead.
                if self.waitingRecords == 0 || (!isLast && !self.delivery.isPrompt) { self.shipped() }
            case .held(_, let span): self.story.append("held \(span.microseconds / 1000)")
            case .setTimer(let timer, let span):
                self.timers[.hold(timer)] = EpochTime(microseconds: self.now.microseconds + span.microseconds)
            case .cancelTimer(let timer): self.timers[.hold(timer)] = nil
            case .finish:
                self.story.append("agent done")
                let exit = EnvironmentEvent.extensionExited(
                    generation: self.environment.generation,
                    name: "agent",
                    .status(0)
                )
                self.tell(exit)
            case .shipOverlapped, .ended: break
            }
        }
    }

    private mutating func shipped() {
        guard let ticket = self.lastShip else { return }
        self.lastShip = nil
        self.perform(self.hold.handle(.shipped(ticket: ticket), at: self.now))
    }

    private mutating func perform(_ actions: [DeliveryMachine.Action]) {
        for action in actions {
            switch action {
            case .send where self.waitingRecords == 0: self.delivery.ranDry()
            case .send:
                let fate = self.sink.count > 1 ? self.sink.removeFirst() : self.sink[0]
                switch fate {
                case .takes(let milliseconds):
                    self.timers[.answer(isTaken: true)] = self.now.adding(milliseconds: milliseconds)
                case .fails: self.timers[.answer(isTaken: false)] = self.now
                }
            case .setTimer(let span):
                self.timers[.rest] = EpochTime(microseconds: self.now.microseconds + span.microseconds)
            case .cancelTimer: self.timers[.rest] = nil
            }
        }
    }
}
