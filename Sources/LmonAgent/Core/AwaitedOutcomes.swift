import LmonJSON
import LmonRecord

/// Ends of calls whose bodies are kept only if their invocation fails (`LMON_CAPTURE=errors`): they wait until it is known
/// how it ended. A pure value.
struct AwaitedOutcomes {
    private var waiting: [String: [Observation]] = [:]
    private var order: [String] = []
    private var bytes = 0
    private var failed = RecentNames(limit: 100)
    private var succeeded = RecentNames(limit: 100)

    /// The most that waits; what does not fit is recorded at once, without bodies.
    private static let maximumBytes = 512 << 10
    /// Of some invocations nothing tells the end: they wait until so many others do.
    private static let maximumInvocations = 4

    /// An end that may wait; what is to be recorded now.
    mutating func admit(_ end: Observation) -> [Observation] {
        guard let requestID = end.requestID else { return [end.withoutBodies()] }
        if self.failed.contains(requestID) { return [end] }
        if self.succeeded.contains(requestID) { return [end.withoutBodies()] }
        var held = end
        // As its own: a part of a batch would keep all of the batch.
        held.payload = end.payload
        let size = held.payload.count + 128
        guard self.bytes + size <= Self.maximumBytes else { return [end.withoutBodies()] }
        self.bytes += size
        if self.waiting[requestID] == nil { self.order.append(requestID) }
        self.waiting[requestID, default: []].append(held)
        guard self.order.count > Self.maximumInvocations else { return [] }
        return self.release(self.order[0]).map { $0.withoutBodies() }
    }

    /// What an invocation's end lets go.
    mutating func ended(_ requestID: String?, isError: Bool) -> [Observation] {
        guard let requestID else { return [] }
        if isError { self.failed.insert(requestID) } else { self.succeeded.insert(requestID) }
        guard self.waiting[requestID] != nil else { return [] }
        let ends = self.release(requestID)
        return isError ? ends : ends.map { $0.withoutBodies() }
    }

    /// Nothing more will be known.
    mutating func close() -> [Observation] {
        self.order.flatMap { self.release($0) }.map { $0.withoutBodies() }
    }

    private mutating func release(_ requestID: String) -> [Observation] {
        self.order.removeAll { $0 == requestID }
        let ends = self.waiting.removeValue(forKey: requestID) ?? []
        self.bytes -= ends.reduce(0) { $0 + $1.payload.count + 128 }
        return ends
    }
}

extension Observation {
    /// The end of a call with the sizes of its bodies only.
    fileprivate func withoutBodies() -> Observation {
        guard let value = try? JSONValue(parsing: self.payload) else { return self }
        var writer = JSONWriter()
        writer.value(CaptureFilter.withoutBodies(value))
        var end = self
        end.payload = writer.bytes
        return end
    }
}
