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
        /// Observations for which there was no room.
        var cut = 0
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
    private var bytes = 0
    /// Of calls that name no invocation, the one that they began in.
    private var owners: [String: String] = [:]
    /// Invocations of which nothing was recorded.
    package private(set) var skipped = 0

    /// The most that waits, for how many ends of invocations it may be.
    private static let maximumBytes = 512 << 10
    private static let maximumWaiting = 8
    private static let maximumCalls = 1000
    /// So many invocations are compared to tell a slow one.
    private static let window = 100

    package init(share: Double) {
        self.share = share
    }

    /// What is to be recorded now. `current`: what a call belongs to that names no invocation, as far as is known.
    package mutating func admit(_ observation: Observation, current: String? = nil) -> [Observation] {
        guard self.share < 1, let requestID = observation.requestID ?? self.owner(of: observation, current) else {
            return [observation]
        }
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
        let isHeld = self.hold(observation, requestID)
        if self.isFailure(observation) || self.isSlow(observation, requestID) {
            return self.release(requestID, because: observation, isHeld: isHeld)
        }
        self.forget(after: observation, requestID)
        return []
    }

    /// A call goes with the invocation that it began in, whichever is the current one when it ends.
    private mutating func owner(of observation: Observation, _ current: String?) -> String? {
        guard let current, let call = Self.text("callId", in: observation) else { return current }
        switch observation.type {
        case .httpRequest:
            if self.owners.count >= Self.maximumCalls { self.owners.removeAll() }
            self.owners[call] = current
            return current
        case .httpEnd: return self.owners.removeValue(forKey: call) ?? current
        default: return self.owners[call] ?? current
        }
    }

    /// Whether there was room for it.
    private mutating func hold(_ observation: Observation, _ requestID: String) -> Bool {
        guard var waiting = self.waiting[requestID] else { return false }
        if waiting.start == nil, observation.type == .invoke || observation.type == .start {
            waiting.start = observation.time
        }
        let payload = observation.payload
        let hasRoom = self.bytes + payload.count + 128 <= Self.maximumBytes
        if hasRoom {
            var held = observation
            // As its own: a part of a batch would keep all of the batch.
            held.payload = payload
            waiting.observations.append(held)
            waiting.bytes += payload.count + 128
            self.bytes += payload.count + 128
        } else {
            waiting.cut += 1
        }
        if observation.type == .runtimeDone || observation.type == .handlerEnd { waiting.isOver = true }
        self.waiting[requestID] = waiting
        return hasRoom
    }

    /// What has waited, how much there was no room for, and what made it worth keeping.
    private mutating func release(_ requestID: String, because cause: Observation, isHeld: Bool) -> [Observation] {
        self.kept.insert(requestID)
        self.order.removeAll { $0 == requestID }
        guard let waiting = self.waiting.removeValue(forKey: requestID) else { return [cause] }
        self.bytes -= waiting.bytes
        let cut = waiting.cut - (isHeld ? 0 : 1)
        var lost = cause
        lost.type = .dropped
        lost.payload = Array(#"{"count":\#(cut),"reason":"sampling buffer","sink":"agent"}"#.utf8)
        return waiting.observations + (cut > 0 ? [lost] : []) + (isHeld ? [] : [cause])
    }

    /// Ended, and nothing about it was worth keeping. That is known for certain when another one begins; and of one that nothing
    /// tells the end of, when there are many.
    private mutating func forget(after observation: Observation, _ requestID: String) {
        guard observation.type == .invoke || observation.type == .report else { return }
        let surplus = self.order.count - Self.maximumWaiting
        for (index, name) in self.order.enumerated() {
            let isOver = observation.type == .invoke && name != requestID && self.waiting[name]?.isOver == true
            guard index < surplus || isOver || (observation.type == .report && name == requestID) else { continue }
            self.bytes -= self.waiting.removeValue(forKey: name)?.bytes ?? 0
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
