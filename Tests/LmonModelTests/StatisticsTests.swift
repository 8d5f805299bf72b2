import LmonJSON
import LmonModel
import LmonRecord
import LmonTestSupport
import Testing

@Suite struct StatisticsTests {
    private let session: [Observation] =
        Observation.initialization + [
            .start("r1"), .request("c1", in: "r1", at: 10), .response("c1", in: "r1", at: 40), .end("c1", in: "r1"),
            .result("r1"), .runtimeDone("r1"), .report("r1", initDurationMs: 327),
            .make(.overhead, "r1", at: 190, #"{"heldMs":0.4,"rss":14000000,"bytes":2100}"#),
            .make(.overhead, "r1", at: 191, #"{"interceptorMs":1.5}"#),
            .start("r2", at: 5_000),
            .request("c2", in: "r2", "GET", "https://slow.test/x", attempt: 2, at: 5_010),
            .failedEnd("c2", in: "r2", at: 6_000), .handlerError("r2", at: 6_100),
            .runtimeDone("r2", at: 6_101, durationMs: 1_101), .report("r2", at: 6_102, durationMs: 1_102),
            .start("r3", at: 7_000), .request("c3", in: "r3", at: 7_001),
        ]

    @Test func countsWhatIsOver() {
        let model = folded(self.session)
        let report = StatisticsReport(model.statistics, model.currentTotals)
        #expect(report.invocations.count == 2)
        #expect(report.invocations.failed == 1)
        #expect(report.inFlight == 1)
        #expect(report.cold.count == 1)
        #expect(report.warm.count == 1)
        #expect(report.initializations.p50.map { abs($0 - 327) < 3 } == true)
        #expect(report.calls.count == 2, "a call counts once it has ended")
        #expect(report.calls.failed == 1)
        #expect(report.retries == 1)
        #expect(report.hosts.map(\.name) == ["api.test", "slow.test"])
        #expect(report.statuses.map(\.name).sorted() == ["200", "ECONNREFUSED"])
        #expect(report.failures.map(\.name) == ["TypeError"])
        #expect(report.functions.map(\.name) == ["orders"])
        #expect(report.functions.first?.bytes == 1_234)
        #expect(report.overhead.told == 1, "two records, one invocation")
        #expect(report.overhead.shippedBytes == 2_100)
        #expect(report.overhead.residentPeak == 14_000_000)
        #expect(report.invocations.durations.max.map { abs($0 - 1_102) < 12 } == true)
    }

    /// Whatever comes first, the numbers are those of what is known in the end.
    @Test func anyOrderOfOneInvocationGivesTheSameNumbers() {
        let records = Record.numbered(self.session)
        let expected = StatisticsReport(folded(self.session).statistics, folded(self.session).currentTotals)
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<40 {
            var shuffled = records
            let range = 5..<12
            let part = records[range].shuffled(using: &generator)
            shuffled.replaceSubrange(range, with: part)
            var model = Model()
            model.apply(contentsOf: shuffled)
            #expect(StatisticsReport(model.statistics, model.currentTotals) == expected)
        }
    }

    @Test func whatTurnsOutOtherwiseIsCountedAnew() {
        var model = folded([.start("r1"), .runtimeDone("r1")])
        #expect(model.statistics.invocations.failed == 0)
        model.apply(contentsOf: Record.numbered([.report("r1", "timeout", durationMs: 3_000)], from: 3))
        #expect(model.statistics.invocations.count == 1)
        #expect(model.statistics.invocations.failed == 1)
        #expect(model.statistics.failures.names == ["timeout"])
        #expect(model.statistics.invocations.durations.total == 1)
    }

    @Test func namesFromAnybodyAreBounded() {
        var observations: [Observation] = []
        for number in 0..<1_000 {
            observations += [.start("r\(number)", at: Double(number)), .report("r\(number)", at: Double(number))]
            observations[observations.count - 1].function = "f\(number)"
            observations[observations.count - 2].function = "f\(number)"
            for index in 0..<2 { observations[observations.count - 1 - index].environment = "E\(number)" }
        }
        let model = folded(observations)
        #expect(model.statistics.functions.names.count == TallyTable.limit)
        let report = StatisticsReport(model.statistics, model.currentTotals)
        #expect(report.functions.last?.name == StatisticsReport.others)
        #expect(report.functions.reduce(0) { $0 + $1.count } == 1_000)
    }

    @Test func aTimelineHoldsAnySessionAndLosesNothing() {
        var timeline = Timeline()
        for second in stride(from: 0, to: 100_000, by: 7) {
            timeline.add(at: .test(Double(second) * 1_000), isFailed: second % 2 == 0)
        }
        timeline.add(at: .test(-3_600_000), isFailed: true)
        #expect(timeline.buckets.count <= Timeline.limit)
        #expect(timeline.buckets.reduce(0) { $0 + $1.count } == 100_000 / 7 + 2)
        timeline.remove(at: .test(-3_600_000), isFailed: true)
        #expect(timeline.buckets.first?.count == 0)
        timeline.add(at: Timestamp(microseconds: .max), isFailed: false)
        timeline.add(at: Timestamp(microseconds: .min), isFailed: false)
        #expect(timeline.buckets.count <= Timeline.limit)
    }

    @Test func theHistogramCoversWhatWasCounted() {
        var histogram = DurationHistogram()
        let values = [0.0, 0.001, 0.3, 1, 2, 12, 187, 188, 3_000, 900_000]
        for value in values { histogram.add(value) }
        let bins = DurationBins(histogram)
        #expect(bins.counts.reduce(0, +) == values.count)
        for value in values where value > 0 {
            let index = bins.index(of: value)
            #expect(bins.start(of: index) <= value * 1.01 && bins.start(of: index + 1) * 1.01 >= value, "\(value)")
        }
        #expect(DurationBins(DurationHistogram()).counts.isEmpty)
        #expect(histogram.percentiles([0.5, 0.95, 1]) == [0.5, 0.95, 1].map { histogram.percentile($0) })
    }

    @Test func asJSON() throws {
        let model = folded(self.session)
        let report = StatisticsReport(model.statistics, model.currentTotals)
        let text = String(decoding: report.json(), as: UTF8.self)
        _ = try JSONValue(parsing: text)
        #expect(text.contains(#""invocations":{"count":2,"failed":1,"inFlight":1"#))
        #expect(text.contains(#"{"name":"slow.test","count":1,"failed":1,"bytes":0"#))
        let empty = StatisticsReport(Statistics(), SessionTotals())
        #expect(String(decoding: empty.json(), as: UTF8.self).contains(#""p50":null"#), "not observed is not 0")
        let hosts = String(decoding: report.json(only: .host), as: UTF8.self)
        #expect(hosts.hasPrefix(#"{"hosts":["#))
    }

    @Test func namesInJSONHideNothing() throws {
        let name = "\u{9B}31m\u{7F}\u{202E}\u{200B}\u{FEFF}\u{E0041}日本"
        let observations: [Observation] = [.start("r1"), .report("r1")]
        let model = folded(observations.map { $0.of(name) })
        let text = String(decoding: StatisticsReport(model.statistics, model.currentTotals).json(), as: UTF8.self)
        #expect(text.contains(#""name":"\u009b31m\u007f\u202e\u200b\ufeff\udb40\udc41日本""#), "\(text)")
        #expect(try JSONValue(parsing: text)["functions"]?[0]?["name"]?.string == name)
    }

    @Test(arguments: [38, 40, 59, 60, 80, 120, 200])
    func noLineIsTooLong(columns: Int) {
        let model = folded(self.session)
        let report = StatisticsReport(model.statistics, model.currentTotals)
        let rules = TextRules(sanitised: { $0 }, width: { $0.count })
        for marks in [LineMarks.unicode, .ascii] {
            let text = StatisticsText(report, columns: columns, marks: marks, rules: rules)
            for line in text.lines() {
                #expect(line.line.text.count <= columns, "\(line.line.text)")
                if marks.isASCII { #expect(line.line.text.utf8.allSatisfy { $0 < 0x80 }, "\(line.line.text)") }
            }
        }
    }
}
