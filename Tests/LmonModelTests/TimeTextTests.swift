import LmonModel
import LmonRecord
import Testing

@Suite struct TimeTextTests {
    private static let now = Timestamp("2026-11-26T09:30:00Z") ?? Timestamp(microseconds: 0)

    @Test(
        arguments: [
            ("2026-11-26T08:00Z", "2026-11-26T08:00:00.000Z"), ("2026-11-26T08:00:30.5Z", "2026-11-26T08:00:30.500Z"),
            ("2026-11-26 08:00", "2026-11-26T07:00:00.000Z"), ("2026-11-26T08:00-05:00", "2026-11-26T13:00:00.000Z"),
            ("2026-11-26", "2026-11-25T23:00:00.000Z"), ("08:00", "2026-11-26T07:00:00.000Z"),
            ("08:00:30", "2026-11-26T07:00:30.000Z"), ("08:00Z", "2026-11-26T08:00:00.000Z"),
            // It lies ahead today.
            ("23:00", "2026-11-25T22:00:00.000Z"), ("23:00Z", "2026-11-25T23:00:00.000Z"),
            ("23:00-08:00", "2026-11-26T07:00:00.000Z"),
            ("yesterday", nil), ("", nil), ("8", nil), ("25:00", nil), ("2026-13-01", nil), ("2026-11-26T08", nil),
            ("08:00 08:00", nil), ("2026-11-26T08:00+1", nil), (":", nil), ("08:00 2026-11-26", nil),
        ] as [(String, String?)]
    )
    func whatIsLeftOutIsOurs(text: String, time: String?) {
        #expect(TimeText.parse(text, now: Self.now, offset: 3600)?.description == time)
    }

    @Test func theDayIsThatOfTheZone() {
        let midnight = Timestamp("2026-11-26T23:30:00Z") ?? Self.now
        #expect(TimeText.parse("00:10", now: midnight, offset: 3600)?.description == "2026-11-26T23:10:00.000Z")
        #expect(TimeText.parse("00:10", now: midnight, offset: -12_600)?.description == "2026-11-26T03:40:00.000Z")
    }
}
