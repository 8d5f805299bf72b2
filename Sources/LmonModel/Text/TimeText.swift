package import LmonRecord

/// A time as people write it: RFC 3339 or less. What is left out of it is 0; the day is today's, or yesterday's if that
/// lies ahead; the zone is theirs.
package enum TimeText {
    /// Nil if it is no time. `offset`: seconds that their zone is ahead of UTC.
    package static func parse(_ text: String, now: Timestamp, offset: Int) -> Timestamp? {
        let parts = text.split(omittingEmptySubsequences: false) { "Tt ".contains($0) }
        guard let first = parts.first, parts.count <= 2 else { return nil }
        if first.contains(":") {
            guard parts.count == 1 else { return nil }
            let (clock, zone) = Self.zoned(first, offset)
            let day = Self.day(of: now, in: zone)
            guard let time = day.flatMap({ Timestamp("\($0)T\(clock)\(zone)") }) else { return nil }
            return time <= now ? time : time.adding(milliseconds: -86_400_000)
        }
        let (clock, zone) = Self.zoned(parts.count == 2 ? parts[1] : "00:00", offset)
        return Timestamp("\(first)T\(clock)\(zone)")
    }

    /// The time with its seconds, and its zone.
    private static func zoned(_ text: Substring, _ offset: Int) -> (clock: String, zone: String) {
        let end = text.firstIndex { "Zz+-".contains($0) } ?? text.endIndex
        let clock = text[..<end]
        let isShort = clock.utf8.count { $0 == UInt8(ascii: ":") } == 1
        return (clock + (isShort ? ":00" : ""), end == text.endIndex ? Self.zone(offset) : String(text[end...]))
    }

    /// `+01:00`
    private static func zone(_ offset: Int) -> String {
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let minutes = abs(offset) / 60
        return (offset < 0 ? "-" : "+") + two(minutes / 60) + ":" + two(minutes % 60)
    }

    /// The day that it is in a zone.
    private static func day(of now: Timestamp, in zone: String) -> Substring? {
        // Midnight of any day tells how far the zone is from UTC.
        guard let midnight = Timestamp("1970-01-02T00:00:00\(zone)") else { return nil }
        let ahead = 86_400_000 - Double(midnight.millisecondsSinceEpoch)
        return now.adding(milliseconds: ahead).description.prefix(10)
    }
}
