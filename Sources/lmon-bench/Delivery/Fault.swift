/// What a sink does to who sends to it.
enum Fault: String, CaseIterable {
    /// Nothing listens.
    case refused
    /// Connections are taken, and nothing is read or answered.
    case hangs
    case status500 = "500"
    case status429 = "429"
    /// An answer that is no HTTP.
    case garbage
    /// The connection is cut in the middle of the request.
    case cut
    /// The batch is kept, and the connection cut before the answer: it will come again.
    case unacknowledged
    /// Takes all, but slowly.
    case slow

    /// Whether records are taken and the sender told so.
    var isDead: Bool { self != .slow }
}

/// Which faults a sink has and for how long, by chance; the same for the same seed.
struct FaultSchedule {
    private var random: SplitMix

    init(seed: UInt64) {
        self.random = SplitMix(seed: seed)
    }

    /// The next fault, or nil for a healthy while, and how long it lasts.
    mutating func next() -> (fault: Fault?, milliseconds: Int) {
        guard Bool.random(using: &self.random) else { return (nil, .random(in: 100...1500, using: &self.random)) }
        return (Fault.allCases.randomElement(using: &self.random), .random(in: 50...1000, using: &self.random))
    }
}

/// Chance that can be had again.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        self.state = seed
    }

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var value = self.state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
