import Foundation
import LmonRecord
import LmonTestSupport
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("1970-01-01T00:00:00.000001Z", 1), ("1969-12-31T23:59:59.999999Z", -1),
        ("2026-11-23T10:00:00.123Z", 1_795_428_000_123_000), ("2026-11-23T10:00:00.1234567899Z", 1_795_428_000_123_456),
        ("2026-11-23T11:00:00+01:00", 1_795_428_000_000_000), ("2026-11-23T04:30:00-05:30", 1_795_428_000_000_000),
        ("2026-11-23t10:00:00z", 1_795_428_000_000_000), ("2026-11-23 10:00:00Z", 1_795_428_000_000_000),
        ("2024-02-29T00:00:00Z", 1_709_164_800_000_000), ("2000-02-29T12:00:00Z", 951_825_600_000_000),
        ("1900-03-01T00:00:00Z", -2_203_891_200_000_000), ("2016-12-31T23:59:60Z", 1_483_228_800_000_000),
        ("9999-12-31T23:59:59Z", 253_402_300_799_000_000), ("0000-01-01T00:00:00Z", -62_167_219_200_000_000),
    ])
    func reads(text: String, microseconds: Int64) {
        #expect(Timestamp(text)?.microseconds == microseconds)
    }

    @Test(arguments: [
        "", "2026", "2026-11-23", "2026-11-23T10:00:00", "2026-11-23T10:00Z", "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-01-00T00:00:00Z", "2026-01-32T00:00:00Z", "2026-04-31T00:00:00Z", "2023-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2026-11-23T24:00:00Z", "2026-11-23T10:60:00Z", "2026-11-23T10:00:61Z", "2026-11-23T10:00:00.Z",
        "2026-11-23T10:00:00Zx",
        "2026-11-23T10:00:00+1:00", "2026-11-23T10:00:00+01", "2026-11-23T10:00:00+24:00", "2026-11-23T10:00:00+01:60",
        "26-11-23T10:00:00Z", " 2026-11-23T10:00:00Z", "2026-11-23T10:00:00,5Z", "+2026-11-23T10:00:00Z",
        "２026-11-23T10:00:00Z",
    ])
    func refuses(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (1, "1970-01-01T00:00:00.000001Z"), (-1, "1969-12-31T23:59:59.999999Z"),
        (1_795_428_000_123_000, "2026-11-23T10:00:00.123Z"), (1_795_428_000_123_400, "2026-11-23T10:00:00.123400Z"),
        (1_709_164_800_000_000, "2024-02-29T00:00:00.000Z"), (-2_203_891_200_000_000, "1900-03-01T00:00:00.000Z"),
    ])
    func writes(microseconds: Int64, text: String) {
        #expect(Timestamp(microseconds: microseconds).description == text)
    }

    @Test(arguments: 1...200)
    func agreesWithFoundationsCalendar(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
        // From 1600 on: before October 1582 Foundation's calendar is the Julian one.
        let seconds = random.int(-11_676_096_000..<253_402_300_800)
        let time = Timestamp(microseconds: Int64(seconds) * 1_000_000)
        let date = Date(timeIntervalSince1970: Double(seconds))
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
        let text = String(
            format: "%04d-%02d-%02dT%02d:%02d:%02d.000Z",
            parts.year ?? 0,
            parts.month ?? 0,
            parts.day ?? 0,
            parts.hour ?? 0,
            parts.minute ?? 0,
            parts.second ?? 0
        )
        #expect(time.description == text)
        #expect(Timestamp(text) == time)
    }

    @Test func comesBackFromEveryDayOfFourCenturies() {
        for day in stride(from: -146_097, to: 146_097, by: 1) {
            let date = CivilDate(daysSinceEpoch: day)
            guard date.daysSinceEpoch == day, (1...12).contains(date.month), (1...31).contains(date.day) else {
                Issue.record("day \(day) is \(date)")
                return
            }
        }
    }

    @Test func doesNotOverflow() {
        #expect(Timestamp(milliseconds: 1e300) > .testOrigin)
        #expect(Timestamp(milliseconds: -1e300) < .testOrigin)
        #expect(Timestamp.testOrigin.adding(milliseconds: 1e300) > .testOrigin)
        #expect(Timestamp.testOrigin.adding(milliseconds: -.infinity) < .testOrigin)
        #expect(Timestamp.testOrigin.adding(milliseconds: .nan) == .testOrigin)
        let far = Timestamp(microseconds: .max)
        #expect(far.milliseconds(since: Timestamp(microseconds: .min)) > 0)
        #expect(!far.description.isEmpty && !Timestamp(microseconds: .min).description.isEmpty)
    }
}

@Suite struct EnvironmentIDTests {
    @Test func sortsByTime() {
        let ids = (0..<200).map { EnvironmentID.make(at: .test(Double($0) * 7), random: (UInt64.max - UInt64($0), 0)) }
        #expect(ids == ids.sorted())
        #expect(ids.allSatisfy { $0.utf8.count == 26 })
    }

    /// The example of the ULID specification's own implementation.
    @Test func writesTheTimeAsULIDsDo() {
        let id = EnvironmentID.make(at: Timestamp(microseconds: 1_469_918_176_385_000), random: (0, 0))
        #expect(id == "01ARYZ6S410000000000000000")
        let full = EnvironmentID.make(at: Timestamp(microseconds: 0), random: (.max, .max))
        #expect(full == "0000000000ZZZZZZZZZZZZZZZZ")
    }
}
