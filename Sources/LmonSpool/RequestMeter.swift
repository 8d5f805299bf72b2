/// Counts requests, which cost, and tells how many they are in an hour.
package struct RequestMeter: Hashable, Sendable {
    /// Of the last hour, by the minute.
    private var minutes: [Int64: Int] = [:]
    private var began: Int64?
    package private(set) var total = 0

    private static let minute: Int64 = 60_000

    package init() {}

    /// One more, at `now` in milliseconds.
    package mutating func count(at now: Int64) {
        self.began = self.began ?? now
        self.total += 1
        let minute = now / Self.minute
        self.minutes[minute, default: 0] += 1
        if self.minutes.count > 61 { self.minutes = self.minutes.filter { $0.key > minute - 60 } }
    }

    /// Those of the last hour; at the beginning, what an hour of the like would make, once there is a minute to judge by.
    package func perHour(at now: Int64) -> Int {
        guard let began else { return 0 }
        let minute = now / Self.minute
        let recent = self.minutes.reduce(0) { $0 + ($1.key > minute - 60 ? $1.value : 0) }
        let span = min(max(now - began, Self.minute), 60 * Self.minute)
        return Int((Double(recent) * 60 * Double(Self.minute) / Double(span)).rounded())
    }
}
