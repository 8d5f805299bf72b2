import LmonJSON
import LmonModel
import LmonRecord
import LmonScreen
import LmonTestSupport
import Testing

/// What lmon says of itself: what it costs, what it could not do, what became of its batches.
@Suite struct OwnCostTests {
    private static let rules = TextRules(sanitised: { Text.sanitised($0) }, width: { Text.width(of: $0) })

    /// The agent tells its part, and the interceptor its own.
    private let shares: [Observation] = [
        .start("r1"), .make(.overhead, "r1", at: 185, #"{"interceptorMs":0.2}"#), .runtimeDone("r1"),
        .make(
            .overhead,
            "r1",
            at: 188,
            #"{"heldMs":0.4,"interceptorMs":0.1,"rssBytes":14000000,"shippedBytes":2100,"records":12}"#
        ),
        .report("r1"),
    ]

    @Test func sharesOfOneInvocationAreOne() throws {
        let model = folded(self.shares)
        let overhead = try #require(try model.requireInvocation("r1").overhead)
        #expect(overhead.heldMilliseconds == 0.4)
        #expect(overhead.interceptorMilliseconds.map { abs($0 - 0.3) < 1e-9 } == true)
        #expect(overhead.residentBytes == 14_000_000)
        #expect(overhead.shippedBytes == 2_100)
        #expect(overhead.records == 12)
        let report = StatisticsReport(model.statistics, model.currentTotals)
        #expect(report.overhead.told == 1)
        #expect(report.overhead.held.max.map { abs($0 - 0.4) < 0.01 } == true)
        #expect(report.overhead.residentPeak == 14_000_000)
        #expect(report.overhead.sample == nil)
    }

    @Test func whatItCostIsInTheJSONOfAnInvocationAndInItsReport() throws {
        let invocation = try folded(self.shares).requireInvocation("r1")
        let json = JSONWriter.object { InvocationJSON.write(invocation, to: &$0) }
        let cost = try JSONValue(parsing: String(decoding: json, as: UTF8.self))["lmon"]
        #expect(cost?["heldMs"]?.double == 0.4)
        #expect(cost?["rssBytes"]?.int == 14_000_000)
        #expect(cost?["records"]?.int == 12)
        let lines = ReportRenderer(rules: Self.rules).lines(InvocationDetail(invocation))
        #expect(lines.first?.text.contains(" ─ lmon held 0.4ms") == true)
    }

    @Test func statisticsSayTheMostAndWhatIsSampled() throws {
        let sampled = [Observation.make(.agent, nil, at: -5, #"{"readyMs":3,"sample":0.05}"#)]
        let model = folded(Observation.initialization + sampled + self.shares)
        let report = StatisticsReport(model.statistics, model.currentTotals)
        let text = StatisticsText(report, columns: 80, marks: .unicode, rules: Self.rules).lines().map(\.line.text)
        #expect(text.contains("  held         p50 0.4ms  p95 0.4ms  max 0.4ms"))
        #expect(text.contains("  sample       5% of invocations, besides failed and slow ones"))
        let json = report.json()
        let cost = try JSONValue(parsing: String(decoding: json, as: UTF8.self))["lmon"]
        #expect(cost?["sample"]?.double == 0.05)
        #expect(cost?["held"]?["max"]?.double != nil)
    }

    // MARK: The agent

    @Test func problemsStandOnTheRowOfTheInitialisation() throws {
        let payload =
            #"{"version":"1.0.0","readyMs":3,"telemetry":false,"bare":false,"problems":["LMON_FLUSH=x: no","","é"]}"#
        let interceptor = #"{"language":"node","version":"22","loadMs":6,"problems":["LMON_CAPTURE=y: no"]}"#
        let again = #"{"language":"node","version":"22","loadMs":1,"problems":["LMON_CAPTURE=y: no"]}"#
        let model = folded([
            .environment(), .initStart(), .make(.interceptor, nil, at: -200, interceptor),
            .make(.interceptor, nil, at: -150, again), .make(.agent, nil, at: -5, payload), .initReport(),
        ])
        let event = try #require(model.events.first)
        #expect(
            event.parts == [
                "env a3", "init 327ms", "node22", "interceptor 1ms", "agent ready", "no telemetry",
                "interceptor: LMON_CAPTURE=y: no", "agent: LMON_FLUSH=x: no", "agent: ", "agent: é",
            ]
        )
        #expect(event.emphasis == .warning)
        let status = try #require(model.environmentList.first)
        #expect(status.agent == "ready in 3ms, no telemetry")
        #expect(status.problems.count == 4)
    }

    @Test(arguments: [(0.05, "5%"), (0.001, "0.1%"), (0.5, "50%"), (0.125, "12.5%"), (0, "0%"), (0.0033, "0.33%")])
    func aShareThatIsKeptIsSaid(share: Double, text: String) {
        let model = folded([.make(.agent, nil, at: -5, #"{"readyMs":3,"sample":\#(share)}"#)])
        #expect(model.currentTotals.sample == share)
        #expect(model.environmentList.first?.agent == "ready in 3ms, sample \(text)")
    }

    @Test(arguments: ["1", "1.5", "-1", "\"0.5\"", "null"])
    func allThatIsKeptIsNotSaid(sample: String) {
        let model = folded([.make(.agent, nil, at: -5, #"{"sample":\#(sample)}"#)])
        #expect(model.currentTotals.sample == nil)
    }

    /// Thousands of problems are a row all the same.
    @Test func aFloodOfProblemsIsBounded() throws {
        let problems = (0..<5_000).map { #""problem \#($0)""# }.joined(separator: ",")
        let model = folded([.make(.agent, nil, at: -5, #"{"problems":[[1],{"a":2},\#(problems)]}"#)])
        #expect(model.environmentList.first?.problems.count == 20)
    }

    // MARK: Deliveries

    @Test(arguments: [
        (
            #"{"sink":"collector","records":12,"bytes":2100,"ms":34,"outcome":"ok","status":200}"#,
            "12 records → collector 200 in 34ms", LifecycleEvent.Emphasis.lmon
        ),
        (#"{"sink":"collector","records":1,"ms":34,"outcome":"taken"}"#, "1 record → collector taken in 34ms", .lmon),
        (#"{"sink":"webhook","ms":2,"outcome":"retry","status":503}"#, "recap → webhook retry 503 in 2ms", .warning),
        (
            #"{"sink":"webhook","records":3,"ms":2,"outcome":"failed","message":"connection refused"}"#,
            "3 records → webhook failed in 2ms: connection refused", .warning
        ),
        (
            #"{"sink":"collector","records":3,"ms":2,"outcome":"dropped"}"#, "3 records → collector dropped in 2ms",
            .failed
        ),
        (
            #"{"sink":"collector","records":3,"outcome":"refused","status":413}"#, "3 records → collector refused 413",
            .failed
        ),
        (#"{"sink":"webhook","outcome":200,"ms":34}"#, "recap → webhook 200 in 34ms", .lmon),
        (#"{"sink":"webhook","status":500}"#, "recap → webhook 500", .failed), ("{}", "recap → sink", .lmon),
    ])
    func aDeliveryIsARow(payload: String, text: String, emphasis: LifecycleEvent.Emphasis) throws {
        let model = folded([.start("r1"), .report("r1"), .make(.delivery, nil, at: 300, payload)])
        let event = try #require(model.events.last)
        #expect(event.parts == ["env a3", text])
        #expect(event.emphasis == emphasis)
    }

    @Test func thatASpoolTookABatchIsNone() {
        let taken = #"{"sink":"spool","records":3,"ms":2,"outcome":"taken","status":200}"#
        let failed = #"{"sink":"spool","records":3,"ms":2,"outcome":"failed","status":503}"#
        let model = folded([
            .start("r1"), .make(.delivery, nil, at: 300, taken), .make(.delivery, nil, at: 310, failed),
        ])
        #expect(model.events.map(\.parts) == [["env a3", "3 records → spool failed 503 in 2ms"]])
    }

    /// `lmon tail` prints all of it.
    @Test func eachIsALineOfTheTail() {
        let records = Record.numbered(
            Observation.initialization + self.shares + [
                .make(
                    .delivery,
                    nil,
                    at: 300,
                    #"{"sink":"collector","records":12,"ms":3,"outcome":"ok","status":200}"#
                ),
                .make(.dropped, nil, at: 310, #"{"count":4,"reason":"memory","sink":"interceptor"}"#),
                .make(.agent, "", at: 320, "{}"),
            ]
        )
        var model = Model()
        var renderer = LineRenderer(rules: Self.rules)
        var lines: [String] = []
        for record in records { lines += renderer.lines(after: model.apply(record), in: model).map(\.text) }
        lines += renderer.finish(in: model).map(\.text)
        for text in [
            "agent ready", "12 records → collector 200 in 3ms", "4 records of orders dropped by interceptor: memory",
        ] {
            #expect(lines.contains { $0.contains(text) }, "\(lines)")
        }
    }
}
