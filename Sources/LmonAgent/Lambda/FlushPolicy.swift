package import LambdaWire

/// When records leave: `LMON_FLUSH`.
package enum FlushPolicy: Hashable, Sendable {
    /// After each invocation, before it is let go.
    case end
    /// Every so often, while the next invocation runs already; nothing is held.
    case periodic(EpochTime.Span)
    /// `end` while invocations are rare, `periodic` while they are frequent.
    case adaptive

    /// How long records wait at most while the environment runs. `isPaid`: each batch is an object, which costs as such.
    package func interval(isPaid: Bool) -> EpochTime.Span {
        switch self {
        case .end, .adaptive: EpochTime.Span(milliseconds: isPaid ? 1000 : 150)
        case .periodic(let interval): interval
        }
    }

    func overlaps(_ pace: InvocationPace) -> Bool {
        switch self {
        case .end: false
        case .periodic: true
        case .adaptive: pace.isFast
        }
    }

    /// `end`, `adaptive`, `periodic` or `periodic:SECONDS`; nil if it is none.
    package init?(_ text: String) {
        switch text {
        case "end": self = .end
        case "adaptive": self = .adaptive
        case "periodic": self = .periodic(EpochTime.Span(milliseconds: 10_000))
        default:
            guard text.hasPrefix("periodic:"), let seconds = Double(text.dropFirst("periodic:".count)),
                (0.1...900).contains(seconds)
            else { return nil }
            self = .periodic(EpochTime.Span(milliseconds: Int(seconds * 1000)))
        }
    }
}

/// How fast invocations follow each other.
struct InvocationPace: Hashable, Sendable {
    /// Holding each of so many invocations in a row costs more than it tells.
    private static let count = 8
    /// The mean from one to the next below which traffic is fast.
    private static let limit = EpochTime.Span(milliseconds: 500)
    private var times: [EpochTime] = []

    mutating func invoked(at time: EpochTime) {
        self.times.append(time)
        if self.times.count > Self.count { self.times.removeFirst() }
    }

    var isFast: Bool {
        guard self.times.count == Self.count, let first = self.times.first, let last = self.times.last else {
            return false
        }
        return last.since(first).microseconds < Self.limit.microseconds * Int64(Self.count - 1)
    }
}
