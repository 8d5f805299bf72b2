import LambdaWire

extension EnvironmentMachine {
    mutating func warm(at now: EpochTime) {
        switch self.state {
        case .down(isFresh: true): self.beginInit(.`init`, for: nil, at: now)
        case .down(isFresh: false), .initializing, .idle, .invoking, .stopping, .ended: break
        }
    }

    /// A suppressed init is part of its invocation and has the function's timeout; an ordinary one has ten seconds of
    /// its own.
    mutating func beginInit(_ phase: PlatformEvent.InitPhase, for invocation: Invocation?, at now: EpochTime) {
        self.generation += 1
        self.isOutOfMemory = false
        self.state = .initializing(Initialization(phase: phase, startedAt: now, invocation: invocation))
        if let version = self.configuration.runtimeVersion {
            self.actions.append(.log(.initStart(runtimeVersion: version)))
        }
        self.actions.append(
            .emit(
                .initStart(
                    PlatformEvent.InitStart(
                        phase: phase,
                        functionName: self.configuration.functionName,
                        functionVersion: self.configuration.version,
                        instanceID: self.configuration.logStream,
                        memoryMB: self.configuration.memoryMB,
                        runtimeVersion: self.configuration.runtimeVersion
                    )
                )
            )
        )
        self.extensions.reset(external: self.configuration.extensions)
        for name in self.configuration.extensions {
            self.actions.append(.spawnExtension(name: name, generation: self.generation))
        }
        if self.configuration.extensions.isEmpty { self.spawnRuntime() }
        switch phase {
        case .`init`: self.setTimeout(.initialization, now.adding(self.configuration.initTimeout))
        case .invoke: self.setTimeout(.invocation, now.adding(self.configuration.timeout))
        }
    }

    /// The runtime's first call of `next`.
    mutating func runtimeReady(_ initialization: Initialization, at now: EpochTime) {
        self.actions.append(.hold)
        var initialization = initialization
        initialization.isRuntimeReady = true
        self.extensions.isClosed = true
        self.state = .initializing(initialization)
        self.initDoneIfAllReady(initialization, at: now)
    }

    mutating func initDoneIfAllReady(_ initialization: Initialization, at now: EpochTime) {
        guard initialization.isRuntimeReady, self.extensions.areAllReady else { return }
        let duration = now.since(initialization.startedAt)
        self.actions.append(.emit(.initRuntimeDone(phase: initialization.phase, status: .success, errorType: nil)))
        self.tellExtensions()
        self.actions += [
            .emit(.initReport(phase: initialization.phase, status: .success, errorType: nil, duration: duration)),
            .sampleMemory,
        ]
        switch initialization.phase {
        case .`init`:
            self.cancelTimeout(.initialization)
            self.unbilledInit = duration
            guard let invocation = initialization.invocation else { return self.becomeIdle(at: now) }
            self.begin(invocation, startedAt: now, at: now)
        case .invoke:
            guard let invocation = initialization.invocation else { return self.becomeIdle(at: now) }
            self.begin(invocation, startedAt: initialization.startedAt, at: now)
        }
    }

    mutating func initErrorPosted(
        _ errorType: String?,
        _ payload: (body: [UInt8], contentType: String),
        at now: EpochTime
    ) {
        guard case .initializing(var initialization) = self.state, initialization.reported == nil else {
            return self.actions.append(.refuse(.invalidStateTransition(from: self.runtimeState, to: .initError)))
        }
        initialization.reported = Reported(
            errorType: ReportedError.normalizedType(errorType),
            outcome: .functionError(body: payload.body, contentType: payload.contentType)
        )
        self.state = .initializing(initialization)
        self.actions.append(.accept)
        self.actions.append(.setTimer(.exit, now.adding(self.configuration.initErrorGrace)))
    }

    mutating func initTimedOut(at now: EpochTime) {
        switch self.state {
        case .initializing(let initialization) where initialization.phase == .`init`:
            self.reportInit(initialization, .timeout, nil, at: now)
            self.actions.append(.shuttingDown(.timeout))
            self.stop(then: initialization.invocation.map(AfterStop.retry) ?? .rest, .timeout, at: now)
        case .down, .initializing, .idle, .invoking, .stopping, .ended: break
        }
    }

    /// The runtime's process has ended during init, or could not be started; or an extension's.
    mutating func initFailed(_ initialization: Initialization, _ fault: RuntimeFault, at now: EpochTime) {
        let errorType = initialization.reported?.errorType ?? fault.errorType
        self.reportInit(initialization, .error, errorType, at: now)
        self.actions.append(.cancelTimer(.exit))
        self.actions.append(.shuttingDown(.failure))
        switch (initialization.phase, initialization.invocation) {
        case (.`init`, let invocation?):
            self.cancelTimeout(.initialization)
            self.stop(then: .retry(invocation), .failure, at: now)
        case (.invoke, let invocation?):
            let outcome =
                initialization.reported?.outcome
                ?? .functionError(.fault(fault, requestID: invocation.requestID))
            self.failInInit(invocation, initialization, .error, errorType, outcome, at: now)
            self.stop(then: .rest, .failure, at: now)
        case (_, nil):
            self.cancelTimeout(.initialization)
            self.stop(then: .rest, .failure, at: now)
        }
    }

    /// The function's timeout has come within a suppressed init.
    mutating func suppressedInitTimedOut(_ initialization: Initialization, _ invocation: Invocation, at now: EpochTime)
    {
        self.reportInit(initialization, .timeout, nil, at: now)
        let error = FunctionError.timedOut(requestID: invocation.requestID, after: self.configuration.timeout)
        self.failInInit(invocation, initialization, .timeout, nil, .functionError(error), at: now)
        self.actions.append(.shuttingDown(.timeout))
        self.stop(then: .rest, .timeout, at: now)
    }

    private mutating func reportInit(
        _ initialization: Initialization,
        _ status: PlatformEvent.Status,
        _ errorType: String?,
        at now: EpochTime
    ) {
        let phase = initialization.phase
        let duration = now.since(initialization.startedAt)
        self.actions.append(.emit(.initRuntimeDone(phase: phase, status: status, errorType: errorType)))
        self.tellExtensions()
        self.actions += [
            .emit(.initReport(phase: phase, status: status, errorType: errorType, duration: duration)),
            .log(.initReport(phase: phase, status, errorType: errorType, duration)),
        ]
    }

    /// An invocation whose runtime never asked for it still has its start, its end and its report.
    private mutating func failInInit(
        _ invocation: Invocation,
        _ initialization: Initialization,
        _ status: PlatformEvent.Status,
        _ errorType: String?,
        _ outcome: Outcome,
        at now: EpochTime
    ) {
        self.cancelTimeout(.invocation)
        let running = Running(invocation: invocation, startedAt: initialization.startedAt, deliveredAt: now)
        self.announce(running, deadline: initialization.startedAt.adding(self.configuration.timeout))
        self.fail(running, status, errorType, outcome, at: now)
    }
}
