package import LmonRecord

/// The statistics as plain numbers, for a screen, a text or JSON. Durations are milliseconds, nil where there is none.
package struct StatisticsReport: Hashable, Sendable {
    package struct Percentiles: Hashable, Sendable {
        package var count = 0
        package var p50: Double?
        package var p90: Double?
        package var p95: Double?
        package var p99: Double?
        package var max: Double?

        package init(_ histogram: DurationHistogram) {
            self.count = histogram.total
            let values = histogram.percentiles([0.5, 0.9, 0.95, 0.99, 1])
            (self.p50, self.p90, self.p95, self.p99, self.max) = (values[0], values[1], values[2], values[3], values[4])
        }
    }

    /// All that has one name.
    package struct Group: Hashable, Sendable {
        package var name: String
        package var count: Int
        package var failed: Int
        package var bytes: Int
        package var durations: Percentiles

        package init(_ name: String, _ tally: Tally) {
            self.name = name
            self.count = tally.count
            self.failed = tally.failed
            self.bytes = tally.bytes
            self.durations = Percentiles(tally.durations)
        }
    }

    package struct Overhead: Hashable, Sendable {
        /// By how many invocations and initialisations.
        package var told: Int
        package var held: Percentiles
        package var interceptor: Percentiles
        package var residentPeak: Int?
        package var shippedBytes: Int?
        package var dropped: Int
        /// The share of invocations that is kept; nil for all.
        package var sample: Double?
    }

    /// Finished ones, and those that are not.
    package var invocations: Group
    package var inFlight: Int
    package var durations: DurationBins
    package var timeline: Timeline
    /// From the first record to the last.
    package var start: Timestamp?
    package var end: Timestamp?
    package var cold: Group
    package var warm: Group
    package var initializations: Percentiles
    package var calls: Group
    package var retries: Int
    /// Most first; hosts, slowest first.
    package var functions: [Group]
    package var hosts: [Group]
    package var statuses: [Group]
    package var failures: [Group]
    package var overhead: Overhead

    package init(_ statistics: Statistics, _ totals: SessionTotals) {
        self.invocations = Group("", statistics.invocations)
        self.inFlight = max(0, totals.invocations - statistics.invocations.count)
        self.durations = DurationBins(statistics.invocations.durations)
        self.timeline = statistics.timeline
        self.start = totals.firstRecordTime
        self.end = totals.lastRecordTime
        self.cold = Group("cold", statistics.cold)
        self.warm = Group("warm", statistics.warm)
        self.initializations = Percentiles(statistics.initializations)
        self.calls = Group("", statistics.calls)
        self.retries = statistics.retries
        self.functions = Self.groups(statistics.functions) { $0.count > $1.count }
        self.hosts = Self.groups(statistics.hosts) { ($0.durations.p95 ?? -1) > ($1.durations.p95 ?? -1) }
        self.statuses = Self.groups(statistics.statuses) { $0.count > $1.count }
        self.failures = Self.groups(statistics.failures) { $0.count > $1.count }
        self.overhead = Overhead(
            told: statistics.overhead.count,
            held: Percentiles(statistics.overhead.held),
            interceptor: Percentiles(statistics.overhead.interceptor),
            residentPeak: statistics.overhead.residentPeak,
            shippedBytes: statistics.overhead.shippedBytes,
            dropped: totals.dropped,
            sample: totals.sample
        )
    }

    /// Milliseconds from the first record to the last; nil for less than two moments.
    package var span: Double? {
        guard let start, let end, end > start else { return nil }
        return end.milliseconds(since: start)
    }

    /// Finished invocations in a second; nil if no time passed.
    package var rate: Double? { self.span.map { Double(self.invocations.count) / $0 * 1000 } }

    /// What was not told apart, for there were too many names, comes last.
    private static func groups(_ table: TallyTable, _ precedes: (Group, Group) -> Bool) -> [Group] {
        var groups = zip(table.names, table.tallies).filter { $0.1.count > 0 }.map { Group($0.0, $0.1) }
        groups.sort { left, right in
            precedes(left, right) || (!precedes(right, left) && left.name < right.name)
        }
        if table.others.count > 0 { groups.append(Group(Self.others, table.others)) }
        return groups
    }

    /// The name of what was not told apart.
    package static let others = "(others)"
}

/// A histogram in bins of an eighth of a power of two, from the first that is not empty to the last.
package struct DurationBins: Hashable, Sendable {
    package private(set) var counts: [Int] = []
    private var first = 0

    package init(_ histogram: DurationHistogram) {
        let buckets = histogram.buckets
        guard let low = buckets.first, let high = buckets.last else { return }
        self.first = Self.bin(low.milliseconds)
        self.counts = [Int](repeating: 0, count: Self.bin(high.milliseconds) - self.first + 1)
        for bucket in buckets { self.counts[Self.bin(bucket.milliseconds) - self.first] += bucket.count }
    }

    /// Where a bin begins, in milliseconds.
    package func start(of index: Int) -> Double {
        let bin = self.first + index
        return Double(UInt64(1) << UInt64(bin / 8)) * (1 + Double(bin % 8) / 8) / 1000
    }

    /// The bin of a duration; may lie outside.
    package func index(of milliseconds: Double) -> Int { Self.bin(milliseconds) - self.first }

    private static func bin(_ milliseconds: Double) -> Int {
        let microseconds = UInt64(min(max(milliseconds * 1000, 1), 1e14))
        let octave = 63 - microseconds.leadingZeroBitCount
        return octave * 8 + Int((microseconds << 3) >> UInt64(octave) & 7)
    }
}
