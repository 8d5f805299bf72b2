package import LambdaWire

/// When a sink that is reached over a network is tried: one batch at a time, again after a failure with backoff and
/// jitter, rarely once it has failed often (a circuit breaker), at once after a thaw.
///
/// A pure value; who owns it has the queue.
package struct DeliveryMachine: Hashable, Sendable {
    package enum Event: Hashable, Sendable {
        /// There is something to send.
        case offered
        /// A batch was taken, after so long.
        case taken(EpochTime.Span)
        /// It was not; the sink wants to be left alone for so long, if it says so.
        case failed(retryAfter: EpochTime.Span?)
        case timerFired
        /// The environment runs again: whatever the sink was like has changed meanwhile.
        case thawed
        /// There is no other time.
        case lastChance
    }

    package enum Action: Hashable, Sendable {
        /// Send the next batch, or the one that was not taken; ignored if there is none.
        case send
        case setTimer(EpochTime.Span)
        case cancelTimer
    }

    private enum State: Hashable {
        case idle
        case sending
        case resting
    }

    private var state = State.idle
    private var isLast = false
    package private(set) var failures = 0
    /// Whether it has been tried again after a thaw without a rest.
    private var hasRetriedAtOnce = true
    private let promptness: EpochTime.Span
    private let isPatient: Bool
    private var slow = false
    /// How long the sink has lately taken, as a mean that forgets.
    private var typical: EpochTime.Span?

    /// So many failures in a row, and it is tried rarely.
    package static let breaking = 3
    private static let shortestPatience = EpochTime.Span(milliseconds: 2)
    private static let firstRest = 200
    private static let longestRest = 30_000

    /// - Parameters:
    ///   - promptness: a sink that takes longer than this is not waited for.
    ///   - isPatient: one that has been quick so far is waited for so long, whatever it usually takes.
    package init(promptness: EpochTime.Span, isPatient: Bool = false) {
        self.promptness = promptness
        self.isPatient = isPatient
    }

    /// Whether a batch is on its way.
    package var isSending: Bool { self.state == .sending }

    /// Whether its answer is worth waiting for: it has taken the last batch, and quickly.
    package var isPrompt: Bool { self.failures == 0 && !self.slow }

    /// How long its answer is worth waiting for: twice what it usually takes, since one that is late by more is likely not to
    /// come at all; never longer than `promptness`.
    package var patience: EpochTime.Span {
        guard let typical, !self.isPatient else { return self.promptness }
        return min(self.promptness, max(Self.shortestPatience, typical + typical))
    }

    /// Whether it has failed so often that it is tried rarely.
    package var isOpen: Bool { self.failures >= Self.breaking }

    /// What an owner that waited in vain for the answer says: the next ones are not waited for.
    package mutating func wasSlow() { self.slow = true }

    /// `jitter` is chance, from 0 to 1.
    package mutating func handle(_ event: Event, jitter: Double = 0.5) -> [Action] {
        switch event {
        case .offered:
            guard self.state == .idle else { return [] }
            return self.send()
        case .taken(let span):
            guard self.state == .sending else { return [] }
            self.failures = 0
            self.learn(span)
            self.hasRetriedAtOnce = true
            // If there is more.
            return self.send()
        case .failed(let wish):
            guard self.state == .sending else { return [] }
            self.failures += 1
            return self.rest(wish, jitter)
        case .timerFired:
            guard self.state == .resting else { return [] }
            return self.send()
        case .thawed:
            self.hasRetriedAtOnce = false
            return self.hurry()
        case .lastChance:
            self.isLast = true
            return self.hurry()
        }
    }

    /// There was nothing left to send.
    package mutating func ranDry() {
        if self.state == .sending { self.state = .idle }
    }

    /// A freeze in the middle of a batch makes a long span, which tells of nothing: it weighs no more than a slow answer.
    private mutating func learn(_ span: EpochTime.Span) {
        self.slow = span > self.promptness
        let span = min(span, self.promptness)
        let before = self.typical ?? span
        self.typical = EpochTime.Span(microseconds: (before.microseconds * 7 + span.microseconds) / 8)
    }

    private mutating func send() -> [Action] {
        self.state = .sending
        return [.send]
    }

    private mutating func hurry() -> [Action] {
        switch self.state {
        case .resting: [.cancelTimer] + self.send()
        case .idle: self.send()
        case .sending: []
        }
    }

    private mutating func rest(_ wish: EpochTime.Span?, _ jitter: Double) -> [Action] {
        // The connection may have died in the freeze; that says nothing about the sink.
        if !self.hasRetriedAtOnce {
            self.hasRetriedAtOnce = true
            return self.send()
        }
        self.state = .resting
        if self.isLast { return [.setTimer(EpochTime.Span(milliseconds: 50))] }
        let doubled = Self.firstRest << min(self.failures - 1, 10)
        let backoff = Double(min(doubled, Self.longestRest)) * (0.5 + jitter)
        let wished = wish.map { min(Double($0.microseconds) / 1000, Double(Self.longestRest)) } ?? 0
        return [.setTimer(EpochTime.Span(milliseconds: Int(max(backoff, wished))))]
    }
}
