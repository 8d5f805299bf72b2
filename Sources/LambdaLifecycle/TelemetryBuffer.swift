package import LambdaWire

/// What one subscriber of telemetry has yet to get: batches by number, size and age, one under way at a time, again with
/// backoff after a failure, bounded.
///
/// A pure value. Its records are delivered in order, each once unless a delivery that failed had arrived after all; what had
/// no room is counted, and the count goes with the next batch until one has arrived.
package struct TelemetryBuffer: Sendable {
    package enum Event: Hashable, Sendable {
        case element(TelemetryElement)
        /// The batch that `deliver` asked for has arrived.
        case delivered
        case failed
        case timerFired
        /// A crash or a shutdown: everything goes at once, and `flushed` follows.
        case flush
        /// The environment is frozen: nobody there would answer.
        case paused
        case resumed
    }

    package enum Action: Hashable, Sendable {
        case deliver(Batch)
        /// Replaces the one before.
        case setTimer(EpochTime)
        case cancelTimer
        /// Nothing is left; answers one `flush` or several.
        case flushed
    }

    package struct Batch: Hashable, Sendable {
        package var elements: [[UInt8]]
        /// What the subscriber must be told that it never got.
        package var dropped: PlatformEvent.LogsDropped
    }

    private struct Entry {
        let bytes: [UInt8]
        let arrival: EpochTime
    }

    private enum State: Hashable {
        /// Nothing, or less than a batch.
        case gathering(hasTimer: Bool)
        case delivering
        /// After a failure.
        case resting
    }

    package let subscription: TelemetrySubscription
    private let limit: Int
    private var state = State.gathering(hasTimer: false)
    private var waiting = EntryQueue()
    private var underWay: [Entry] = []
    private var underWayBytes = 0
    private var dropped = PlatformEvent.LogsDropped.none
    /// The part of `dropped` that the batch under way tells.
    private var droppedTold = PlatformEvent.LogsDropped.none
    private var failures = 0
    private var isFlushing = false
    private var isPaused = false

    private static let firstRest = 50
    private static let longestRest = 2000

    /// - Parameters:
    ///   - subscription: which records, and in which batches.
    ///   - limit: bytes of records; beyond it the oldest go that are not on their way, but never the last one.
    ///   - dropped: what had been lost before it subscribed.
    package init(
        _ subscription: TelemetrySubscription,
        limit: Int = 8 << 20,
        dropped: PlatformEvent.LogsDropped = .none
    ) {
        self.subscription = subscription
        self.limit = limit
        self.dropped = dropped
    }

    /// What the subscriber has not got so far, dropped or not.
    package var outstanding: PlatformEvent.LogsDropped {
        var all = self.dropped
        all.add(
            bytes: self.waiting.byteCount + self.underWayBytes,
            records: self.waiting.count + self.underWay.count
        )
        return all
    }

    package mutating func handle(_ event: Event, at now: EpochTime) -> [Action] {
        switch event {
        case .element(let element):
            guard self.subscription.types.contains(element.kind) else { return [] }
            self.append(Entry(bytes: element.bytes(for: self.subscription.schema), arrival: now))
            return self.proceed(at: now)
        case .delivered:
            guard self.state == .delivering else { return [] }
            self.settle()
            return self.proceed(at: now)
        case .failed:
            guard self.state == .delivering else { return [] }
            return self.rest(at: now)
        case .timerFired: return self.timerFired(at: now)
        case .flush: return self.flush(at: now)
        case .paused:
            self.isPaused = true
            return []
        case .resumed:
            self.isPaused = false
            // A failure in the freeze says nothing about the subscriber.
            return self.state == .resting ? [.cancelTimer] + self.deliver() : self.proceed(at: now)
        }
    }

    // MARK: Events

    private mutating func append(_ entry: Entry) {
        self.waiting.append(entry)
        while self.waiting.byteCount + self.underWayBytes > self.limit, self.waiting.count > 1,
            let oldest = self.waiting.removeFirst()
        {
            self.dropped.add(bytes: oldest.bytes.count)
        }
    }

    private mutating func timerFired(at now: EpochTime) -> [Action] {
        switch self.state {
        case .delivering: return []
        // Whatever the clock says: it may have been set back.
        case .gathering, .resting:
            self.state = .gathering(hasTimer: false)
            return self.isPaused || self.waiting.isEmpty ? [] : self.deliver()
        }
    }

    private mutating func flush(at now: EpochTime) -> [Action] {
        self.isFlushing = true
        self.isPaused = false
        self.failures = 0
        guard self.state == .resting else { return self.proceed(at: now) }
        return [.cancelTimer] + self.deliver()
    }

    // MARK: Batches

    /// Delivers if a batch is due, else waits for the time when it will be.
    private mutating func proceed(at now: EpochTime) -> [Action] {
        guard case .gathering(let hasTimer) = self.state, !self.isPaused else { return [] }
        guard let first = self.waiting.first else {
            guard self.isFlushing else { return [] }
            self.isFlushing = false
            return [.flushed]
        }
        let buffering = self.subscription.buffering
        let due = first.arrival.adding(milliseconds: buffering.timeoutMs)
        if self.isFlushing || self.waiting.count >= buffering.maxItems
            || self.waiting.byteCount >= buffering.maxBytes || due <= now
        {
            return (hasTimer ? [.cancelTimer] : []) + self.deliver()
        }
        guard !hasTimer else { return [] }
        self.state = .gathering(hasTimer: true)
        return [.setTimer(due)]
    }

    /// A batch ends with the record that reaches a limit.
    private mutating func deliver() -> [Action] {
        let buffering = self.subscription.buffering
        while self.underWay.count < buffering.maxItems, self.underWayBytes < buffering.maxBytes,
            let entry = self.waiting.removeFirst()
        {
            self.underWay.append(entry)
            self.underWayBytes += entry.bytes.count
        }
        self.state = .delivering
        self.droppedTold = self.dropped
        return [.deliver(Batch(elements: self.underWay.map(\.bytes), dropped: self.dropped))]
    }

    private mutating func settle() {
        self.underWay = []
        self.underWayBytes = 0
        self.dropped.records -= self.droppedTold.records
        self.dropped.bytes -= self.droppedTold.bytes
        self.failures = 0
        self.state = .gathering(hasTimer: false)
    }

    private mutating func rest(at now: EpochTime) -> [Action] {
        self.waiting.prepend(self.underWay)
        self.underWay = []
        self.underWayBytes = 0
        self.state = .resting
        let rest = min(Self.firstRest << min(self.failures, 10), Self.longestRest)
        self.failures += 1
        return [.setTimer(now.adding(milliseconds: rest))]
    }

    // MARK: The queue

    /// Taken from the front at no cost that grows with its length.
    private struct EntryQueue {
        private var entries: [Entry] = []
        private var start = 0
        private(set) var byteCount = 0

        var count: Int { self.entries.count - self.start }
        var isEmpty: Bool { self.count == 0 }
        var first: Entry? { self.isEmpty ? nil : self.entries[self.start] }

        mutating func append(_ entry: Entry) {
            self.entries.append(entry)
            self.byteCount += entry.bytes.count
        }

        mutating func prepend(_ entries: [Entry]) {
            self.entries.replaceSubrange(..<self.start, with: entries)
            self.start = 0
            self.byteCount += entries.reduce(0) { $0 + $1.bytes.count }
        }

        mutating func removeFirst() -> Entry? {
            guard let first else { return nil }
            self.byteCount -= first.bytes.count
            self.start += 1
            if self.start > 64, self.start * 2 > self.entries.count {
                self.entries.removeFirst(self.start)
                self.start = 0
            }
            return first
        }
    }
}
