import CRescue
import LambdaWire
import LmonHTTP
import LmonJSON
import LmonRecord

extension LambdaAgent {
    /// Hands an event to the machine and does what it says; events that this brings about wait for their turn.
    func handle(_ event: HoldMachine.Event) {
        self.events.append(event)
        guard !self.isHandling else { return }
        self.isHandling = true
        defer { self.isHandling = false }
        while !self.events.isEmpty {
            let event = self.events.removeFirst()
            let now = SystemClock.now()
            for action in self.machine?.handle(event, at: now.epoch) ?? [] { self.perform(action, at: now) }
        }
        lmon_rescue_at_stake(UInt64(self.sinks?.pending ?? 0))
    }

    private func perform(_ action: HoldMachine.Action, at now: Timestamp) {
        switch action {
        case .next: self.next()
        case .drain(let ticket): self.drain(ticket)
        case .ship(let ticket, let isLast): self.ship(ticket, isLast: isLast)
        case .shipOverlapped: self.shipSoon()
        case .ended: self.current.endedAt = self.current.endedAt ?? now
        case .held(let requestID, let span): self.held(requestID, span, at: now)
        case .setTimer(let timer, let span): self.set(timer, span)
        case .cancelTimer(let timer): self.timers.removeValue(forKey: timer)?.cancel()
        case .finish: self.leave()
        }
    }

    private func set(_ timer: HoldMachine.Timer, _ span: EpochTime.Span) {
        self.timers[timer]?.cancel()
        self.timers[timer] = self.loop.schedule(after: .microseconds(span.microseconds)) { [weak self] in
            self?.handle(.timerFired(timer))
        }
    }

    // MARK: Events

    private func next() {
        self.faults.strike("waiting")
        self.current.idleSince = SystemClock.now()
        self.api.next { [weak self] in self?.answered($0) }
    }

    private func answered(_ result: Result<ExtensionsAPI.Event, ExtensionsAPI.Failure>) {
        switch result {
        case .success(let event):
            self.nextFailures = 0
            self.take(event)
        case .failure(let failure):
            self.nextFailures += 1
            if self.nextFailures == 1 { self.log.say(.error, "\(failure); it is asked again") }
            self.loop.schedule(after: .milliseconds(min(20 << min(self.nextFailures, 6), 1000))) { [weak self] in
                self?.api.next { self?.answered($0) }
            }
        }
    }

    private func take(_ event: ExtensionsAPI.Event) {
        let now = SystemClock.now()
        switch event {
        case .invoke(let invoke):
            self.thawed(at: now)
            self.current = CurrentInvocation(requestID: invoke.requestID)
            self.begun.insert(invoke.requestID)
            self.current.shippedBytes = self.sinks?.shippedBytes ?? 0
            self.observe(.invoke, at: now, requestID: invoke.requestID, Self.payload(of: invoke))
            self.releaseEarly()
            self.faults.strike("running")
            self.handle(.invoked(invoke.requestID, deadline: invoke.deadline))
        case .shutdown(let reason, let deadline):
            lmon_rescue_release()
            self.log.say(.info, "shutdown: \(reason)")
            self.releaseEarly()
            self.current.shutdownReason = reason
            self.current.shutdownDeadline = deadline
            self.faults.strike("stopping")
            self.handle(.shutdown(deadline: deadline))
        case .unknown: self.api.next { [weak self] in self?.answered($0) }
        }
    }

    private static func payload(of invoke: ExtensionsAPI.Event.Invoke) -> [UInt8] {
        JSONWriter.object {
            $0.member("deadlineMs", Int(invoke.deadline.milliseconds))
            $0.member("invokedFunctionArn", invoke.functionARN)
            $0.member("tracing", raw: invoke.tracing)
        }
    }

    /// An extension is not told that it was frozen; it sees that nothing happened for a while.
    private func thawed(at now: Timestamp) {
        guard let since = self.current.endedAt.map({ max($0, self.current.idleSince ?? $0) }),
            now.milliseconds(since: since) >= 20
        else { return }
        let inferred = Array(#"{"inferred":true}"#.utf8)
        self.observe(.freeze, at: since, requestID: nil, inferred)
        self.observe(.thaw, at: now, requestID: nil, inferred)
        if now.milliseconds(since: since) >= 1000 { self.sinks?.thawed() }
    }

    // MARK: Holding

    private func drain(_ ticket: Int) {
        self.faults.strike("draining")
        guard let ingest else { return self.handle(.drained(ticket: ticket)) }
        ingest.whenInputIsRead { [weak self] in self?.handle(.drained(ticket: ticket)) }
    }

    private func ship(_ ticket: Int, isLast: Bool) {
        self.faults.strike("shipping")
        if isLast { self.tellShutdown() }
        self.core.assumeIsolated { $0.flush() }
        if !isLast, let requestID = self.current.requestID, let end = self.current.endedAt {
            self.sinks?.ended(requestID, isError: self.current.isError, at: end)
        }
        guard let sinks else { return self.handle(.shipped(ticket: ticket)) }
        let shipped: @Sendable () -> Void = { [weak self] in self?.handle(.shipped(ticket: ticket)) }
        if isLast { sinks.shipLast(self.core, then: shipped) } else { sinks.ship(isLast: false, then: shipped) }
    }

    private func held(_ requestID: String, _ span: EpochTime.Span, at now: Timestamp) {
        self.sinks?.giveUpWaiting()
        self.tellOverhead(requestID, heldFor: span, at: now)
        // The tee has it before the freeze.
        self.core.assumeIsolated { $0.flush() }
    }

    /// Once for each invocation, whether it was held or not.
    func tellOverhead(_ requestID: String, heldFor span: EpochTime.Span?, at now: Timestamp) {
        guard self.costTold.insert(requestID) else { return }
        let payload = JSONWriter.object {
            if let span {
                $0.key("heldMs")
                $0.thousandths(Int(span.microseconds))
            }
            $0.member("rssBytes", ProcessMemory.residentBytes)
            $0.member("shippedBytes", (self.sinks?.shippedBytes ?? 0) - self.current.shippedBytes)
            if self.configuration.sample < 1 { $0.member("skippedInvocations", self.sampler.skipped) }
        }
        self.observe(.overhead, at: now, requestID: requestID, payload)
    }

    /// What came since leaves before long, while the environment runs.
    func shipSoon() {
        guard !self.isShipTimed else { return }
        self.isShipTimed = true
        let interval = self.configuration.flush.interval(isPaid: self.configuration.s3 != nil)
        self.loop.schedule(after: .microseconds(interval.microseconds)) { [weak self] in
            guard let self else { return }
            self.isShipTimed = false
            self.core.assumeIsolated { $0.flush() }
            self.sinks?.ship(isLast: false) {}
            lmon_rescue_at_stake(UInt64(self.sinks?.pending ?? 0))
        }
    }

    // MARK: The end

    private func tellShutdown() {
        let payload = JSONWriter.object {
            $0.member("reason", self.current.shutdownReason)
            if self.configuration.sample < 1 { $0.member("skippedInvocations", self.sampler.skipped) }
        }
        self.observe(.shutdown, at: SystemClock.now(), requestID: nil, payload)
    }

    private func leave() {
        let unsent = self.sinks?.unsent ?? []
        self.log.say(
            .info,
            "leaves: \(self.sinks?.shippedBytes ?? 0) bytes were taken, \(unsent.count) records were not"
        )
        if !unsent.isEmpty {
            let spill = self.configuration.spills ? Spill.lines(of: unsent) : (bytes: [], left: unsent.count)
            StandardOutput.write(spill.bytes)
            if spill.left > 0 { self.log.say(.error, "\(spill.left) records could not be sent and are lost") }
        }
        if let lines = self.sinks?.unwrittenLines, lines > 0 {
            self.log.say(.error, "\(lines) records could not be written to standard output and are lost")
        }
        if let recaps = self.sinks?.unsentRecaps, recaps > 0 {
            self.log.say(.error, "\(recaps) recaps could not be sent and are lost")
        }
        self.leaveOnceRead()
    }

    /// A reader of the tee that is behind has what is left of the time; then the process ends, and its sockets with it.
    private func leaveOnceRead() {
        guard let sinks, let deadline = self.current.shutdownDeadline else { return self.finish(0) }
        let done = Countdown(1) { [weak self] in self?.finish(0) }
        let left = deadline.since(SystemClock.now().epoch.adding(milliseconds: 100))
        self.loop.schedule(after: .microseconds(left.microseconds)) { done.finish() }
        sinks.finishTees { done.finish() }
    }
}

extension Timestamp {
    var epoch: EpochTime { EpochTime(microseconds: self.microseconds) }
}
