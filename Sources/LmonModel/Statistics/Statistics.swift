/// What the invocations and HTTP calls of a session come to, kept while records arrive.
///
/// Bounded in memory. An invocation counts once it is over and a call once it has ended; what turns out otherwise later
/// is taken back and counted anew.
package struct Statistics: Hashable, Sendable {
    package private(set) var invocations = Tally()
    package private(set) var timeline = Timeline()
    package private(set) var cold = Tally()
    package private(set) var warm = Tally()
    /// How long cold ones waited for their environment.
    package private(set) var initializations = DurationHistogram()
    package private(set) var calls = Tally()
    package private(set) var retries = 0
    /// Invocations by function; their bytes are those of their calls' answers.
    package private(set) var functions = TallyTable()
    /// Calls by host, and by status or by what went wrong.
    package private(set) var hosts = TallyTable()
    package private(set) var statuses = TallyTable()
    /// Failed invocations by their error.
    package private(set) var failures = TallyTable()
    package private(set) var overhead = OverheadTally()

    package init() {}

    /// Takes back what an invocation was, and counts what it is now.
    package mutating func replace(_ before: InvocationTally, by after: InvocationTally, function: String) {
        guard before != after, before.time != nil || after.time != nil else { return }
        self.count(before, function, sign: -1)
        self.count(after, function, sign: 1)
    }

    package mutating func replace(_ before: CallTally?, by after: CallTally?, function: String) {
        guard before != after else { return }
        if let before { self.count(before, function, sign: -1) }
        if let after { self.count(after, function, sign: 1) }
    }

    package mutating func replace(_ before: Invocation.Overhead?, by after: Invocation.Overhead?) {
        self.overhead.replace(before, by: after)
    }

    private mutating func count(_ tally: InvocationTally, _ function: String, sign: Int) {
        guard let time = tally.time else { return }
        self.invocations.add(tally.duration, isFailed: tally.isFailed, sign: sign)
        self.functions.with(function) { $0.add(tally.duration, isFailed: tally.isFailed, sign: sign) }
        if sign > 0 {
            self.timeline.add(at: time, isFailed: tally.isFailed)
        } else {
            self.timeline.remove(at: time, isFailed: tally.isFailed)
        }
        if let failure = tally.failure {
            self.failures.with(failure) { $0.add(tally.duration, isFailed: true, sign: sign) }
        }
        switch tally.isCold {
        case true: self.cold.add(tally.duration, isFailed: tally.isFailed, sign: sign)
        case false: self.warm.add(tally.duration, isFailed: tally.isFailed, sign: sign)
        case nil: break
        }
        guard let duration = tally.initDuration else { return }
        if sign > 0 { self.initializations.add(duration) } else { self.initializations.remove(duration) }
    }

    private mutating func count(_ call: CallTally, _ function: String, sign: Int) {
        self.calls.add(call.duration, isFailed: call.isFailed, bytes: call.bytes, sign: sign)
        if call.isRetry { self.retries += sign }
        self.hosts.with(call.host) { tally in
            tally.add(call.duration, isFailed: call.isFailed, bytes: call.bytes, sign: sign)
        }
        self.statuses.with(call.status) { tally in
            tally.add(call.duration, isFailed: call.isFailed, bytes: call.bytes, sign: sign)
        }
        if call.bytes > 0 { self.functions.with(function) { $0.add(bytes: call.bytes, sign: sign) } }
    }
}

/// What lmon itself costs.
package struct OverheadTally: Hashable, Sendable {
    /// Invocations and initialisations that lmon told its cost of.
    package private(set) var count = 0
    package private(set) var held = DurationHistogram()
    package private(set) var interceptor = DurationHistogram()
    package private(set) var residentPeak: Int?
    /// Nil if nobody counted them.
    package var shippedBytes: Int? { self.shippedCount > 0 ? self.shippedSum : nil }
    private var shippedSum = 0
    private var shippedCount = 0

    package init() {}

    mutating func replace(_ before: Invocation.Overhead?, by after: Invocation.Overhead?) {
        guard before != after else { return }
        self.count += (after == nil ? 0 : 1) - (before == nil ? 0 : 1)
        if let held = before?.heldMilliseconds { self.held.remove(held) }
        if let held = after?.heldMilliseconds { self.held.add(held) }
        if let time = before?.interceptorMilliseconds { self.interceptor.remove(time) }
        if let time = after?.interceptorMilliseconds { self.interceptor.add(time) }
        if let resident = after?.residentBytes { self.residentPeak = max(self.residentPeak ?? 0, resident) }
        self.shippedSum += (after?.shippedBytes ?? 0) - (before?.shippedBytes ?? 0)
        self.shippedCount += (after?.shippedBytes == nil ? 0 : 1) - (before?.shippedBytes == nil ? 0 : 1)
    }
}
