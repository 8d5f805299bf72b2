package import LmonRecord

/// How many came, and how many of them failed, in equal spans of time.
///
/// Bounded for a session of any length: once there are too many spans, each becomes twice as wide.
package struct Timeline: Hashable, Sendable {
    package struct Bucket: Hashable, Sendable {
        package var count = 0
        package var failed = 0

        package init() {}
    }

    package static let limit = 240

    package private(set) var buckets: [Bucket] = []
    /// Microseconds of one bucket.
    package private(set) var width: Int64 = 1_000_000
    /// The first bucket's number, counted from the epoch.
    private var first: Int64 = 0

    package init() {}

    package var start: Timestamp? {
        self.buckets.isEmpty ? nil : Timestamp(microseconds: self.first * self.width)
    }

    package mutating func add(at time: Timestamp, isFailed: Bool) {
        let index = self.makeRoom(for: time)
        self.buckets[index].count += 1
        if isFailed { self.buckets[index].failed += 1 }
    }

    /// Takes back what was added.
    package mutating func remove(at time: Timestamp, isFailed: Bool) {
        let index = Int(self.number(of: time) - self.first)
        guard self.buckets.indices.contains(index), self.buckets[index].count > 0 else { return }
        self.buckets[index].count -= 1
        if isFailed { self.buckets[index].failed = max(0, self.buckets[index].failed - 1) }
    }

    private func number(of time: Timestamp) -> Int64 {
        let (quotient, remainder) = time.microseconds.quotientAndRemainder(dividingBy: self.width)
        return remainder < 0 ? quotient - 1 : quotient
    }

    /// The index of the bucket for a moment, which is made if it is not there.
    private mutating func makeRoom(for time: Timestamp) -> Int {
        var number = self.number(of: time)
        if self.buckets.isEmpty {
            self.first = number
            self.buckets = [Bucket()]
        }
        while max(number, self.first + Int64(self.buckets.count) - 1) - min(number, self.first) >= Int64(Self.limit) {
            self.widen()
            number = self.number(of: time)
        }
        if number < self.first {
            self.buckets.insert(contentsOf: repeatElement(Bucket(), count: Int(self.first - number)), at: 0)
            self.first = number
        }
        let missing = Int(number - self.first) + 1 - self.buckets.count
        if missing > 0 { self.buckets.append(contentsOf: repeatElement(Bucket(), count: missing)) }
        return Int(number - self.first)
    }

    private mutating func widen() {
        let first = self.first >> 1
        var wide = [Bucket](
            repeating: Bucket(),
            count: Int((self.first + Int64(self.buckets.count) - 1) >> 1 - first) + 1
        )
        for (offset, bucket) in self.buckets.enumerated() {
            let index = Int((self.first + Int64(offset)) >> 1 - first)
            wide[index].count += bucket.count
            wide[index].failed += bucket.failed
        }
        self.buckets = wide
        self.first = first
        self.width *= 2
    }
}
