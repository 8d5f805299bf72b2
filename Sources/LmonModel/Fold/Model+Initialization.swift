import LmonRecord

/// Records of an environment's beginning.
extension Model {
    mutating func applyInitialization(
        _ record: Record,
        _ part: RecordKind.InitializationPart,
        _ environment: Int
    ) -> ModelChange {
        let (slot, isNew) = self.initializationSlot(for: record, part, environment)
        guard let detail = self.detail(slot) else { return self.partial(slot) }
        var initialization = self.details[detail].initialization ?? Initialization()
        switch part {
        case .start, .restoreStart, .runtimeDone, .restoreRuntimeDone, .report, .restoreReport:
            initialization.apply(PlatformPayload(record), part, record)
        case .environment: self.describe(environment, by: LifecyclePayload(record), &initialization)
        case .interceptor:
            let problems = initialization.interceptor?.problems ?? []
            initialization.interceptor = Initialization.Interceptor(LifecyclePayload(record), after: problems)
        case .agent:
            let problems = initialization.agent?.problems ?? []
            initialization.agent = Initialization.Agent(LifecyclePayload(record), after: problems)
            if let sample = initialization.agent?.sample { self.totals.sample = min(self.totals.sample ?? 1, sample) }
        }
        self.details[detail].initialization = initialization
        self.follow(part, initialization, record, environment)
        self.tellFirstInvocation(slot, initialization, environment)
        if let start = initialization.start { self.details[detail].start = start }
        for index in self.details[detail].calls.indices { self.judge(index, detail, environment) }
        return self.settle(slot, isNew: isNew)
    }

    /// The bucket of the initialisation that a record belongs to; a second start is another initialisation.
    private mutating func initializationSlot(
        for record: Record,
        _ part: RecordKind.InitializationPart,
        _ environment: Int
    ) -> (Int32, isNew: Bool) {
        var (slot, isNew) = self.initializationSlot(record, environment)
        let isStart = part == .start || part == .restoreStart
        if isStart, !isNew, self.isBegun(slot) {
            slot = self.addSlot(nil, record, environment)
            isNew = true
        }
        let isMarked = self.environments[environment].inits.contains { $0.slot == slot }
        if !isMarked, isStart || part == .environment {
            let mark = EnvironmentFold.InitMark(sequence: record.sequence, slot: slot)
            self.environments[environment].noteInitialization(mark)
        }
        return (slot, isNew)
    }

    private func isBegun(_ slot: Int32) -> Bool {
        guard let detail = self.detail(slot) else { return true }
        return self.details[detail].initialization?.start != nil
    }

    private mutating func describe(
        _ environment: Int,
        by payload: LifecyclePayload,
        _ initialization: inout Initialization
    ) {
        var status = self.environments[environment].status
        status.runtime = payload.text("runtime") ?? status.runtime
        status.version = payload.text("version", "functionVersion") ?? status.version
        status.handler = payload.text("handler") ?? status.handler
        status.region = payload.text("region") ?? status.region
        status.account = payload.text("account", "accountId") ?? status.account
        status.agentVersion = payload.text("agentVersion", "agent", "lmon") ?? status.agentVersion
        status.memoryLimit = payload.int("memory", "memoryMB", "memorySizeMB") ?? status.memoryLimit
        status.initializationType = payload.text("initializationType") ?? status.initializationType
        self.environments[environment].status = status
        if let runtime = status.runtime { initialization.runtime = Initialization.runtimeName(runtime) }
        initialization.type = initialization.type ?? status.initializationType
    }

    /// The environment's own row in the environment view.
    private mutating func follow(
        _ part: RecordKind.InitializationPart,
        _ initialization: Initialization,
        _ record: Record,
        _ environment: Int
    ) {
        let type = initialization.type ?? self.environments[environment].status.initializationType
        self.environments[environment].status.initializationType = type
        if self.environments[environment].status.runtime == nil {
            self.environments[environment].status.runtime = initialization.runtime
        }
        switch part {
        case .start, .restoreStart: self.environments[environment].enter(.initializing, record)
        case .report, .restoreReport:
            self.environments[environment].status.initDuration = initialization.duration
            self.environments[environment].enter(.idle, record)
        case .environment:
            if self.environments[environment].stateSequence == 0 {
                self.environments[environment].enter(.initializing, record)
            }
        case .interceptor:
            self.environments[environment].status.interceptor = initialization.interceptor?.text
            self.environments[environment].status.problems = initialization.problems
        case .agent:
            self.environments[environment].status.agent = initialization.agent?.text
            self.environments[environment].status.problems = initialization.problems
        case .runtimeDone, .restoreRuntimeDone: break
        }
    }

    private mutating func tellFirstInvocation(_ slot: Int32, _ initialization: Initialization, _ environment: Int) {
        for mark in self.environments[environment].inits where mark.slot == slot {
            guard let first = mark.first, let detail = self.detail(first.slot) else { continue }
            self.details[detail].initialization = initialization
            _ = self.settle(first.slot, isNew: false)
        }
    }

    // MARK: The row

    func initializationEvent(_ slot: Int32, _ invocation: Invocation) -> LifecycleEvent {
        let initialization = invocation.initialization ?? Initialization()
        var parts = ["env " + EnvironmentLabel.of(invocation.environment)]
        var words = initialization
        // Lambda's own name for what it does not know says less than the log does.
        if initialization.errorType == "Runtime.Unknown", let failure = invocation.startFailure {
            words.errorType = failure.description
        }
        parts.append(contentsOf: words.parts)
        let calls = invocation.calls.count
        if calls > 0 { parts.append(calls == 1 ? "1 call" : "\(calls) calls") }
        let isFailed = initialization.status.map(\.isFailure) ?? false
        let needsLook =
            initialization.interceptor?.stoodDown != nil || initialization.agent?.isBare == true
            || !initialization.problems.isEmpty
        return LifecycleEvent(
            id: .initialization(invocation.id),
            kind: .initialization,
            environment: invocation.environment,
            function: invocation.function,
            time: invocation.time,
            parts: parts,
            emphasis: isFailed || invocation.failedCalls > 0 ? .failed : needsLook ? .warning : .plain,
            detail: invocation.id
        )
    }
}

extension Initialization {
    mutating func apply(_ payload: PlatformPayload, _ part: RecordKind.InitializationPart, _ record: Record) {
        self.phase = payload.phase ?? self.phase
        self.type = payload.initializationType ?? self.type
        self.errorType = payload.errorType ?? self.errorType
        switch part {
        case .start, .restoreStart:
            self.start = record.time
            self.isRestore = part == .restoreStart
            self.runtime = self.runtime ?? payload.runtime.map(Self.runtimeName)
        case .runtimeDone, .restoreRuntimeDone, .report, .restoreReport:
            self.end = max(self.end ?? record.time, record.time)
            if let status = payload.status { self.take(InvocationStatus(lambda: status)) }
            self.duration = payload.metrics.duration ?? self.duration
        case .environment, .interceptor, .agent: break
        }
    }

    /// A failure that one part reports stands, whatever the other says.
    private mutating func take(_ status: InvocationStatus) {
        if self.status?.isFailure != true || status.isFailure { self.status = status }
    }

    /// `init 327ms`, `node22`, `interceptor 6ms`, `agent ready`.
    var parts: [String] {
        var parts: [String] = []
        let name = self.isRestore ? "restore" : "init"
        if let status = self.status, status.isFailure {
            parts.append("\(name) failed: \(self.errorType ?? status.description)")
        } else if let duration = self.duration {
            parts.append("\(name) \(Format.duration(duration))")
        } else if self.start != nil, self.status == nil {
            parts.append("\(name)…")
        } else {
            parts.append("\(name) \(Format.unknown)")
        }
        if let runtime = self.runtimeThatRuns { parts.append(runtime) }
        if let interceptor = self.interceptor { parts.append(interceptor.text) }
        if let agent = self.agent {
            parts.append(agent.isBare ? "agent bare" : "agent ready")
            if agent.hasTelemetry == false { parts.append("no telemetry") }
        }
        return parts + self.problems
    }

    /// The runtime by what it says of itself, since a machine may run another version than the function asks for:
    /// `node20`, or `node20 for node22`.
    private var runtimeThatRuns: String? {
        guard let language = self.interceptor?.language, let version = self.interceptor?.version else {
            return self.runtime
        }
        let actual = language + version.prefix { $0 != "." }
        guard let asked = self.runtime, asked != actual, asked != language else { return actual }
        return "\(actual) for \(asked)"
    }
}

extension Initialization.Interceptor {
    /// There may be several, of worker threads and processes; what any of them complained of stands.
    init(_ payload: LifecyclePayload, after problems: [String]) {
        self.init()
        self.problems = problems.joined(with: payload.lists["problems"] ?? [])
        self.language = payload.text("language")
        self.version = payload.text("version")
        self.loadMilliseconds = payload.number("loadMs", "load", "ms")
        self.stoodDown = payload.text("standDown", "reason", "why")
    }

    var text: String {
        if let stoodDown { return "interceptor stood down: \(stoodDown)" }
        return self.loadMilliseconds.map { "interceptor " + Format.duration($0) } ?? "interceptor"
    }
}

extension Initialization.Agent {
    package var text: String {
        if self.isBare { return "bare" }
        var text = self.readyMilliseconds.map { "ready in " + Format.duration($0) } ?? "ready"
        if self.hasTelemetry == false { text += ", no telemetry" }
        if let sample { text += ", sample " + Format.share(sample) }
        return text
    }

    init(_ payload: LifecyclePayload, after problems: [String]) {
        self.init()
        self.problems = problems.joined(with: payload.lists["problems"] ?? [])
        self.hasTelemetry = payload.flags["telemetry"]
        self.sample = payload.number("sample").flatMap { (0..<1).contains($0) ? $0 : nil }
        self.readyMilliseconds = payload.number("readyMs", "ready", "ms")
        self.isBare = payload.flags["bare"] == true || payload.text("mode") == "bare"
    }
}

extension [String] {
    /// Each once, and not more than a row can hold.
    fileprivate func joined(with more: [String]) -> [String] {
        (self + more.filter { !self.contains($0) }).prefix(20).map { $0 }
    }
}
