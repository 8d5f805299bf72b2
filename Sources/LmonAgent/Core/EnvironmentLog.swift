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
    private var awaited = AwaitedOutcomes()

    private struct OpenCall {
        let requestID: String?
        let start: Timestamp
        var isAnswered = false
    }

    /// The most calls that are kept open in one environment; a leak beyond it is ended oldest first.
    private static let maximumOpenCalls = 10_000

    /// What is to be numbered for one observation, in this order.
    struct Admission {
        /// The ends of calls that it brings about, or that have waited for it.
        var ends: [Observation] = []
        /// Itself, with the invocation that it belongs to; nil if it is not recorded.
        var observation: Observation?
    }

    mutating func admit(_ seen: Observation) -> Admission {
        var observation = seen
        var ends: [Observation] = []
        self.function = seen.function
        switch seen.type {
        case .start:
            self.logging = seen.requestID ?? self.logging
            if !self.hasInvokes { self.invocation = seen.requestID ?? self.invocation }
        case .invoke:
            self.hasInvokes = true
            self.invocation = seen.requestID ?? self.invocation
        // Whoever watches from within Lambda hears of the runtime's end later, perhaps only with the next invocation.
        case .handlerEnd:
            ends = self.settle(seen, Self.member("status", of: seen).map { $0 == "error" })
            guard self.hasInvokes else { return Admission(ends: ends) }
        // A handler's error is no failure of the runtime.
        case .invocationResult where Self.member("outcome", of: seen) == "error": ends = self.settle(seen, true)
        case .runtimeDone, .report: ends = self.settle(seen, Self.member("status", of: seen).map { $0 != "success" })
        case .httpRequest: ends = self.begin(&observation)
        case .httpResponse: self.answer(&observation)
        case .httpEnd:
            guard self.end(&observation) else { return Admission() }
            if observation.waitsForOutcome { return Admission(ends: self.awaited.admit(observation)) }
        case .freeze: ends = self.endAnswered(at: seen)
        case .shutdown:
            // An environment that is stopped since an invocation failed: the one that nothing else was told of.
            let reason = Self.member("reason", of: seen)
            let isError = reason == "timeout" || reason == "failure"
            let awaited = isError ? self.awaited.ended(self.invocation, isError: true) : []
            self.invocation = nil
            self.logging = nil
            ends = awaited + self.endAll(at: seen)
        // Another process begins: whatever the one before had open died with it.
        case .initStart: ends = self.endAll(at: seen)
        case .function: observation.requestID = seen.requestID ?? self.logging
        default: break
        }
        return Admission(ends: ends, observation: observation)
    }

    /// The number of the next record.
    mutating func nextSequence() -> Int {
        self.sequence += 1
        return self.sequence
    }

    // MARK: Calls

    /// The ends that it brings about.
    private mutating func begin(_ observation: inout Observation) -> [Observation] {
        observation.requestID = observation.requestID ?? self.invocation
        guard let id = Self.callID(observation) else { return [] }
        self.ended.remove(id)
        let ends = self.calls.count < Self.maximumOpenCalls ? [] : self.endOldest(at: observation)
        self.calls[id] = OpenCall(requestID: observation.requestID, start: observation.time)
        return ends
    }

    private mutating func answer(_ observation: inout Observation) {
        guard let id = Self.callID(observation), let place = self.calls.index(forKey: id) else { return }
        self.calls.values[place].isAnswered = true
        observation.requestID = observation.requestID ?? self.calls.values[place].requestID
    }

    /// False if the call has ended already.
    private mutating func end(_ observation: inout Observation) -> Bool {
        guard let id = Self.callID(observation) else { return true }
        guard self.ended.insert(id) else {
            self.droppedAfterEnd += 1
            return false
        }
        let call = self.calls.removeValue(forKey: id)
        observation.requestID = observation.requestID ?? call?.requestID ?? self.invocation
        return true
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

    /// What has waited for an invocation's outcome; nil if that is not told.
    private mutating func settle(_ observation: Observation, _ isError: Bool?) -> [Observation] {
        isError.map { self.awaited.ended(observation.requestID, isError: $0) } ?? []
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
        return self.awaited.close() + self.close(answered, "unread", at: observation)
            + self.close(waiting, "aborted", at: observation)
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

    /// The call that an observation speaks of; nil if it does not say.
    private static func callID(_ observation: Observation) -> String? { Self.member("callId", of: observation) }

    /// A text among a payload's members; nil if it is not there.
    private static func member(_ name: String, of observation: Observation) -> String? {
        var scanner = observation.scanner
        guard (try? scanner.beginObject()) != nil else { return nil }
        while let key = try? scanner.nextKey() {
            if key == name { return try? scanner.string() }
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

    /// False if it is there already.
    @discardableResult
    mutating func insert(_ name: String) -> Bool {
        guard self.names.insert(name).inserted else { return false }
        if self.order.count < self.limit {
            self.order.append(name)
        } else {
            self.names.remove(self.order[self.oldest])
            self.order[self.oldest] = name
            self.oldest = (self.oldest + 1) % self.limit
        }
        return true
    }

    /// It still takes its place among the last names until it is the oldest.
    mutating func remove(_ name: String) {
        self.names.remove(name)
    }
}
