import LambdaWire

extension EnvironmentMachine {
    mutating func invoke(_ invocation: Invocation, at now: EpochTime) {
        switch self.state {
        case .down(let isFresh): self.beginInit(isFresh ? .`init` : .invoke, for: invocation, at: now)
        case .idle(let idle):
            self.thaw(idle)
            self.begin(invocation, startedAt: now, at: now)
        case .initializing(var initialization) where initialization.invocation == nil:
            initialization.invocation = invocation
            self.state = .initializing(initialization)
        case .stopping(.rest): self.state = .stopping(.retry(invocation))
        case .initializing, .invoking, .stopping(.retry), .stopping(.end), .ended:
            self.finish(invocation, .refused(.service("The execution environment cannot take an invocation.")))
        }
    }

    /// Hands the event over. `startedAt` is before `now` where a suppressed init came first.
    mutating func begin(_ invocation: Invocation, startedAt: EpochTime, at now: EpochTime) {
        let running = Running(
            invocation: invocation,
            startedAt: startedAt,
            deliveredAt: now,
            initDuration: self.unbilledInit
        )
        self.unbilledInit = nil
        let deadline = startedAt.adding(self.configuration.timeout)
        self.state = .invoking(running)
        self.setTimeout(.invocation, deadline)
        // Extensions first, as in Lambda: what the runtime then does finds them told. All else comes while they work.
        self.tellInvocation(running, deadline: deadline)
        self.actions.append(.deliver(invocation, deadline: deadline))
        self.announce(running, deadline: deadline)
    }

    mutating func announce(_ running: Running, deadline: EpochTime) {
        let invocation = running.invocation
        self.actions += [
            .emit(
                .start(
                    requestID: invocation.requestID,
                    version: self.configuration.version,
                    functionARN: invocation.functionARN,
                    traceID: invocation.traceID
                )
            ),
            .log(.start(requestID: invocation.requestID, version: self.configuration.version)),
            .began(invocation, deadline: deadline),
        ]
    }

    /// The runtime has responded: the invoker need not wait, the invocation goes on until `next`. `reply` is the
    /// runtime's; who waits longest is answered first.
    mutating func respond(
        _ running: Running,
        _ outcome: Outcome,
        _ reply: EnvironmentAction,
        startedAt: EpochTime,
        bytes: Int,
        at now: EpochTime
    ) {
        var running = running
        running.response = Responded(startedAt: startedAt, endedAt: now, producedBytes: bytes, outcome: outcome)
        self.state = .invoking(running)
        let requestID = running.invocation.requestID
        if !running.invocation.wantsLogTail { self.actions.append(.answer(requestID: requestID, outcome)) }
        self.actions.append(reply)
        self.actions.append(.result(requestID: requestID, outcome))
    }

    /// The runtime asks for the next event after it has responded.
    mutating func runtimeDone(_ running: Running, _ response: Responded, at now: EpochTime) {
        self.actions.append(.hold)
        let isLast = !self.extensions.isAnyRunning
        if isLast { self.cancelTimeout(.invocation) }
        self.tellRuntimeDone(running, .success, nil, spans: Self.spans(running, response, until: now), at: now)
        var running = running
        running.runtimeDoneAt = now
        if isLast { return self.invocationDone(running, response, at: now) }
        self.state = .invoking(running)
    }

    /// The invocation is over when nobody who was told of it is still at it.
    mutating func invocationDoneIfAllReady(_ running: Running, at now: EpochTime) {
        guard let response = running.response, running.runtimeDoneAt != nil, !self.extensions.isAnyRunning else {
            return
        }
        self.cancelTimeout(.invocation)
        self.invocationDone(running, response, at: now)
    }

    private mutating func invocationDone(_ running: Running, _ response: Responded, at now: EpochTime) {
        self.report(running, .success, nil, at: now)
        if running.invocation.wantsLogTail {
            self.actions.append(.answer(requestID: running.invocation.requestID, response.outcome))
        }
        self.becomeIdle(at: now)
    }

    mutating func invocationTimedOut(at now: EpochTime) {
        switch self.state {
        case .invoking(let running):
            let error = FunctionError.timedOut(
                requestID: running.invocation.requestID,
                after: self.configuration.timeout
            )
            self.actions.append(.sampleMemory)
            self.fail(running, .timeout, nil, .functionError(error), at: now)
            self.actions.append(.shuttingDown(.timeout))
            self.stop(then: .rest, .timeout, at: now)
        case .initializing(let initialization) where initialization.phase == .invoke:
            guard let invocation = initialization.invocation else { return }
            self.suppressedInitTimedOut(initialization, invocation, at: now)
        case .down, .initializing, .idle, .stopping, .ended: break
        }
    }

    /// The runtime's process has ended during the invocation, or an extension's.
    mutating func invocationFailed(_ running: Running, _ fault: RuntimeFault, at now: EpochTime) {
        self.cancelTimeout(.invocation)
        let outcome = Outcome.functionError(.fault(fault, requestID: running.invocation.requestID))
        self.fail(running, .error, fault.errorType, outcome, at: now)
        self.actions.append(.shuttingDown(.failure))
        self.stop(then: .rest, .failure, at: now)
    }

    /// Ends an invocation that did not come to `next`. `outcome` is the invoker's unless the runtime has responded.
    mutating func fail(
        _ running: Running,
        _ status: PlatformEvent.Status,
        _ errorType: String?,
        _ outcome: Outcome,
        at now: EpochTime
    ) {
        var spans: [PlatformEvent.Span] = []
        if let response = running.response {
            spans = Self.spans(running, response, until: nil)
        } else {
            self.actions.append(.result(requestID: running.invocation.requestID, outcome))
        }
        if running.runtimeDoneAt == nil { self.tellRuntimeDone(running, status, errorType, spans: spans, at: now) }
        self.report(running, status, errorType, at: now)
        switch running.response {
        case nil: self.actions.append(.answer(requestID: running.invocation.requestID, outcome))
        case let response? where running.invocation.wantsLogTail:
            self.actions.append(.answer(requestID: running.invocation.requestID, response.outcome))
        case _?: break
        }
    }

    /// Ends an invocation that has not begun.
    mutating func finish(_ invocation: Invocation, _ outcome: Outcome) {
        self.actions.append(.answer(requestID: invocation.requestID, outcome))
    }

    private mutating func tellRuntimeDone(
        _ running: Running,
        _ status: PlatformEvent.Status,
        _ errorType: String?,
        spans: [PlatformEvent.Span],
        at now: EpochTime
    ) {
        let invocation = running.invocation
        let done = PlatformEvent.RuntimeDone(
            requestID: invocation.requestID,
            status: status,
            errorType: errorType,
            duration: now.since(running.deliveredAt),
            producedBytes: running.response?.producedBytes ?? 0,
            spans: spans,
            traceID: invocation.traceID
        )
        self.actions.append(.emit(.runtimeDone(done)))
    }

    private mutating func report(
        _ running: Running,
        _ status: PlatformEvent.Status,
        _ errorType: String?,
        at now: EpochTime
    ) {
        let invocation = running.invocation
        var duration = now.since(running.startedAt)
        // A timer fires a little late; what Lambda reports and bills is the limit.
        if status == .timeout { duration = min(duration, self.configuration.timeout) }
        var report = PlatformEvent.Report(
            requestID: invocation.requestID,
            status: status,
            errorType: errorType,
            duration: duration,
            initDuration: running.initDuration,
            memorySizeMB: self.configuration.memoryMB,
            maxMemoryUsedMB: self.maxMemoryUsedMB,
            traceID: invocation.traceID
        )
        if let done = running.runtimeDoneAt, !self.extensions.isEmpty {
            report.spans = [PlatformEvent.Span(.extensionOverhead, from: done, to: now)]
        }
        self.actions += [.log(.end(requestID: invocation.requestID)), .log(.report(report)), .emit(.report(report))]
    }

    private static func spans(_ running: Running, _ response: Responded, until end: EpochTime?) -> [PlatformEvent.Span]
    {
        var spans = [
            PlatformEvent.Span(.responseLatency, from: running.deliveredAt, to: response.startedAt),
            PlatformEvent.Span(.responseDuration, from: response.startedAt, to: response.endedAt),
        ]
        if let end { spans.append(PlatformEvent.Span(.runtimeOverhead, from: response.endedAt, to: end)) }
        return spans
    }
}
