package import LambdaWire

/// The rules of one on-demand execution environment: when it starts, freezes, fails, is reset and shut down.
///
/// Pure: `handle` takes what happened and when, and returns what to do. One invocation at a time. Init and each invocation
/// end when the runtime and every extension that was told have called `next`.
package struct EnvironmentMachine: Sendable {
    package struct Configuration: Hashable, Sendable {
        package var functionName: String
        package var version = "$LATEST"
        package var logStream: String
        package var memoryMB: Int
        /// The names of the external extensions, in the order in which they are started.
        package var extensions: [String] = []
        /// Written in INIT_START and `platform.initStart`, if known.
        package var runtimeVersion: String?
        /// The function's timeout.
        package var timeout: EpochTime.Span
        package var initTimeout = EpochTime.Span(milliseconds: 10_000)
        /// How long a runtime that has reported an init error may live on.
        package var initErrorGrace = EpochTime.Span(milliseconds: 500)
        /// How long an invocation that has been answered may go on once the environment is to be shut down.
        package var answeredGrace = EpochTime.Span(milliseconds: 500)
        /// How long an idle environment runs on before it is frozen; nil: it is never frozen. A few milliseconds keep
        /// back-to-back invocations free of signals.
        package var freezeDelay: EpochTime.Span? = EpochTime.Span(milliseconds: 5)
        /// How long the runtime has between SIGTERM and SIGKILL; nil: SIGKILL at once, as Lambda does where there are
        /// no extensions.
        package var terminationGrace: EpochTime.Span?
        /// False under a debugger.
        package var hasTimeouts = true

        package init(
            functionName: String,
            logStream: String,
            memoryMB: Int,
            runtimeVersion: String? = nil,
            timeout: EpochTime.Span
        ) {
            self.functionName = functionName
            self.logStream = logStream
            self.memoryMB = memoryMB
            self.runtimeVersion = runtimeVersion
            self.timeout = timeout
        }
    }

    enum State: Hashable, Sendable {
        /// No process. `isFresh`: none was ever started, so that the next init is an ordinary one.
        case down(isFresh: Bool)
        case initializing(Initialization)
        /// The runtime waits for an event, or will ask again.
        case idle(Idle)
        case invoking(Running)
        /// Killed, or asked to end; its exit has not been seen yet.
        case stopping(AfterStop)
        case ended
    }

    struct Initialization: Hashable, Sendable {
        var phase: PlatformEvent.InitPhase
        var startedAt: EpochTime
        /// The invocation that made it necessary.
        var invocation: Invocation?
        /// The first fatal error that the runtime reported, which wins over its exit.
        var reported: Reported?
        /// The runtime has called `next`, and extensions have not yet.
        var isRuntimeReady = false
    }

    struct Reported: Hashable, Sendable {
        var errorType: String
        var outcome: Outcome
    }

    struct Idle: Hashable, Sendable {
        var since: EpochTime
        var freeze: Freeze

        enum Freeze: Hashable, Sendable {
            case none
            case quiescing(ticket: Int)
            case frozen
        }
    }

    struct Running: Hashable, Sendable {
        var invocation: Invocation
        /// When it was taken on: before a suppressed init, which counts.
        var startedAt: EpochTime
        var deliveredAt: EpochTime
        /// Of an ordinary init that this is the first invocation after.
        var initDuration: EpochTime.Span?
        var response: Responded?
        /// When the runtime was done, if extensions are not yet.
        var runtimeDoneAt: EpochTime?
    }

    struct Responded: Hashable, Sendable {
        var startedAt: EpochTime
        var endedAt: EpochTime
        var producedBytes: Int
        var outcome: Outcome
    }

    enum AfterStop: Hashable, Sendable {
        /// Wait for the next invocation, which begins with a suppressed init.
        case rest
        /// Begin a suppressed init for this one.
        case retry(Invocation)
        case end
    }

    package let configuration: Configuration
    var state = State.down(isFresh: true)
    /// Of the runtime's process; counts from 1.
    package internal(set) var generation = 0
    /// Of an ordinary init that has had no invocation yet.
    var unbilledInit: EpochTime.Span?
    package internal(set) var maxMemoryUsedMB = 0
    var isOutOfMemory = false
    private var ticket = 0
    package internal(set) var extensions = ExtensionTable()
    /// Its process runs, or is being started.
    var isRuntimeAlive = false
    /// Set while extensions are being shut down.
    var teardown: Teardown?
    /// It is to be shut down as soon as the invocation that has been answered is over.
    var dueShutdown: ShutdownReason?
    var actions: [EnvironmentAction] = []

    package init(_ configuration: Configuration) {
        self.configuration = configuration
    }

    /// Takes one event; what it asks for is to be done in order.
    package mutating func handle(_ event: EnvironmentEvent, at now: EpochTime) -> [EnvironmentAction] {
        self.actions = []
        self.actions.reserveCapacity(12)
        switch event {
        case .warm: self.warm(at: now)
        case .invoke(let invocation): self.invoke(invocation, at: now)
        case .nextRequested: self.nextRequested(at: now)
        case .responsePosted(let requestID, let invocationID, let response):
            self.responsePosted(requestID, invocationID, response, at: now)
        case .errorPosted(let requestID, let invocationID, let body, let contentType):
            self.errorPosted(requestID, invocationID, ReportedError.payload(body, contentType: contentType), at: now)
        case .initErrorPosted(let errorType, let body, let contentType):
            self.initErrorPosted(errorType, ReportedError.payload(body, contentType: contentType), at: now)
        case .spawnFailed(let generation, let reason):
            guard generation == self.generation else { break }
            self.isRuntimeAlive = false
            self.runtimeEnded(.invalidEntrypoint(reason), at: now)
        case .runtimeExited(let generation, let exit):
            guard generation == self.generation else { break }
            self.isRuntimeAlive = false
            self.runtimeEnded(self.isOutOfMemory ? .outOfMemory : .exited(exit), at: now)
        case .memorySampled(let megabytes): self.maxMemoryUsedMB = max(self.maxMemoryUsedMB, megabytes)
        case .memoryExceeded: self.memoryExceeded()
        case .extensionCalled(let call): self.extensionCalled(call, at: now)
        case .extensionExited(let generation, let name, let exit):
            if generation == self.generation { self.extensionExited(name, exit, at: now) }
        case .extensionSpawnFailed(let generation, let name, let errorType, let reason):
            if generation == self.generation { self.extensionFailedToStart(name, errorType, reason, at: now) }
        case .timerFired(let timer): self.timerFired(timer, at: now)
        case .quiesced(let ticket): self.quiesced(ticket)
        case .shutdown(let reason): self.shutdown(reason, at: now)
        }
        defer { self.actions = [] }
        return self.actions
    }

    // MARK: Freezing

    mutating func becomeIdle(at now: EpochTime) {
        self.state = .idle(Idle(since: now, freeze: .none))
        if let reason = self.dueShutdown {
            self.dueShutdown = nil
            self.actions.append(.cancelTimer(.exit))
            return self.shutdown(reason, at: now)
        }
        if let delay = self.configuration.freezeDelay {
            self.actions.append(.setTimer(.freeze, now.adding(delay)))
        }
        self.actions.append(.available)
    }

    private mutating func quiesced(_ ticket: Int) {
        guard case .idle(var idle) = self.state, idle.freeze == .quiescing(ticket: ticket) else { return }
        idle.freeze = .frozen
        self.state = .idle(idle)
        self.actions.append(.freeze)
    }

    private mutating func freezeDue() {
        guard case .idle(var idle) = self.state, idle.freeze == .none else { return }
        self.ticket += 1
        idle.freeze = .quiescing(ticket: self.ticket)
        self.state = .idle(idle)
        self.actions += [.sampleMemory, .quiesce(ticket: self.ticket)]
    }

    mutating func thaw(_ idle: Idle) {
        switch idle.freeze {
        case .frozen: self.actions.append(.thaw)
        case .none, .quiescing: break
        }
        if self.configuration.freezeDelay != nil { self.actions.append(.cancelTimer(.freeze)) }
    }

    // MARK: Time

    private mutating func timerFired(_ timer: EnvironmentTimer, at now: EpochTime) {
        switch timer {
        case .initialization: self.initTimedOut(at: now)
        case .invocation: self.invocationTimedOut(at: now)
        case .freeze: self.freezeDue()
        case .exit: self.exitOverdue(at: now)
        }
    }

    mutating func setTimeout(_ timer: EnvironmentTimer, _ time: EpochTime) {
        if self.configuration.hasTimeouts { self.actions.append(.setTimer(timer, time)) }
    }

    mutating func cancelTimeout(_ timer: EnvironmentTimer) {
        if self.configuration.hasTimeouts { self.actions.append(.cancelTimer(timer)) }
    }
}

extension EpochTime {
    func adding(_ span: Span) -> EpochTime { EpochTime(microseconds: self.microseconds + span.microseconds) }
}
