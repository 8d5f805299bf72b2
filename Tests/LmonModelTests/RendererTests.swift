import LmonModel
import LmonRecord
import LmonScreen
import LmonTestSupport
import Testing

@Suite struct RendererTests {
    private let rules = TextRules(sanitised: { Text.sanitised($0) }, width: { Text.width(of: $0) })

    private func lines(
        _ observations: [Observation],
        _ renderer: LineRenderer? = nil,
        limits: Model.Limits = .init()
    ) -> [String] {
        var renderer = renderer ?? LineRenderer(rules: self.rules)
        var model = Model(limits: limits)
        var lines: [TextLine] = []
        for record in Record.numbered(observations) {
            lines.append(contentsOf: renderer.lines(after: model.apply(record), in: model))
        }
        lines.append(contentsOf: renderer.finish(in: model))
        return lines.map(\.text)
    }

    @Test func printsABlockForEachFinishedInvocation() {
        let lines = self.lines(Observation.initialization + Observation.invocation("r1"))
        #expect(
            lines == [
                "10:42:00.671 ○ env a3 ─ init 327ms ─ node22 ─ interceptor 6ms ─ agent ready",
                "10:42:01.000 ✓ orders   184ms  1 call    cold 327ms  r1",
                "               GET  200 api.test/users/4  40ms  1.2 kB",
                "             │ done",
            ]
        )
    }

    @Test func keepsConcurrentInvocationsApart() {
        let one = Observation.invocation("r1")
        let other = Observation.invocation("r2", at: 3).map { $0.in("E2").of("payment") }
        let mixed = zip(one, other).flatMap { [$0, $1] }
        let heads = self.lines(mixed).filter { !$0.hasPrefix(" ") }
        #expect(heads.count == 2)
        #expect(self.lines(mixed).count == 6)
    }

    @Test func printsWhatCameLateWithItsInvocationsName() {
        let lines = self.lines([
            .start("9f3c0000-0000-e1"), .request("c1", in: "9f3c0000-0000-e1", at: 100),
            .runtimeDone("9f3c0000-0000-e1"), .freeze(at: 200), .thaw(at: 900),
            .end("c1", in: "9f3c0000-0000-e1", at: 910),
        ])
        #expect(
            lines
                == [
                    "10:42:01.000 ✓ orders   184ms  1 call    late call  9f3c0000-0000-e1",
                    "               GET  ◐   api.test/users/4  –  late",
                    "10:42:01.910   GET  200 api.test/users/4  41ms  1.2 kB  late, crossed a freeze  orders 9f3c…e1",
                ].map { $0.replacing("GET  200", with: "GET  –  ") }
        )
    }

    @Test func saysAgainWhatFailedAfterItsHandlerHadEnded() {
        let lines = self.lines([
            .start("r1"), .make(.handlerEnd, "r1", at: 150, #"{"status":"success"}"#),
            .runtimeDone("r1", "timeout", at: 3000, durationMs: 3000), .report("r1", "timeout", durationMs: 3000),
        ])
        #expect(
            lines == [
                "10:42:01.000 ✓ orders   150ms            r1", "10:42:01.000 ✗ orders   3.00s            timeout  r1",
            ]
        )
    }

    /// Also where so much came between that only its summary is left.
    @Test func saysAgainWhatFailedLongAfter() {
        var limits = Model.Limits()
        limits.finishedDetails = 2
        let end = { (id: String) in Observation.make(.handlerEnd, id, at: 150, #"{"status":"success"}"#) }
        let others = (2...9).map { "r\($0)" }.flatMap { [Observation.start($0), end($0)] }
        let lines = self.lines(
            [.start("r1"), end("r1")] + others + [.report("r1", "timeout", durationMs: 3000)],
            limits: limits
        )
        #expect(lines.count == 10)
        #expect(lines.last == "10:42:01.000 ✗ orders   3.00s            timeout  r1")
    }

    @Test func waitsForTheCallsOfAnInvocationThatWasStopped() {
        let stopped: [Observation] = [
            .start("r1"), .request("c1", in: "r1"), .runtimeDone("r1", "timeout", at: 3000, durationMs: 3000),
            .report("r1", "timeout", at: 3000, durationMs: 3000),
        ]
        let aborted = Observation.make(.httpEnd, "r1", at: 3000, #"{"callId":"c1","outcome":"aborted"}"#)
        let expected = [
            "10:42:01.000 ✗ orders   3.00s  1 call    timeout  r1",
            "               GET  aborted api.test/users/4  2.99s",
            "10:42:04.000 ○ env a3 ─ shutdown (timeout)",
        ]
        #expect(self.lines(stopped + [aborted, .shutdown("timeout", at: 3000)]) == expected)
        let cut = self.lines(stopped + [.shutdown("timeout", at: 3000)])
        #expect(cut == [expected[0], "               GET  –   api.test/users/4  –", expected[2]])
        #expect(self.lines(stopped).count == 2)
    }

    @Test func printsWhatIsLeftAtTheEnd() {
        let lines = self.lines([.start("r1"), .request("c1", in: "r1")])
        #expect(
            lines
                == ["10:42:01.000 ◐ orders       –  1 call    r1", "               GET  ◐   api.test/users/4  –"].map {
                    $0
                }
        )
    }

    @Test func canDoWithoutGlyphsAndDetail() {
        let renderer = LineRenderer(rules: self.rules, marks: .ascii, offset: 3600, showsDetail: false)
        let lines = self.lines(Observation.initialization + [.start("r1"), .runtimeDone("r1", "timeout")], renderer)
        #expect(
            lines == [
                "11:42:00.671 o env a3 - init 327ms - node22 - interceptor 6ms - agent ready",
                "11:42:01.000 x orders   184ms            timeout  r1",
            ]
        )
    }

    @Test func letsNothingFromAFunctionDriveTheTerminal() {
        let evil = "\u{1B}]0;owned\u{7}\r\n\u{9B}31m"
        let json = #"\u001b[2Jx"#
        let observations: [Observation] = [
            .start("r1").of(evil), .log("r1", evil), .request("c1", in: "r1", json, "https://\(json)/"),
            .make(.httpEnd, "r1", at: 9, #"{"callId":"c1","outcome":"error","code":"\#(json)","message":"\#(json)"}"#),
            .result("r1", #"{"errorType":"\#(json)","errorMessage":"\#(json)"}"#, outcome: "error"), .runtimeDone("r1"),
            .make(RecordType(evil), nil, at: 10), .make(.shutdown, nil, at: 11, #"{"reason":"\#(json)"}"#),
        ]
        let model = folded(observations)
        let report = model.detail(id("r1")).map { ReportRenderer(rules: self.rules).lines($0).map(\.text) } ?? []
        let all = self.lines(observations) + report
        #expect(report.count > 5)
        for line in all {
            #expect(line.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) })
        }
    }

    @Test func saysWhenThereWereMoreLogLinesThanAreKept() throws {
        var limits = Model.Limits()
        limits.itemsPerInvocation = 2
        let logs = (0..<5).map { Observation.log("r1", "line \($0)", at: Double($0)) }
        let records = Record.numbered([.start("r1")] + logs + [.runtimeDone("r1"), .report("r1")])
        var model = Model(limits: limits)
        var renderer = LineRenderer(rules: self.rules)
        let lines = records.flatMap { renderer.lines(after: model.apply($0), in: model) }.map(\.text)
        let omission = "… 3 more log lines and calls, too many to keep; lmon tail --json has all"
        #expect(lines.last == "             " + omission)
        let report = ReportRenderer(rules: self.rules).lines(try #require(model.detail(id("r1")))).map(\.text)
        #expect(report.contains("  " + omission))
    }

    @Test func printsWhatTheInitialisationLogged() throws {
        let model = folded(
            [.environment(), .initStart(), .log(nil, "no settings", at: -9), .initReport()]
                + Observation.invocation("r1") + Observation.invocation("r2", at: 500)
        )
        let initialization = try #require(model.initialization(of: id("r1")))
        #expect(model.initialization(of: id("r2")) == nil)
        let report = ReportRenderer(rules: self.rules)
            .lines(try #require(model.detail(id("r1"))), after: initialization).map(\.text)
        let title = try #require(report.firstIndex(of: "  logs of the initialisation"))
        #expect(report[title + 1].hasSuffix("no settings"))
    }

    @Test func printsOneInvocationOnAPage() throws {
        let calls =
            Observation.call("a", in: "r1", at: 10, duration: 40)
            + Observation.call("b", in: "r1", "POST", "https://api.test/orders", status: 201, at: 60, duration: 100)
        let model = folded(
            Observation.invocation("r0", at: -900) + [.start("r1")] + calls
                + [.log("r1", "done"), .result("r1"), .runtimeDone("r1"), .report("r1")]
        )
        let lines = ReportRenderer(rules: self.rules, columns: 70).lines(try #require(model.detail(id("r1")))).map(
            \.text
        )
        #expect(
            lines == [
                "✓ orders 187ms ─ billed 187ms ─ 88/256 MB ─ r1",
                "",
                "  init                      │                                      –",
                "  handler                   │ ███████████████████████████████  184ms",
                "  GET  200 api.test/users/4 │   ░░░░░█                          40ms",
                "  POST 201 api.test/orders  │           ░░░░░░░░░░░░█████      100ms",
                "  response 31 B             │                               ▏    3ms",
                "  extensions                │                               █  0.4ms",
                "",
                "  logs",
                "  │ done",
                "",
                "  result 11 B",
                "  {",
                "    \"ok\": true",
                "  }",
            ]
        )
    }
}
