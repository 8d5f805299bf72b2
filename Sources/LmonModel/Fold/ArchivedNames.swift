/// Which invocations were archived last, and how often each request id had run: so much that a record that comes after all
/// makes no second row. Bounded: of two generations the older is forgotten when the newer is full.
struct ArchivedNames: Sendable {
    private var newer: [Int: Int] = [:]
    private var older: [Int: Int] = [:]
    private let capacity: Int

    init(capacity: Int = 32_768) {
        self.capacity = capacity
    }

    var count: Int { self.newer.count + self.older.count }

    mutating func insert(_ id: InvocationID) {
        guard let requestID = id.requestID else { return }
        if self.newer.count >= self.capacity { (self.older, self.newer) = (self.newer, [:]) }
        let key = Self.key(id.environment, requestID)
        self.newer[key] = max(id.attempt, self.newer[key] ?? 0)
    }

    /// How often it had run; nil if it is not among them.
    func attempts(_ environment: String, _ requestID: String) -> Int? {
        guard self.count > 0 else { return nil }
        let key = Self.key(environment, requestID)
        return self.newer[key] ?? self.older[key]
    }

    private static func key(_ environment: String, _ requestID: String) -> Int {
        var hasher = Hasher()
        hasher.combine(environment)
        hasher.combine(requestID)
        return hasher.finalize()
    }
}
