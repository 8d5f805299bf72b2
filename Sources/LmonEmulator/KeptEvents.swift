/// The latest events as they came, so that an invocation can be repeated with what was sent and not with what was shown.
///
/// Keeping one costs next to nothing; finding one, which is rare, looks through all.
struct KeptEvents {
    /// What is kept together, in bytes; the oldest go first.
    private let limit: Int
    private var events: [(requestID: String, event: [UInt8])] = []
    private var oldest = 0
    private var size = 0

    init(limit: Int = 64 << 20) {
        self.limit = limit
    }

    subscript(requestID: String) -> [UInt8]? {
        self.events[self.oldest...].last { $0.requestID == requestID }?.event
    }

    mutating func keep(_ event: [UInt8], _ requestID: String) {
        self.events.append((requestID, event))
        self.size += Self.cost(event)
        while self.size > self.limit, self.oldest < self.events.count {
            self.size -= Self.cost(self.events[self.oldest].event)
            self.events[self.oldest] = ("", [])
            self.oldest += 1
        }
        guard self.oldest > 1024, self.oldest * 2 > self.events.count else { return }
        self.events.removeFirst(self.oldest)
        self.oldest = 0
    }

    /// With what it costs to know it.
    private static func cost(_ event: [UInt8]) -> Int { event.count + 256 }
}
