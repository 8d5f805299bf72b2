import LmonModel
import LmonRecord
import LmonTestSupport
import Testing

@Suite struct FormatTests {
    @Test(arguments: [
        (Double?.none, "–"), (0, "0ms"), (0.01, "<0.1ms"), (0.4, "0.4ms"), (3, "3ms"), (9.94, "9.9ms"), (9.96, "10ms"),
        (12, "12ms"), (184.4, "184ms"), (999.4, "999ms"), (999.6, "1.00s"), (3000, "3.00s"), (9994, "9.99s"),
        (9996, "10.0s"), (75_300, "75.3s"), (99_960, "1m40s"), (725_000, "12m05s"), (3_600_000, "1h00m"),
        (90_000_000, "1d01h"), (-38, "-38ms"), (1e300, "11574074074d01h"), (.infinity, "–"), (.nan, "–"),
    ])
    func writesDurations(milliseconds: Double?, expected: String) {
        #expect(Format.duration(milliseconds) == expected)
    }

    @Test(arguments: [(184.0, "184 ms"), (3000, "3.00 s"), (0.4, "0.4 ms"), (725_000, "12m05s"), (nil, "–")])
    func separatesTheUnitInSentences(milliseconds: Double?, expected: String) {
        #expect(Format.spacedDuration(milliseconds) == expected)
    }

    @Test(arguments: [
        (Int?.none, "–"), (0, "0 B"), (31, "31 B"), (999, "999 B"), (1000, "1.0 kB"), (1234, "1.2 kB"),
        (9949, "9.9 kB"),
        (9950, "10 kB"), (340_000, "340 kB"), (999_499, "999 kB"), (999_500, "1.0 MB"), (6_000_000, "6.0 MB"),
        (1_500_000_000, "1.5 GB"), (Int.max, "9223372.0 TB"), (-5, "-5 B"),
    ])
    func writesSizes(bytes: Int?, expected: String) {
        #expect(Format.bytes(bytes) == expected)
    }

    @Test(arguments: [
        (0, "10:42:01.000", "2026-11-23"), (3600, "11:42:01.000", "2026-11-23"),
        (-5 * 3600 - 1800, "05:12:01.000", "2026-11-23"),
        (14 * 3600, "00:42:01.000", "2026-11-24"), (-11 * 3600, "23:42:01.000", "2026-11-22"),
    ])
    func writesLocalTimes(offset: Int, time: String, date: String) {
        #expect(Format.time(.testOrigin, offset: offset) == time)
        #expect(Format.date(.testOrigin, offset: offset) == date)
    }

    @Test func dropsMicrosecondsFromTimes() {
        #expect(Format.time(Timestamp(microseconds: Timestamp.testOrigin.microseconds + 20_999)) == "10:42:01.020")
    }

    @Test(arguments: [(88, 256, "88/256 MB"), (nil, 256, "–/256 MB"), (nil, nil, "–")])
    func writesMemory(used: Int?, limit: Int?, expected: String) {
        #expect(Format.memory(used: used, limit: limit) == expected)
    }
}

@Suite struct URLTextTests {
    @Test(arguments: [
        ("https://api.test/users/4?x=1#f", "api.test", "/users/4", "?x=1#f"),
        ("https://api.test", "api.test", "", ""),
        ("http://user:pass@api.test:8080/a", "api.test:8080", "/a", ""),
        ("https://api.test?x=/a//b", "api.test", "", "?x=/a//b"),
        ("https://api.test/a?u=https://b@c/d", "api.test", "/a", "?u=https://b@c/d"),
        ("http://[::1]:80/x", "[::1]:80", "/x", ""),
        ("/only/path", "", "/only/path", ""),
        ("host/path", "host", "/path", ""),
        ("host:443", "host:443", "", ""),
        ("", "", "", ""),
        ("https://", "", "", ""),
        ("https:///x", "", "/x", ""),
        ("http://ü.test/ä?ö", "ü.test", "/ä", "?ö"),
    ])
    func findsTheParts(text: String, host: String, path: String, query: String) {
        let url = URLText(text)
        #expect(url.host == host)
        #expect(url.path == path)
        #expect(url.query == query)
        #expect(url.description == text)
    }

    @Test func showsNoPasswordInLists() {
        #expect(URLText("https://user:pass@api.test/a?b").short == "api.test/a?b")
    }
}

@Suite struct DurationHistogramTests {
    @Test(arguments: 1...10)
    func isWithinOnePercentOfTheExactPercentile(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var histogram = DurationHistogram()
        let values = (0..<500).map { _ in Double(random.int(1..<10_000_000)) / 1000 }
        for value in values { histogram.add(value) }
        for fraction in [0.0, 0.5, 0.95, 1] {
            let exact = values.sorted()[max(0, Int((500 * fraction).rounded(.up)) - 1)]
            let found = try #require(histogram.percentile(fraction))
            #expect(abs(found - exact) <= exact * 0.01 + 0.0005)
        }
        for value in values { histogram.remove(value) }
        #expect(histogram.percentile(0.5) == nil)
    }

    @Test func takesAnyNumber() {
        var histogram = DurationHistogram()
        for value in [-1, 0, 1e15, 1e300] { histogram.add(value) }
        #expect(histogram.total == 4)
        #expect(histogram.percentile(0.5) == 0)
    }
}

@Suite struct SearchTests {
    private let model = folded(
        Observation.initialization + Observation.invocation("r1")
            + [
                .start("R2", at: 900).of("Payment"), .log("R2", "Stripe said NO"),
                .runtimeDone("R2", "timeout", at: 3900),
            ]
    )

    @Test(arguments: [
        ("", ["r1", "R2"]), ("orders", ["r1"]), ("payment", ["R2"]), ("Payment", ["R2"]), ("PAYMENT", []),
        ("r", ["r1", "R2"]),
        ("error", ["R2"]), ("cold", ["r1"]), ("users/4", ["r1"]), ("ada", ["r1"]), ("stripe no", ["R2"]),
        ("stripe yes", []), ("timeout payment", ["R2"]), ("200", ["r1"]), ("application/JSON", []),
        ("application/json get", ["r1"]),
    ])
    func findsInvocations(words: String, expected: [String]) {
        let search = Search(words)
        let found = self.model.detailed.filter { !$0.id.isInitialization && search.matches($0) }
        #expect(found.map(\.requestID) == expected)
    }

    @Test func findsRows() {
        #expect(self.model.rows(in: 0..<9).filter { Search("node22").matches($0) }.count == 1)
        #expect(self.model.rows(in: 0..<9).filter { Search("error").matches($0) }.count == 1)
        #expect(self.model.callRows.filter { Search("users ada").matches($0) }.count == 1)
        #expect(self.model.logRows.filter { Search("stripe").matches($0) }.count == 1)
    }
}
