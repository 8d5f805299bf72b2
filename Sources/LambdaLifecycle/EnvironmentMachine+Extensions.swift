import LambdaWire

extension EnvironmentMachine {
    /// How long an environment with external extensions has to shut down, and the runtime's part of it.
    static let shutdownTime = EpochTime.Span(milliseconds: 2000)
    static let runtimeShutdownTime = EpochTime.Span(milliseconds: 600)
    /// The same where there are internal ones only.
    static let internalShutdownTime = EpochTime.Span(milliseconds: 500)

    private var isInitializing: Bool {
        if case .initializing = self.state { true } else { false }
    }

    /// Answered by exactly one of `.registered`, `.holdExtension`, `.accept` and `.refuseExtension`.
    mutating func extensionCalled(_ call: ExtensionCall, at now: EpochTime) {
        do {
            switch call {
            case .register(let name, let events, let identifier):
                try self.extensions.register(
                    name,
                    events,
                    identifier: identifier,
                    isInit: self.isInitializing
                )
                self.actions.append(.registered(identifier: identifier))
                self.startRuntimeIfAllRegistered()
            case .next(let identifier): try self.extensionAsked(identifier, at: now)
            case .initError(let identifier, let errorType):
                try self.extensions.reportInitError(identifier, errorType)
                self.actions.append(.accept)
            case .exitError(let identifier, let errorType):
                try self.extensions.reportExitError(identifier, errorType)
                self.actions.append(.accept)
            }
        } catch {
            self.actions.append(.refuseExtension(error))
        }
    }

    /// The runtime starts when every external extension has registered.
    private mutating func startRuntimeIfAllRegistered() {
        guard case .initializing = self.state, !self.isRuntimeAlive, self.extensions.areAllRegistered else { return }
        self.spawnRuntime()
    }

    mutating func spawnRuntime() {
        self.isRuntimeAlive = true
        self.actions.append(.spawn(generation: self.generation))
    }

    private mutating func extensionAsked(_ identifier: String, at now: EpochTime) throws(ExtensionsAPIError) {
        try self.extensions.next(identifier)
        self.actions.append(.holdExtension(identifier: identifier))
        switch self.state {
        case .initializing(let initialization): self.initDoneIfAllReady(initialization, at: now)
        case .invoking(let running): self.invocationDoneIfAllReady(running, at: now)
        case .stopping: self.tellShutdown(identifier)
        case .down, .idle, .ended: break
        }
    }

    /// An invocation is told to those who asked to be told.
    mutating func tellInvocation(_ running: Running, deadline: EpochTime) {
        let invocation = running.invocation
        for identifier in self.extensions.begin() {
            let event = ExtensionEvent.invoke(
                requestID: invocation.requestID,
                deadline: deadline,
                functionARN: invocation.functionARN,
                traceID: invocation.traceID
            )
            self.actions.append(.deliverToExtension(identifier: identifier, event))
        }
    }

    /// Each extension as telemetry tells of it when init is over.
    mutating func tellExtensions() {
        for member in self.extensions.members { self.actions.append(.tellExtension(member)) }
    }

    // MARK: Failure

    mutating func extensionFailedToStart(_ name: String, _ errorType: String, _ reason: String, at now: EpochTime) {
        self.extensions.update(named: name) {
            $0.isAlive = false
            $0.state = .launchError
            $0.errorType = errorType
        }
        self.extensionFailed(RuntimeFault(errorType: "Extension.LaunchError", reason: reason), at: now)
    }

    mutating func extensionExited(_ name: String, _ exit: RuntimeExit, at now: EpochTime) {
        guard let member = self.extensions.members.first(where: { $0.isExternal && $0.name == name }) else { return }
        self.extensions.update(named: name) {
            $0.isAlive = false
            if case .stopping = self.state { $0.state = exit == .status(0) ? .exited : .shutdownFailed }
        }
        let errorType =
            switch member.state {
            case .initError: "Extension.InitError"
            case .exitError: "Extension.ExitError"
            default: "Extension.Crash"
            }
        let reason =
            switch exit {
            case .status(let status): "exit code \(status)"
            case .signal: RuntimeFault.exited(exit).reason.replacingPrefix("Runtime exited with error: ")
            }
        self.extensionFailed(RuntimeFault(errorType: errorType, reason: reason), at: now)
    }

    private mutating func extensionFailed(_ fault: RuntimeFault, at now: EpochTime) {
        guard case .stopping(let next) = self.state else { return self.processFailed(fault, at: now) }
        self.stoppedIfAllGone(next, at: now)
    }

    // MARK: Shutdown

    /// The runtime is gone: those who asked for it are told, and have the rest of the time; the others are killed.
    mutating func shutDownExtensions(_ next: AfterStop, at now: EpochTime) {
        guard var teardown = self.teardown else { return self.stoppedIfAllGone(next, at: now) }
        teardown.isRuntimeGone = true
        self.teardown = teardown
        for member in self.extensions.living {
            let isTold = member.events.contains(.shutdown) && member.identifier != nil
            guard isTold, ![.initError, .exitError].contains(member.state) else {
                self.actions.append(.killExtension(name: member.name))
                continue
            }
            self.extensions.update(named: member.name) { $0.isShutdownDue = true }
            if member.state == .ready, let identifier = member.identifier { self.tellShutdown(identifier) }
        }
        self.actions.append(.setTimer(.exit, teardown.deadline))
        self.stoppedIfAllGone(next, at: now)
    }

    private mutating func tellShutdown(_ identifier: String) {
        guard let teardown, let member = self.extensions[identifier: identifier], member.isShutdownDue else { return }
        self.extensions.update(identifier) {
            $0.isShutdownDue = false
            $0.state = .running
        }
        let event = ExtensionEvent.shutdown(reason: teardown.reason.rawValue, deadline: teardown.deadline)
        self.actions.append(.deliverToExtension(identifier: identifier, event))
    }

    mutating func killLivingExtensions() {
        for member in self.extensions.living { self.actions.append(.killExtension(name: member.name)) }
    }
}

/// An environment with extensions on its way down.
struct Teardown: Hashable, Sendable {
    var reason: ShutdownReason
    var deadline: EpochTime
    var isRuntimeGone = false
}

extension String {
    fileprivate func replacingPrefix(_ prefix: String) -> String {
        self.hasPrefix(prefix) ? String(self.dropFirst(prefix.count)) : self
    }
}
