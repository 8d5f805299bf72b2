import LambdaWire

extension EnvironmentMachine {
    /// Ends the processes; `next` follows when the end of the last one is seen. Without extensions the runtime is killed at
    /// once; with them it is asked first, and they are told after it.
    mutating func stop(then next: AfterStop, _ reason: ShutdownReason, at now: EpochTime) {
        let next = self.dueShutdown == nil ? next : .end
        self.dueShutdown = nil
        self.state = .stopping(next)
        guard self.extensions.hasLiving else { return self.stopRuntimeAlone(then: next, at: now) }
        self.teardown = Teardown(reason: reason, deadline: now.adding(Self.shutdownTime))
        guard self.isRuntimeAlive else { return self.shutDownExtensions(next, at: now) }
        self.actions += [.kill(.terminate), .setTimer(.exit, now.adding(Self.runtimeShutdownTime))]
    }

    /// Extensions within it may want to write what they have.
    private mutating func stopRuntimeAlone(then next: AfterStop, at now: EpochTime) {
        guard self.isRuntimeAlive else { return self.go(on: next, at: now) }
        guard !self.extensions.isEmpty, self.extensions.members.allSatisfy({ !$0.isExternal }) else {
            return self.actions.append(.kill(.kill))
        }
        self.actions += [.kill(.terminate), .setTimer(.exit, now.adding(Self.internalShutdownTime))]
    }

    /// The process is gone, or could not be started.
    mutating func runtimeEnded(_ fault: RuntimeFault, at now: EpochTime) {
        guard case .stopping(let next) = self.state else { return self.processFailed(fault, at: now) }
        self.shutDownExtensions(next, at: now)
    }

    /// Without its runtime or one of its extensions an environment cannot go on.
    mutating func processFailed(_ fault: RuntimeFault, at now: EpochTime) {
        switch self.state {
        case .initializing(let initialization): self.initFailed(initialization, fault, at: now)
        case .idle(let idle):
            self.thaw(idle)
            self.actions.append(.shuttingDown(.failure))
            self.stop(then: .rest, .failure, at: now)
        case .invoking(let running): self.invocationFailed(running, fault, at: now)
        case .down, .stopping, .ended: break
        }
    }

    mutating func stoppedIfAllGone(_ next: AfterStop, at now: EpochTime) {
        guard !self.isRuntimeAlive, !self.extensions.hasLiving else { return }
        self.stopped(next, at: now)
    }

    private mutating func stopped(_ next: AfterStop, at now: EpochTime) {
        self.actions.append(.cancelTimer(.exit))
        self.teardown = nil
        self.go(on: next, at: now)
    }

    private mutating func go(on next: AfterStop, at now: EpochTime) {
        switch next {
        case .rest:
            self.state = .down(isFresh: false)
            self.actions.append(.available)
        case .retry(let invocation): self.beginInit(.invoke, for: invocation, at: now)
        case .end:
            self.state = .ended
            self.actions.append(.ended)
        }
    }

    /// Out of memory looks like a crash: killed, and reported when the process is gone.
    mutating func memoryExceeded() {
        switch self.state {
        case .initializing, .invoking:
            self.isOutOfMemory = true
            self.actions.append(.kill(.kill))
        case .idle, .down, .stopping, .ended: break
        }
    }

    /// SIGTERM was not heeded, or a runtime that reported an init error lives on.
    mutating func exitOverdue(at now: EpochTime) {
        switch self.state {
        case .invoking:
            guard let reason = self.dueShutdown else { return }
            self.dueShutdown = nil
            self.cutShort(reason, at: now)
        case .initializing(let initialization) where initialization.reported != nil: self.actions.append(.kill(.kill))
        case .stopping where self.teardown?.isRuntimeGone == true: self.killLivingExtensions()
        case .stopping: self.actions.append(.kill(.kill))
        case .down, .initializing, .idle, .ended: break
        }
    }

    /// An invocation that has been answered is given a moment to end; whatever else runs is cut short.
    mutating func shutdown(_ reason: ShutdownReason, at now: EpochTime) {
        guard case .invoking(let running) = self.state, running.response != nil else {
            return self.cutShort(reason, at: now)
        }
        self.dueShutdown = reason
        self.actions.append(.setTimer(.exit, now.adding(self.configuration.answeredGrace)))
    }

    /// An invoker gets a service error, a report says `failure`.
    private mutating func cutShort(_ reason: ShutdownReason, at now: EpochTime) {
        let refused = Outcome.refused(.service("The execution environment was shut down."))
        switch self.state {
        case .down:
            self.state = .ended
            self.actions.append(.ended)
        case .initializing(let initialization):
            self.cancelTimeout(initialization.phase == .`init` ? .initialization : .invocation)
            self.actions.append(.cancelTimer(.exit))
            if let invocation = initialization.invocation { self.finish(invocation, refused) }
            self.actions.append(.shuttingDown(reason))
            self.stop(then: .end, reason, at: now)
        case .idle(let idle):
            self.actions.append(.shuttingDown(reason))
            self.thaw(idle)
            self.terminate(reason, at: now)
        case .invoking(let running):
            self.cancelTimeout(.invocation)
            self.fail(running, .failure, "Sandbox.Failure", refused, at: now)
            self.actions.append(.shuttingDown(reason))
            self.stop(then: .end, reason, at: now)
        case .stopping(let next):
            if case .retry(let invocation) = next { self.finish(invocation, refused) }
            self.state = .stopping(.end)
        case .ended: break
        }
    }

    private mutating func terminate(_ reason: ShutdownReason, at now: EpochTime) {
        guard let grace = self.configuration.terminationGrace, self.extensions.isEmpty else {
            return self.stop(then: .end, reason, at: now)
        }
        self.state = .stopping(.end)
        self.actions += [.kill(.terminate), .setTimer(.exit, now.adding(grace))]
    }
}
