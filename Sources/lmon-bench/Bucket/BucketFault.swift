/// What a faulty bucket does instead of answering as it should.
enum BucketFault: String, Hashable {
    /// 503, and nothing done.
    case slowDown = "SlowDown"
    /// 500, and nothing done.
    case internalError = "InternalError"
    /// The connection is cut before anything was done, or in the middle of what is asked for.
    case cut
    /// Done, and the connection is cut instead of an answer.
    case unacknowledged = "done, then cut"
    /// Done, and answered 500.
    case doneButFailed = "done, then 500"
    /// Done, and answered after whoever asked has given up.
    case tooLate = "answered too late"
    /// Done as it should, but late.
    case slow
    /// Half of a list, with status 200.
    case malformed = "half a list"
}

/// Which faults a bucket has, by chance; the same for the same seed and order of requests.
struct BucketFaults {
    enum Request: Hashable {
        case put, get, list
    }

    private static let shares: [Request: [(fault: BucketFault, share: Double)]] = [
        .put: [
            (.slowDown, 0.03), (.internalError, 0.02), (.cut, 0.02), (.unacknowledged, 0.02), (.doneButFailed, 0.01),
            (.slow, 0.01), (.tooLate, 0.0002),
        ],
        .get: [(.slowDown, 0.002), (.internalError, 0.002), (.cut, 0.004), (.slow, 0.002)],
        .list: [(.slowDown, 0.01), (.internalError, 0.01), (.cut, 0.02), (.malformed, 0.01), (.slow, 0.05)],
    ]
    /// So often at most a key is not taken: what the agent does with a bucket that is gone is another trial.
    private static let mostInARow = 3

    private var random: SplitMix
    private var failed: [String: Int] = [:]
    /// Until when each kind of request is throttled, and when it is next; in milliseconds.
    private var throttled: [Request: (from: Int64, until: Int64)] = [:]
    private(set) var counts: [BucketFault: Int] = [:]

    init(seed: UInt64) {
        self.random = SplitMix(seed: seed)
    }

    /// The fault of a request at a time; nil: it is answered as it should be.
    mutating func next(_ request: Request, key: String = "", at now: Int64) -> BucketFault? {
        let fault = self.isThrottled(request, at: now) ? BucketFault.slowDown : self.chance(request)
        guard let fault else {
            self.failed[key] = nil
            return nil
        }
        if request == .put {
            let times = self.failed[key, default: 0]
            guard times < Self.mostInARow else {
                self.failed[key] = nil
                return nil
            }
            self.failed[key] = times + 1
        }
        self.counts[fault, default: 0] += 1
        return fault
    }

    private mutating func chance(_ request: Request) -> BucketFault? {
        var rest = Double.random(in: 0..<1, using: &self.random)
        for (fault, share) in Self.shares[request] ?? [] {
            rest -= share
            if rest < 0 { return fault }
        }
        return nil
    }

    /// Each kind of request is refused altogether for a while, now and then.
    private mutating func isThrottled(_ request: Request, at now: Int64) -> Bool {
        if let span = self.throttled[request], now < span.until { return now >= span.from }
        let from = now + Int64.random(in: 60_000...300_000, using: &self.random)
        self.throttled[request] = (from, from + Int64.random(in: 2000...10_000, using: &self.random))
        return false
    }

    // MARK: Chance of other kinds

    mutating func happens(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &self.random) < share }

    mutating func number(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &self.random) }
}
