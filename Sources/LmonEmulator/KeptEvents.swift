/// The latest events as they came, so that an invocation can be repeated with what was sent and not with what was shown.
struct KeptEvents {
    /// What is kept together, in bytes; the oldest go first.
    private let limit: Int
    private var events: [String: [UInt8]] = [:]
    private var order: [String] = []
    private var oldest = 0
    private var size = 0

    init(limit: Int = 64 << 20) {
        self.limit = limit
    }

    subscript(requestID: String) -> [UInt8]? { self.events[requestID] }

    mutating func keep(_ event: [UInt8], _ requestID: String) {
        guard self.events.updateValue(event, forKey: requestID) == nil else { return }
        self.order.append(requestID)
        self.size += Self.cost(event)
        while self.size > self.limit, self.oldest < self.order.count {
            if let event = self.events.removeValue(forKey: self.order[self.oldest]) { self.size -= Self.cost(event) }
            self.oldest += 1
        }
        guard self.oldest > 1024, self.oldest * 2 > self.order.count else { return }
        self.order.removeFirst(self.oldest)
        self.oldest = 0
    }

    /// With what it costs to know it.
    private static func cost(_ event: [UInt8]) -> Int { event.count + 256 }
}
