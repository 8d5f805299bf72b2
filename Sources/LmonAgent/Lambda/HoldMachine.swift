package import LambdaWire

/// When the agent asks for the next event: every millisecond that it holds an invocation is billed, and what it has not
/// read or sent when it lets go is frozen with it.
///
/// A pure value: events in, actions out. Whatever comes, in whatever order: at most one call of `next` is open, an
/// invocation is held for `budget` after its handler's end at most, and never beyond `margin` before its deadline; after
/// SHUTDOWN it finishes exactly once, in time.
package struct HoldMachine: Hashable, Sendable {
    package enum Event: Hashable, Sendable {
        /// Registered and subscribed.
        case started
        /// `next` answered INVOKE.
        case invoked(String, deadline: EpochTime)
        /// The handler wrapper says so.
        case handlerEnded(String)
        /// Telemetry says so; it may come before `invoked`, or never.
        case runtimeDone(String)
        /// What the interceptors had sent has been read.
        case drained(ticket: Int)
        /// What there was has been sent, as far as it is worth waiting for.
        case shipped(ticket: Int)
        case timerFired(Timer)
        /// `next` answered SHUTDOWN.
        case shutdown(deadline: EpochTime)
    }

    package enum Action: Hashable, Sendable {
        /// Call `event/next`.
        case next
        /// Read what the interceptors have sent; then `drained`.
        case drain(ticket: Int)
        /// Send what there is; then `shipped`. `isLast`: nothing comes after it, so every sink is waited for.
        case ship(ticket: Int, isLast: Bool)
        /// Send what there is if it is time for that; nobody waits.
        case shipOverlapped
        /// The handler of the invocation has ended, as far as anything says so.
        case ended(String)
        /// So long was the invocation held after its handler's end; to be told before `next`.
        case held(String, EpochTime.Span)
        case setTimer(Timer, EpochTime.Span)
        case cancelTimer(Timer)
        /// The last action: leave.
        case finish
    }

    package enum Timer: Int, Hashable, Sendable, CaseIterable {
        /// The invocation is not held any longer.
        case budget
        /// The invocation's deadline is near.
        case deadline
        /// Telemetry has had the time that its smallest buffer takes.
        case settling
        /// The time to leave.
        case shutdown
    }

    private enum State: Hashable {
        case starting
        /// `next` is open.
        case waiting
        case running(String)
        case draining(String, ticket: Int, since: EpochTime)
        case shipping(String, ticket: Int, since: EpochTime)
        /// SHUTDOWN came, and telemetry may still come.
        case settling
        case lastDrain(ticket: Int)
        case lastShip(ticket: Int)
        case finished
    }

    package struct Configuration: Hashable, Sendable {
        package var policy: FlushPolicy
        package var budget = EpochTime.Span(milliseconds: 20)
        /// An invocation is let go so long before its deadline, whatever is left to do.
        package var margin = EpochTime.Span(milliseconds: 100)
        /// And the environment so long before the end of its shutdown: two seconds at most, of which little is left to others.
        package var shutdownMargin = EpochTime.Span(milliseconds: 300)
        /// What Lambda tells last is on its way when SHUTDOWN comes: its smallest buffer waits for 25 ms.
        package var settling = EpochTime.Span(milliseconds: 100)

        package init(policy: FlushPolicy) {
            self.policy = policy
        }
    }

    private let configuration: Configuration
    private var state = State.starting
    private var pace = InvocationPace()
    private var ticket = 0
    /// The invocation whose end was told before it was begun here.
    private var endedEarly: String?
    private var latest: String?
    /// Whether anything will tell of a handler's end.
    private var hasSignal: Bool
    private var actions: [Action] = []

    /// `hasTelemetry`: `platform.runtimeDone` will come.
    package init(_ configuration: Configuration, hasTelemetry: Bool) {
        self.configuration = configuration
        self.hasSignal = hasTelemetry
    }

    /// Whether an invocation is being held or has not been let go yet.
    package var isHolding: Bool {
        switch self.state {
        case .running, .draining, .shipping: true
        case .starting, .waiting, .settling, .lastDrain, .lastShip, .finished: false
        }
    }

    package mutating func handle(_ event: Event, at now: EpochTime) -> [Action] {
        self.actions = []
        switch event {
        case .started: if self.state == .starting { self.wait() }
        case .invoked(let requestID, let deadline): self.invoked(requestID, deadline, at: now)
        case .handlerEnded(let requestID):
            self.hasSignal = true
            self.ended(requestID, at: now)
        case .runtimeDone(let requestID): self.ended(requestID, at: now)
        case .drained(let ticket): self.drained(ticket)
        case .shipped(let ticket): self.shipped(ticket, at: now)
        case .timerFired(let timer): self.fired(timer, at: now)
        case .shutdown(let deadline): self.shutdown(deadline, at: now)
        }
        defer { self.actions = [] }
        return self.actions
    }

    // MARK: Invocations

    private mutating func invoked(_ requestID: String, _ deadline: EpochTime, at now: EpochTime) {
        // Lambda answers only what was asked: anywhere else it is a repetition.
        guard self.state == .waiting else { return }
        self.pace.invoked(at: now)
        self.latest = requestID
        if !self.hasSignal || self.configuration.policy.overlaps(self.pace) {
            self.actions.append(.shipOverlapped)
            return self.wait()
        }
        self.state = .running(requestID)
        let left = deadline.since(now.adding(self.configuration.margin))
        self.actions.append(.setTimer(.deadline, left))
        if self.endedEarly == requestID { self.ended(requestID, at: now) }
    }

    private mutating func ended(_ requestID: String, at now: EpochTime) {
        switch self.state {
        case .running(requestID):
            self.ticket += 1
            self.state = .draining(requestID, ticket: self.ticket, since: now)
            self.actions += [
                .ended(requestID), .setTimer(.budget, self.configuration.budget), .drain(ticket: self.ticket),
            ]
        // One that was let go already is over anyway.
        case .waiting, .starting: if requestID != self.latest { self.endedEarly = requestID }
        case .running, .draining, .shipping, .settling, .lastDrain, .lastShip, .finished: break
        }
    }

    private mutating func drained(_ ticket: Int) {
        switch self.state {
        case .draining(let requestID, ticket, let since):
            self.state = .shipping(requestID, ticket: ticket, since: since)
            self.actions.append(.ship(ticket: ticket, isLast: false))
        case .lastDrain(ticket):
            self.state = .lastShip(ticket: ticket)
            self.actions.append(.ship(ticket: ticket, isLast: true))
        case .starting, .waiting, .running, .draining, .shipping, .settling, .lastDrain, .lastShip, .finished: break
        }
    }

    private mutating func shipped(_ ticket: Int, at now: EpochTime) {
        switch self.state {
        case .shipping(let requestID, ticket, let since): self.release(requestID, since: since, at: now)
        case .lastShip(ticket): self.finish()
        case .starting, .waiting, .running, .draining, .shipping, .settling, .lastDrain, .lastShip, .finished: break
        }
    }

    private mutating func release(_ requestID: String, since: EpochTime, at now: EpochTime) {
        self.actions += [
            .cancelTimer(.budget), .cancelTimer(.deadline), .held(requestID, now.since(since)),
        ]
        self.wait()
    }

    private mutating func wait() {
        self.state = .waiting
        self.actions.append(.next)
    }

    // MARK: Time

    private mutating func fired(_ timer: Timer, at now: EpochTime) {
        switch (timer, self.state) {
        case (.budget, .draining(let requestID, _, let since)), (.budget, .shipping(let requestID, _, let since)),
            (.deadline, .draining(let requestID, _, let since)), (.deadline, .shipping(let requestID, _, let since)):
            self.release(requestID, since: since, at: now)
        case (.deadline, .running):
            // The handler still runs; from now on its end is its own affair.
            self.actions.append(.shipOverlapped)
            self.wait()
        case (.settling, .settling):
            self.ticket += 1
            self.state = .lastDrain(ticket: self.ticket)
            self.actions.append(.drain(ticket: self.ticket))
        case (.shutdown, .settling), (.shutdown, .lastDrain), (.shutdown, .lastShip): self.finish()
        case (.budget, _), (.deadline, _), (.settling, _), (.shutdown, _): break
        }
    }

    // MARK: The end

    private mutating func shutdown(_ deadline: EpochTime, at now: EpochTime) {
        switch self.state {
        case .settling, .lastDrain, .lastShip, .finished: return
        case .starting, .waiting, .running, .draining, .shipping: break
        }
        self.state = .settling
        let left = deadline.since(now.adding(self.configuration.shutdownMargin))
        self.actions += [
            .cancelTimer(.budget), .cancelTimer(.deadline), .setTimer(.shutdown, left),
            .setTimer(.settling, min(self.configuration.settling, left)),
        ]
    }

    private mutating func finish() {
        self.state = .finished
        self.actions += [.cancelTimer(.settling), .cancelTimer(.shutdown), .finish]
    }
}

extension EpochTime {
    fileprivate func adding(_ span: Span) -> EpochTime {
        EpochTime(microseconds: self.microseconds + span.microseconds)
    }
}
