package import LambdaWire

/// Which environment of a function runs which invocation: grown on demand, the one used last first, reaped when idle.
///
/// An invocation that finds no free environment opens one and is bound to it, as in Lambda: it waits for that init
/// even if another environment is free sooner. Only if one has just responded does it wait a moment for that one: a
/// caller who invokes again on each answer is faster than the runtime's next poll. At the limit Lambda would throttle; here invocations wait in order, up
/// to `queueLimit`, since the limit of a developer's machine is no fact about the function. Beyond it: 429.
package struct PoolMachine: Sendable {
    package struct Configuration: Hashable, Sendable {
        package var concurrency: Int
        package var queueLimit = 1000
        /// An environment that has been idle for so long is ended; nil: none is.
        package var idleLimit: EpochTime.Span?
        /// How long a failed asynchronous invocation waits for its second and third attempt.
        /// How long an environment that has responded is expected to be free soon.
        package var responseGrace = EpochTime.Span(milliseconds: 25)
        package var retryDelays = [EpochTime.Span(milliseconds: 60_000), EpochTime.Span(milliseconds: 120_000)]

        package init(concurrency: Int, idleLimit: EpochTime.Span? = nil) {
            self.concurrency = concurrency
            self.idleLimit = idleLimit
        }
    }

    package enum Action: Hashable, Sendable {
        /// Make an environment; its first event follows.
        case open(environment: Int)
        case invoke(Invocation, environment: Int)
        case shutdown(environment: Int, ShutdownReason)
        /// The invocation will not run.
        case answer(requestID: String, Outcome)
        /// Submit it again then.
        case retry(Invocation, at: EpochTime)
        /// Call `reap` then.
        case reap(at: EpochTime)
        /// Call `reconsider` then.
        case reconsider(at: EpochTime)
    }

    private enum Member: Hashable, Sendable {
        /// `respondedAt`: it will be free soon, or has something else to do.
        case busy(retires: Bool, respondedAt: EpochTime?)
        case idle(since: EpochTime)
        case ending
    }

    package let configuration: Configuration
    private var members: [Int: Member] = [:]
    /// Idle ones, the one used last at the end.
    private var idle: [Int] = []
    private var queue = FIFO<Invocation>()
    private var opened = 0
    private var isReapScheduled = false
    private var isStopping = false

    package init(_ configuration: Configuration) {
        self.configuration = configuration
    }

    package var queued: Int { self.queue.count }
    package var environments: Int { self.members.count }

    /// An invocation came in.
    package mutating func submit(_ invocation: Invocation, at now: EpochTime) -> [Action] {
        guard !self.isStopping else {
            return [.answer(requestID: invocation.requestID, .refused(.service("The emulator is stopping.")))]
        }
        if self.queue.isEmpty, let environment = self.idle.popLast() {
            self.members[environment] = .busy(retires: false, respondedAt: nil)
            return [.invoke(invocation, environment: environment)]
        }
        let isOneFreeSoon = self.queue.count < self.freeSoon(at: now)
        guard isOneFreeSoon || self.members.count >= self.configuration.concurrency else {
            return self.open(for: invocation)
        }
        guard self.queue.count < self.configuration.queueLimit else {
            return [.answer(requestID: invocation.requestID, .refused(.tooManyRequests))]
        }
        self.queue.append(invocation)
        return isOneFreeSoon ? [.reconsider(at: now.adding(self.configuration.responseGrace))] : []
    }

    /// An environment has responded to its invocation.
    package mutating func responded(_ environment: Int, at now: EpochTime) {
        guard case .busy(retires: false, _)? = self.members[environment] else { return }
        self.members[environment] = .busy(retires: false, respondedAt: now)
    }

    /// Opens environments for those who have waited in vain for one that had responded.
    package mutating func reconsider(at now: EpochTime) -> [Action] {
        var actions: [Action] = []
        while self.queue.count > self.freeSoon(at: now), self.members.count < self.configuration.concurrency,
            !self.isStopping, let invocation = self.queue.popFirst()
        {
            actions += self.open(for: invocation)
        }
        return actions
    }

    private func freeSoon(at now: EpochTime) -> Int {
        self.members.values.count {
            guard case .busy(retires: false, let respondedAt?) = $0 else { return false }
            return now < respondedAt.adding(self.configuration.responseGrace)
        }
    }

    /// An environment can take an invocation.
    package mutating func available(_ environment: Int, at now: EpochTime) -> [Action] {
        guard case .busy(let retires, _)? = self.members[environment] else { return [] }
        if retires {
            self.members[environment] = .ending
            return [.shutdown(environment: environment, .spindown)]
        }
        if let invocation = self.queue.popFirst() {
            self.members[environment] = .busy(retires: false, respondedAt: nil)
            return [.invoke(invocation, environment: environment)]
        }
        self.members[environment] = .idle(since: now)
        self.idle.append(environment)
        return self.scheduleReap(at: now)
    }

    /// An environment is gone.
    package mutating func ended(_ environment: Int, at now: EpochTime) -> [Action] {
        self.members[environment] = nil
        self.idle.removeAll { $0 == environment }
        guard !self.isStopping, self.members.count < self.configuration.concurrency,
            let invocation = self.queue.popFirst()
        else { return [] }
        return self.open(for: invocation)
    }

    /// An asynchronous attempt has ended; a failed one is repeated, twice at most.
    package func finished(_ invocation: Invocation, _ outcome: Outcome, at now: EpochTime) -> [Action] {
        guard invocation.isAsynchronous, outcome.isFunctionError, !self.isStopping,
            invocation.attempt <= self.configuration.retryDelays.count
        else { return [] }
        let next = invocation.repeated(attempt: invocation.attempt + 1, invocationID: invocation.invocationID)
        return [.retry(next, at: now.adding(self.configuration.retryDelays[invocation.attempt - 1]))]
    }

    /// The code has changed: idle environments end at once, busy ones after their invocation.
    package mutating func retireAll() -> [Action] {
        let retired = self.idle
        self.idle = []
        for (environment, member) in self.members {
            switch member {
            case .busy: self.members[environment] = .busy(retires: true, respondedAt: nil)
            case .idle: self.members[environment] = .ending
            case .ending: break
            }
        }
        return retired.map { .shutdown(environment: $0, .spindown) }
    }

    /// Ends what has been idle for too long.
    package mutating func reap(at now: EpochTime) -> [Action] {
        self.isReapScheduled = false
        guard let limit = self.configuration.idleLimit else { return [] }
        var actions: [Action] = []
        for environment in self.idle {
            guard case .idle(let since)? = self.members[environment], since.adding(limit) <= now else { continue }
            self.members[environment] = .ending
            actions.append(.shutdown(environment: environment, .spindown))
        }
        self.idle.removeAll { self.members[$0] == .ending }
        return actions + self.scheduleReap(at: now)
    }

    /// Refuses what waits and ends everything, whatever it is doing.
    package mutating func stop() -> [Action] {
        self.isStopping = true
        var actions: [Action] = []
        while let invocation = self.queue.popFirst() {
            let outcome = Outcome.refused(.service("The emulator is stopping."))
            actions.append(.answer(requestID: invocation.requestID, outcome))
        }
        self.idle = []
        for environment in self.members.keys.sorted() {
            self.members[environment] = .ending
            actions.append(.shutdown(environment: environment, .spindown))
        }
        return actions
    }

    private mutating func open(for invocation: Invocation) -> [Action] {
        self.opened += 1
        self.members[self.opened] = .busy(retires: false, respondedAt: nil)
        return [.open(environment: self.opened), .invoke(invocation, environment: self.opened)]
    }

    private mutating func scheduleReap(at now: EpochTime) -> [Action] {
        guard let limit = self.configuration.idleLimit, !self.isReapScheduled, let first = self.idle.first,
            case .idle(let since)? = self.members[first]
        else { return [] }
        self.isReapScheduled = true
        return [.reap(at: max(now, since.adding(limit)))]
    }
}

/// A queue whose ends both cost constant time.
private struct FIFO<Element: Sendable>: Sendable {
    private var elements: [Element?] = []
    private var head = 0

    var count: Int { self.elements.count - self.head }
    var isEmpty: Bool { self.count == 0 }

    mutating func append(_ element: Element) {
        self.elements.append(element)
    }

    mutating func popFirst() -> Element? {
        guard self.head < self.elements.count else { return nil }
        defer {
            self.elements[self.head] = nil
            self.head += 1
            if self.head > 64, self.head * 2 > self.elements.count {
                self.elements.removeFirst(self.head)
                self.head = 0
            }
        }
        return self.elements[self.head]
    }
}
