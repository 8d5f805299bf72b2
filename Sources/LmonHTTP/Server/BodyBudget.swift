/// What bodies may take together while they are received. One that has no room waits, unread, for those before it; small ones
/// never wait.
struct BodyBudget<ID: Hashable> {
    /// Shorter bodies are not counted.
    static var small: Int { 64 << 10 }

    private let limit: Int
    private var reserved: [ID: Int] = [:]
    private var total = 0
    private var waiting: [(id: ID, bytes: Int)] = []

    /// - Parameter limit: bytes; a single body may be longer, but then comes alone.
    init(limit: Int) {
        self.limit = limit
    }

    /// Whether a body of at most so many bytes may be read now; if not, a later `release` names it.
    mutating func ask(_ id: ID, bytes: Int) -> Bool {
        guard bytes > Self.small else { return true }
        guard self.waiting.isEmpty, self.hasRoom(for: bytes) else {
            self.waiting.append((id, bytes))
            return false
        }
        self.reserve(id, bytes)
        return true
    }

    /// A body is complete, or will never be; those whose turn it is now.
    mutating func release(_ id: ID) -> [ID] {
        self.waiting.removeAll { $0.id == id }
        self.total -= self.reserved.removeValue(forKey: id) ?? 0
        var admitted: [ID] = []
        while let next = self.waiting.first, self.hasRoom(for: next.bytes) {
            self.waiting.removeFirst()
            self.reserve(next.id, next.bytes)
            admitted.append(next.id)
        }
        return admitted
    }

    private func hasRoom(for bytes: Int) -> Bool { self.total == 0 || self.total + bytes <= self.limit }

    private mutating func reserve(_ id: ID, _ bytes: Int) {
        self.reserved[id] = bytes
        self.total += bytes
    }
}
