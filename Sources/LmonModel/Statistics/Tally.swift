/// Counts and durations of all that has one name: a function, a host, a status.
package struct Tally: Hashable, Sendable {
    package private(set) var count = 0
    package private(set) var failed = 0
    package private(set) var bytes = 0
    package private(set) var durations = DurationHistogram()

    package init() {}

    /// `sign` is −1 to take back what was added.
    package mutating func add(_ duration: Double?, isFailed: Bool, bytes: Int = 0, sign: Int = 1) {
        self.count += sign
        if isFailed { self.failed += sign }
        self.bytes = max(0, self.bytes &+ sign &* min(bytes, 1 << 50))
        guard let duration else { return }
        if sign > 0 { self.durations.add(duration) } else { self.durations.remove(duration) }
    }

    package mutating func add(bytes: Int, sign: Int) {
        self.bytes = max(0, self.bytes &+ sign &* min(bytes, 1 << 50))
    }
}

/// Tallies by name, of so many names; those that come when it is full are counted as one.
package struct TallyTable: Hashable, Sendable {
    /// Names may come from anybody: URLs, functions.
    package static let limit = 256

    package private(set) var names: [String] = []
    package private(set) var tallies: [Tally] = []
    package private(set) var others = Tally()
    private var index: [String: Int] = [:]
    /// What one function does comes in runs.
    private var last = -1

    package init() {}

    package mutating func with(_ name: String, _ change: (inout Tally) -> Void) {
        if self.last >= 0, self.names[self.last] == name { return change(&self.tallies[self.last]) }
        if let index = self.index[name] {
            self.last = index
            return change(&self.tallies[index])
        }
        guard self.names.count < Self.limit else { return change(&self.others) }
        self.last = self.names.count
        self.index[name] = self.last
        self.names.append(name)
        self.tallies.append(Tally())
        change(&self.tallies[self.last])
    }
}
