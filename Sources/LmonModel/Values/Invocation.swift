package import LmonRecord

/// All that is known of one invocation. Everything that was not observed is nil, durations are milliseconds.
package struct Invocation: Hashable, Sendable, Identifiable {
    package let id: InvocationID
    package var function: String
    /// Of its first record, until `start` is known.
    package var firstSeen: Timestamp

    package var start: Timestamp?
    package var deadline: Timestamp?
    /// The moment of `platform.runtimeDone`: the runtime asked for the next event, or was lost. Until that is known, that of
    /// `handler.end`.
    package var handlerEnd: Timestamp?
    package var functionARN: String?
    package var traceHeader: String?
    package var version: String?
    /// Whether it is the first after an initialisation of its environment; nil if what came before was not seen.
    package var isCold: Bool?
    /// What its cold start waited for.
    package var initialization: Initialization?

    /// From event handed over to next event asked for.
    package var handlerDuration: Double?
    package var producedBytes: Int?
    /// `responseLatency`, `responseDuration`, `runtimeOverhead`, `extensionOverhead`.
    package var spans: [Span] = []
    package var runtimeStatus: InvocationStatus?
    /// What the interceptor said of the handler's end, which counts until Lambda says more.
    package var handlerStatus: InvocationStatus?

    package var reportStatus: InvocationStatus?
    /// With extensions: what Lambda reports.
    package var reportDuration: Double?
    package var billedDuration: Double?
    /// MB.
    package var memoryLimit: Int?
    package var memoryUsed: Int?
    package var initDuration: Double?
    package var restoreDuration: Double?

    package var event: Body?
    package var result: Body?
    /// The handler's own words, from its result.
    package var resultErrorType: String?
    package var errorMessage: String?
    /// What Lambda calls the fault: `Runtime.ExitError` …
    package var runtimeErrorType: String?
    package var reportErrorType: String?
    /// Whether the result is the handler's error.
    package var isHandlerError = false

    /// In the order in which they started.
    package var calls: [Call] = []
    package var logs: [LogLine] = []
    package var deliveries: [Delivery] = []
    package var overhead: Overhead?
    /// Types that this lmon does not know, in order, with their payloads.
    package var unknown: [UnknownRecord] = []
    /// Nobody will say how it ended: its environment went on or is gone.
    package var isAbandoned = false
    /// Log lines and calls beyond what is kept of one invocation.
    package var omitted = 0

    /// What is said of those; nil if there are none.
    package var omission: String? {
        guard self.omitted > 0 else { return nil }
        return "… \(self.omitted) more log lines and calls, too many to keep; lmon tail --json has all"
    }

    package init(id: InvocationID, function: String, firstSeen: Timestamp) {
        self.id = id
        self.function = function
        self.firstSeen = firstSeen
    }
}

extension Invocation {
    package struct Span: Hashable, Sendable {
        package var name: String
        package var start: Timestamp
        package var duration: Double

        package init(name: String, start: Timestamp, duration: Double) {
            self.name = name
            self.start = start
            self.duration = duration
        }
    }

    /// lmon's own cost in this invocation.
    package struct Overhead: Hashable, Sendable {
        package var heldMilliseconds: Double?
        package var interceptorMilliseconds: Double?
        package var residentBytes: Int?
        package var shippedBytes: Int?
        package var records: Int?

        package init() {}
    }

    package struct UnknownRecord: Hashable, Sendable {
        package var type: String
        package var time: Timestamp
        /// JSON.
        package var payload: [UInt8]

        package init(type: String, time: Timestamp, payload: [UInt8]) {
            self.type = type
            self.time = time
            self.payload = payload
        }
    }

    package var environment: String { self.id.environment }
    package var requestID: String? { self.id.requestID }
    package var time: Timestamp { self.start ?? self.firstSeen }

    /// The report's word counts most, then the runtime's, then what the result says.
    package var state: InvocationState {
        if self.id.isInitialization { return self.initializationState }
        if let status = self.reportStatus, status != .success { return .finished(status) }
        if let status = self.runtimeStatus, status != .success { return .finished(status) }
        if self.reportStatus == nil, self.runtimeStatus == nil {
            if let status = self.handlerStatus { return .finished(status) }
            return self.isAbandoned ? .finished(.unobserved) : .inFlight
        }
        // To Lambda a runtime that posts its handler's error has done well.
        return .finished(self.isHandlerError || self.handlerStatus == .handlerError ? .handlerError : .success)
    }

    /// Whether the last word on it was said, or none will come. Its handler may have ended long before: log lines and Lambda's
    /// verdict follow, so that only now a filter's yes that may turn into a no can be given.
    package var isConcluded: Bool {
        if self.id.isInitialization { return !self.initializationState.isInFlight }
        return self.reportStatus != nil || self.isAbandoned
    }

    private var initializationState: InvocationState {
        if let status = self.initialization?.status { return .finished(status) }
        if self.initialization?.duration != nil { return .finished(.success) }
        return self.isAbandoned ? .finished(.unobserved) : .inFlight
    }

    package var duration: Double? {
        if self.id.isInitialization { return self.initialization?.duration }
        if let duration = self.reportDuration ?? self.handlerDuration { return duration }
        // Another clock than the start's.
        return self.handlerStatus == nil ? nil : self.handlerEnd.map { max(0, $0.milliseconds(since: self.time)) }
    }

    /// When all of it was over, as far as that is known.
    package var end: Timestamp? {
        guard let duration = self.duration else { return self.handlerEnd }
        return self.time.adding(milliseconds: duration)
    }

    package var errorType: String? { self.resultErrorType ?? self.reportErrorType ?? self.runtimeErrorType }
    package func span(_ name: String) -> Span? { self.spans.first { $0.name == name } }
    package func call(_ id: String) -> Call? { self.calls.first { $0.id == id } }
    package var failedCalls: Int { self.calls.reduce(0) { $0 + ($1.isFailed ? 1 : 0) } }
    package var openCalls: Int { self.calls.reduce(0) { $0 + ($1.isInFlight ? 1 : 0) } }

    /// The memory that bodies and log lines take, about.
    package var cost: Int {
        var cost = (self.event?.cost ?? 0) + (self.result?.cost ?? 0)
        for call in self.calls { cost += (call.requestBody?.cost ?? 0) + (call.responseBody?.cost ?? 0) }
        for log in self.logs { cost += log.text.utf8.count + (log.json?.utf8.count ?? 0) }
        for record in self.unknown { cost += record.payload.count }
        return cost
    }
}
