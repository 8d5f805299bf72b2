import LmonJSON
import LmonRecord

/// What the core remembers of one environment: its last number, the invocation in progress, and the calls that are open.
///
/// A pure value. It decides which invocation a call belongs to where its sender did not say, and sees to it that each call
/// ends exactly once.
struct EnvironmentLog {
    private var sequence = 0
    /// Ends of calls that had ended already: dropped, since a call ends once, and counted.
    private(set) var droppedAfterEnd = 0
    private var function = ""
    private var invocation: String?
    /// Whose log lines these are. Telemetry tells of an invocation's start and of its lines in order, but late: perhaps only
    /// when the next one has begun.
    private var logging: String?
    /// The Extensions API tells of invocations, sooner than telemetry.
    private var hasInvokes = false
    private var calls: [String: OpenCall] = [:]
    private var ended = RecentNames(limit: 10_000)

    private struct OpenCall {
        let requestID: String?
        let start: Timestamp
        var isAnswered = false
    }

    /// The most calls that are kept open in one environment; a leak beyond it is ended oldest first.
    private static let maximumOpenCalls = 10_000

    /// Whether observations of this type are numbered as they come, whatever came before.
    static func passes(_ type: RecordType) -> Bool {
        switch type {
        case .runtimeDone, .report, .invocationEvent, .invocationResult, .thaw: true
        default: false
        }
    }

    /// The observations to be numbered for this one, in order: itself as a rule, before it the ends that it brings about.
    mutating func admit(_ observation: Observation) -> [Observation] {
        self.function = observation.function
        switch observation.type {
        case .start:
            self.logging = observation.requestID ?? self.logging
            if !self.hasInvokes { self.invocation = observation.requestID ?? self.invocation }
            return [observation]
        case .invoke:
            self.hasInvokes = true
            self.invocation = observation.requestID ?? self.invocation
            return [observation]
        // Whoever watches from within Lambda hears of the runtime's end later, perhaps only with the next invocation.
        case .handlerEnd: return self.hasInvokes ? [observation] : []
        case .httpRequest: return self.begin(observation)
        case .httpResponse: return self.answer(observation)
        case .httpEnd: return self.end(observation)
        case .freeze: return self.endAnswered(at: observation) + [observation]
        case .shutdown:
            self.invocation = nil
            self.logging = nil
            return self.endAll(at: observation) + [observation]
        // Another process begins: whatever the one before had open died with it.
        case .initStart: return self.endAll(at: observation) + [observation]
        case .function where observation.requestID == nil:
            var observation = observation
            observation.requestID = self.logging
            return [observation]
        // Also those that pass.
        default: return [observation]
        }
    }

    /// The number of the next record.
    mutating func nextSequence() -> Int {
        self.sequence += 1
        return self.sequence
    }

    // MARK: Calls

    private mutating func begin(_ observation: Observation) -> [Observation] {
        var observation = observation
        observation.requestID = observation.requestID ?? self.invocation
        guard let id = Self.callID(observation.payload) else { return [observation] }
        self.ended.remove(id)
        let ends = self.calls.count < Self.maximumOpenCalls ? [] : self.endOldest(at: observation)
        self.calls[id] = OpenCall(requestID: observation.requestID, start: observation.time)
        return ends + [observation]
    }

    private mutating func answer(_ observation: Observation) -> [Observation] {
        guard let id = Self.callID(observation.payload), let call = self.calls[id] else { return [observation] }
        self.calls[id]?.isAnswered = true
        var observation = observation
        observation.requestID = observation.requestID ?? call.requestID
        return [observation]
    }

    private mutating func end(_ observation: Observation) -> [Observation] {
        guard let id = Self.callID(observation.payload) else { return [observation] }
        guard !self.ended.contains(id) else {
            self.droppedAfterEnd += 1
            return []
        }
        var observation = observation
        observation.requestID = observation.requestID ?? self.calls[id]?.requestID ?? self.invocation
        self.calls[id] = nil
        self.ended.insert(id)
        return [observation]
    }

    /// The environment is gone: ends what is open.
    mutating func close(environment: String, at time: Timestamp) -> [Observation] {
        let ending = Observation(
            environment: environment,
            function: self.function,
            time: time,
            type: .shutdown,
            payload: []
        )
        return self.endAll(at: ending)
    }

    /// A frozen process reads no more: what has its response headers is ended as unread. A call that still waits for its
    /// answer crosses the freeze and ends later.
    private mutating func endAnswered(at observation: Observation) -> [Observation] {
        guard self.calls.contains(where: \.value.isAnswered) else { return [] }
        return self.close(self.calls.filter(\.value.isAnswered), "unread", at: observation)
    }

    private mutating func endAll(at observation: Observation) -> [Observation] {
        let answered = self.calls.filter(\.value.isAnswered)
        let waiting = self.calls.filter { !$0.value.isAnswered }
        return self.close(answered, "unread", at: observation) + self.close(waiting, "aborted", at: observation)
    }

    private mutating func endOldest(at observation: Observation) -> [Observation] {
        guard let oldest = self.calls.min(by: { $0.value.start < $1.value.start }) else { return [] }
        return self.close([oldest.key: oldest.value], "aborted", at: observation)
    }

    private mutating func close(
        _ calls: [String: OpenCall],
        _ outcome: String,
        at observation: Observation
    ) -> [Observation] {
        calls.sorted { $0.value.start < $1.value.start }.map { id, call in
            self.calls[id] = nil
            self.ended.insert(id)
            var end = observation
            end.type = .httpEnd
            end.requestID = call.requestID
            end.payload = JSONWriter.object {
                $0.member("callId", id)
                $0.member("outcome", outcome)
            }
            return end
        }
    }

    /// The call that a payload speaks of; nil if it does not say.
    private static func callID(_ payload: [UInt8]) -> String? {
        var scanner = JSONScanner(payload)
        guard (try? scanner.beginObject()) != nil else { return nil }
        while let key = try? scanner.nextKey() {
            if key == "callId" { return try? scanner.string() }
            guard (try? scanner.skip()) != nil else { return nil }
        }
        return nil
    }
}

/// The last names of many; older ones are forgotten.
struct RecentNames {
    private let limit: Int
    private var names: Set<String> = []
    private var order: [String] = []
    private var oldest = 0

    init(limit: Int) {
        self.limit = limit
    }

    func contains(_ name: String) -> Bool { self.names.contains(name) }

    mutating func insert(_ name: String) {
        guard self.names.insert(name).inserted else { return }
        if self.order.count < self.limit {
            self.order.append(name)
        } else {
            self.names.remove(self.order[self.oldest])
            self.order[self.oldest] = name
            self.oldest = (self.oldest + 1) % self.limit
        }
    }

    /// It still takes its place among the last names until it is the oldest.
    mutating func remove(_ name: String) {
        self.names.remove(name)
    }
}
