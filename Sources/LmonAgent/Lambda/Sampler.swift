import LmonJSON
package import LmonRecord

/// Keeps a share of the invocations whole, and every one that failed or was slow; of the others nothing is recorded, and how
/// many there were is counted.
///
/// What belongs to an invocation that is not among the share waits until it is known how it ended. A pure value; it stands
/// before the numbering, so that what it lets go leaves no gap.
package struct Sampler: Sendable {
    private struct Waiting {
        var observations: [Observation] = []
        var bytes = 0
        var start: Timestamp?
        var isOver = false
    }

    private let share: Double
    private var waiting: [String: Waiting] = [:]
    private var order: [String] = []
    private var dropped = RecentNames(limit: 1000)
    private var kept = RecentNames(limit: 1000)
    /// Durations of the last invocations, in ms.
    private var durations: [Double] = []
    /// Invocations of which nothing was recorded.
    package private(set) var skipped = 0

    /// The most that waits for one invocation's end.
    private static let maximumBytes = 512 << 10
    /// So many invocations are compared to tell a slow one.
    private static let window = 100

    package init(share: Double) {
        self.share = share
    }

    /// What is to be recorded now.
    package mutating func admit(_ observation: Observation) -> [Observation] {
        guard self.share < 1, let requestID = observation.requestID else { return [observation] }
        if self.kept.contains(requestID) { return [observation] }
        if self.dropped.contains(requestID) { return [] }
        if self.waiting[requestID] == nil {
            if Self.chance(requestID) < self.share {
                self.kept.insert(requestID)
                return [observation]
            }
            self.waiting[requestID] = Waiting()
            self.order.append(requestID)
        }
        self.hold(observation, requestID)
        if self.isFailure(observation) || self.isSlow(observation, requestID) { return self.release(requestID) }
        self.forget(after: observation, requestID)
        return []
    }

    private mutating func hold(_ observation: Observation, _ requestID: String) {
        guard var waiting = self.waiting[requestID] else { return }
        if waiting.start == nil, observation.type == .invoke || observation.type == .start {
            waiting.start = observation.time
        }
        let payload = observation.payload
        if waiting.bytes + payload.count + 128 <= Self.maximumBytes {
            var held = observation
            // As its own: a part of a batch would keep all of the batch.
            held.payload = payload
            waiting.observations.append(held)
            waiting.bytes += payload.count + 128
        }
        if observation.type == .runtimeDone || observation.type == .handlerEnd { waiting.isOver = true }
        self.waiting[requestID] = waiting
    }

    private mutating func release(_ requestID: String) -> [Observation] {
        self.kept.insert(requestID)
        self.order.removeAll { $0 == requestID }
        return self.waiting.removeValue(forKey: requestID)?.observations ?? []
    }

    /// Ended, and nothing about it was worth keeping. It is known for certain when the next one begins.
    private mutating func forget(after observation: Observation, _ requestID: String) {
        guard observation.type == .invoke || observation.type == .report else { return }
        for name in self.order where observation.type == .report ? name == requestID : name != requestID {
            self.waiting[name] = nil
            self.dropped.insert(name)
            self.skipped += 1
        }
        self.order.removeAll { self.waiting[$0] == nil }
    }

    // MARK: What is worth keeping

    private func isFailure(_ observation: Observation) -> Bool {
        switch observation.type {
        case .runtimeDone, .report: Self.text("status", in: observation).map { $0 != "success" } ?? false
        case .handlerEnd: Self.text("status", in: observation) == "error"
        case .invocationResult: Self.text("outcome", in: observation) == "error"
        case .httpResponse: (Self.number("status", in: observation) ?? 0) >= 500
        case .httpEnd: Self.text("outcome", in: observation) == "error"
        default: false
        }
    }

    /// Slower than all but one in a hundred.
    private mutating func isSlow(_ observation: Observation, _ requestID: String) -> Bool {
        guard observation.type == .runtimeDone || observation.type == .handlerEnd,
            let start = self.waiting[requestID]?.start
        else { return false }
        let duration = observation.time.milliseconds(since: start)
        defer {
            self.durations.append(duration)
            if self.durations.count > Self.window { self.durations.removeFirst() }
        }
        guard self.durations.count >= 10 else { return false }
        return duration > (self.durations.max() ?? 0)
    }

    private static func value(_ name: String, in observation: Observation) -> JSONValue? {
        (try? JSONValue(parsing: observation.payload))?[name]
    }

    private static func text(_ name: String, in observation: Observation) -> String? {
        Self.value(name, in: observation)?.string
    }

    private static func number(_ name: String, in observation: Observation) -> Int? {
        Self.value(name, in: observation)?.int
    }

    /// From 0 to 1, the same for a request id wherever it is asked (FNV-1a).
    static func chance(_ requestID: String) -> Double {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in requestID.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash ^= hash >> 33
        hash = hash &* 0xff51_afd7_ed55_8ccd
        hash ^= hash >> 33
        return Double(hash >> 11) / Double(1 << 53)
    }
}
