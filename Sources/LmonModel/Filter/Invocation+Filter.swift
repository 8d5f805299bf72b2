/// What both an invocation and its summary know.
struct InvocationFacts {
    let function: String
    let id: InvocationID
    let state: InvocationState
    let duration: Double?
    let calls: Int
    let isCold: Bool?
    let initDuration: Double?

    init(_ summary: InvocationSummary) {
        self.function = summary.function
        self.id = summary.id
        self.state = summary.state
        self.duration = summary.duration
        self.calls = summary.calls
        self.isCold = summary.isCold
        self.initDuration = summary.initDuration
    }

    init(_ invocation: Invocation) {
        self.function = invocation.function
        self.id = invocation.id
        self.state = invocation.state
        self.duration = self.state.isInFlight ? nil : invocation.duration
        self.calls = invocation.calls.count
        self.isCold = invocation.isCold
        let cold = invocation.isCold == true ? invocation.initialization?.duration : nil
        self.initDuration = invocation.initDuration ?? cold
    }

    /// Nil where only the detail tells.
    func satisfies(_ condition: FilterCondition) -> Bool? {
        switch condition.field?.key {
        case .function: return condition.holds(self.function)
        case .environment: return condition.holds(environment: self.id.environment)
        case .requestID: return condition.holds(self.id.requestID)
        case .cold: return condition.holds(self.isCold == true)
        case .initialization: return condition.holds(self.initDuration)
        case .callCount: return condition.holds(self.calls)
        case .duration: return condition.holds(self.duration)
        case .error: return condition.holds(self.state.isFailed)
        case .timeout: return condition.holds(self.state == .finished(.timeout))
        case .inFlight: return condition.holds(self.state.isInFlight)
        case .outcome:
            guard case .finished(let status) = self.state else { return false }
            // In words, and in one.
            return condition.holds([status.description, status == .handlerError ? "handlerError" : nil])
        default: return nil
        }
    }
}

extension FilterCondition {
    /// By its whole name or by its label.
    func holds(environment: String) -> Bool { self.holds([environment, EnvironmentLabel.of(environment)]) }
}

extension InvocationSummary {
    /// Nil where only the detail tells.
    func satisfies(_ condition: FilterCondition) -> Bool? {
        if case .found(let pattern) = condition.test { return pattern.isFound(in: self) ? true : nil }
        return InvocationFacts(self).satisfies(condition)
    }
}

extension Invocation {
    /// What a comparison or flag on an invocation or its environment, or on this invocation as the subject, says of it.
    func satisfies(_ condition: FilterCondition) -> Bool {
        guard let field = condition.field else { return false }
        switch field.key {
        case .memory: return condition.holds(self.memoryUsed)
        case .memoryLimit: return condition.holds(self.memoryLimit)
        case .billed: return condition.holds(self.billedDuration)
        case .logCount: return condition.holds(self.logs.count)
        case .errorType: return condition.holds(self.errorType)
        case .errorMessage: return condition.holds(self.errorMessage)
        case .event: return condition.holds(self.event?.text)
        case .result: return condition.holds(self.result?.text)
        case .version: return condition.holds(self.version)
        default: return InvocationFacts(self).satisfies(condition) ?? false
        }
    }

    /// What `recordTypes` may name of its own accord.
    static let toldTypes = [
        "platform.start", "platform.runtimeDone", "platform.report", "lmon.invoke", "invocation.event",
        "invocation.result", "http.request", "http.response", "http.end", "function", "extension", "lmon.delivery",
        "lmon.overhead",
    ]

    /// The types of the records that told of it, as far as they left a trace.
    var recordTypes: [String] {
        var types: [String] = []
        func add(_ type: String, if isThere: Bool) { if isThere { types.append(type) } }
        add("platform.start", if: self.start != nil)
        add("platform.runtimeDone", if: self.runtimeStatus != nil)
        add("platform.report", if: self.reportStatus != nil)
        add("lmon.invoke", if: self.deadline != nil)
        add("invocation.event", if: self.event != nil)
        add("invocation.result", if: self.result != nil)
        add("http.request", if: !self.calls.isEmpty)
        add("http.response", if: self.calls.contains { $0.status != nil })
        add("http.end", if: self.calls.contains { $0.end != nil })
        add("function", if: self.logs.contains { $0.source == .function })
        add("extension", if: self.logs.contains { $0.source == .extension })
        add("lmon.delivery", if: !self.deliveries.isEmpty)
        add("lmon.overhead", if: self.overhead != nil)
        return types + self.unknown.map(\.type)
    }
}

extension LogLine {
    func satisfies(_ condition: FilterCondition) -> Bool {
        guard let field = condition.field else {
            guard case .found(let pattern) = condition.test else { return false }
            return pattern.isFound(in: self)
        }
        switch field.key {
        case .level: return condition.holds(self.level.map { Int($0.rawValue) })
        case .message: return condition.holds([self.text, self.json])
        case .error: return condition.holds((self.level ?? .info) >= .error)
        default: return false
        }
    }
}

extension LifecycleEvent {
    func satisfies(_ condition: FilterCondition) -> Bool {
        guard let field = condition.field else {
            guard case .found(let pattern) = condition.test else { return false }
            return pattern.isFound(in: self)
        }
        switch field.key {
        case .function: return condition.holds(self.function)
        case .environment: return condition.holds(environment: self.environment)
        case .error: return condition.holds(self.emphasis == .failed)
        default: return false
        }
    }
}
