/// Counts of durations in buckets less than 1 % wide, so that a percentile of any number of them costs nothing to keep.
package struct DurationHistogram: Hashable, Sendable {
    /// Buckets for each power of two, from 1 µs.
    private static let perOctave = 128
    private static let exponent = 7

    private var counts: [UInt32] = []
    package private(set) var total = 0

    package init() {}

    package mutating func add(_ milliseconds: Double) {
        let bucket = Self.bucket(milliseconds)
        if bucket >= self.counts.count {
            self.counts.append(contentsOf: repeatElement(0, count: bucket + 1 - self.counts.count))
        }
        self.counts[bucket] += 1
        self.total += 1
    }

    /// Takes back what `add` was given.
    package mutating func remove(_ milliseconds: Double) {
        let bucket = Self.bucket(milliseconds)
        guard bucket < self.counts.count, self.counts[bucket] > 0 else { return }
        self.counts[bucket] -= 1
        self.total -= 1
    }

    /// The duration that a share `fraction` (0 to 1) of all do not exceed; nil if there is none.
    package func percentile(_ fraction: Double) -> Double? {
        guard self.total > 0 else { return nil }
        let rank = max(1, Int((Double(self.total) * fraction).rounded(.up)))
        var seen = 0
        for (bucket, count) in self.counts.enumerated() {
            seen += Int(count)
            if seen >= rank { return Self.middle(of: bucket) }
        }
        return nil
    }

    /// The same for several, in rising order, in one pass.
    package func percentiles(_ fractions: [Double]) -> [Double?] {
        var result: [Double?] = []
        var bucket = -1
        var seen = 0
        for fraction in fractions {
            guard self.total > 0 else {
                result.append(nil)
                continue
            }
            let rank = max(1, Int((Double(self.total) * fraction).rounded(.up)))
            while seen < rank, bucket + 1 < self.counts.count {
                bucket += 1
                seen += Int(self.counts[bucket])
            }
            result.append(Self.middle(of: max(0, bucket)))
        }
        return result
    }

    /// Every bucket that is not empty: its middle in ms, and its count.
    package var buckets: [(milliseconds: Double, count: Int)] {
        self.counts.indices.compactMap { index in
            self.counts[index] == 0 ? nil : (Self.middle(of: index), Int(self.counts[index]))
        }
    }

    /// Below 2 × `perOctave` µs each microsecond has a bucket of its own; above, each octave has `perOctave`.
    private static func bucket(_ milliseconds: Double) -> Int {
        let microseconds = UInt64(min(max(milliseconds * 1000, 0), 1e14).rounded())
        guard microseconds >= 2 * UInt64(self.perOctave) else { return Int(microseconds) }
        let octave = 63 - microseconds.leadingZeroBitCount - self.exponent
        return octave * self.perOctave + Int(microseconds >> octave)
    }

    private static func middle(of bucket: Int) -> Double {
        guard bucket >= 2 * self.perOctave else { return Double(bucket) / 1000 }
        let octave = bucket / self.perOctave - 1
        let low = UInt64(bucket - octave * self.perOctave) << octave
        let width = UInt64(1) << octave
        return (Double(low) + Double(width - 1) / 2) / 1000
    }
}
