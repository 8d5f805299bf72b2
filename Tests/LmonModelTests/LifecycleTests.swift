import LmonModel
import LmonRecord
import LmonTestSupport
import Testing

@Suite struct LifecycleTests {
    /// What is asked for by a template and what this machine has may differ; the row says both.
    @Test(arguments: [
        ("nodejs22.x", "22.20.0", "node22"), ("nodejs22.x", "20.18.1", "node20 for node22"),
        ("nodejs", "24.1.0", "node24"),
    ])
    func theRuntimeIsNamedByWhatRuns(asked: String, version: String, expected: String) {
        var model = Model()
        let records = Record.numbered([
            .make(.environment, nil, at: 0, #"{"runtime":"\#(asked)"}"#), .make(.initStart, nil, at: 0, "{}"),
            .make(.interceptor, nil, at: 5, #"{"language":"node","version":"\#(version)","loadMs":6}"#),
        ])
        _ = model.apply(contentsOf: records)
        #expect(model.events.first?.parts.contains(expected) == true)
    }

    @Test func showsAnInitialisationAsOneRowOfItsParts() throws {
        let model = folded(Observation.initialization)
        let event = try #require(model.events.first)
        #expect(model.rowCount == 1)
        #expect(event.parts == ["env a3", "init 327ms", "node22", "interceptor 6ms", "agent ready"])
        #expect(event.time == .test(-329))
        #expect(event.detail == id(nil))
    }

    @Test func marksAFailedInitialisation() throws {
        let model = folded([.initStart(), .initReport("error")])
        #expect(model.events.first?.emphasis == .failed)
        #expect(model.events.first?.parts.contains("init failed: error") == true)
    }

    @Test(arguments: [
        (
            #"{"errorMessage":"boom","stack":["Error: boom","    at f (node:fs:3:1)","    at g (/a/top.js:7:2)"]}"#,
            "top.js:7 boom"
        ),
        (#"{"errorMessage":"bad","stack":["X: y","file:///a/b/index.mjs:14"]}"#, "index.mjs:14 bad"),
        (#"{"errorMessage":"gone","stackTrace":["    at async file:///a/i.mjs:2:9"]}"#, "i.mjs:2 gone"),
        (#"{"errorMessage":"gone","trace":["    at /tmp/lmon-1/runtime.cjs:592:98"]}"#, "gone"),
        (#"{"errorMessage":"first\nsecond"}"#, "first"),
        ("{", "Uncaught Exception\t{"),
    ])
    func saysWhyAnInitialisationFailed(error: String, expected: String) throws {
        let line = "2026-11-23T10:00:00.000Z\tundefined\tERROR\tUncaught Exception\t\(error)\n"
        let payload = #"{"phase":"init","status":"error","errorType":"Runtime.Unknown"}"#
        let model = folded([.initStart(), .log(nil, line, at: -5), .make(.initReport, nil, at: -2, payload)])
        #expect(try model.requireInvocation(nil).startFailure?.description == expected)
        #expect(model.events.first?.parts.contains("init failed: \(expected)") == true)
        #expect(try folded(Observation.initialization).requireInvocation(nil).startFailure == nil)
    }

    @Test func callsOnlyTheFirstStartAfterAnInitialisationCold() throws {
        let model = folded(
            Observation.initialization + Observation.invocation("r1") + Observation.invocation("r2", at: 500)
                + [.initStart(at: 900, phase: "invoke"), .initReport(at: 990)] + Observation.invocation("r3", at: 1000)
                + Observation.invocation("r4", at: 1500)
        )
        #expect(model.summaries.map(\.isCold) == [true, false, true, false])
        #expect(model.totals.cold == 2)
        #expect(try model.requireInvocation("r1").initialization?.duration == 327)
        #expect(try model.requireInvocation("r2").initialization == nil)
        #expect(model.events.count == 2)
    }

    @Test func doesNotGuessColdnessWhenTheBeginningWasMissed() throws {
        let model = folded(Observation.invocation("r1") + Observation.invocation("r2", at: 500))
        #expect(model.summaries.map(\.isCold) == [nil, false])
        let told = folded([.start("r1"), .report("r1", initDurationMs: 300)])
        #expect(told.summaries.map(\.isCold) == [true])
    }

    @Test func putsCallsOfTheInitialisationUnderItsRow() throws {
        let model = folded(
            [.environment(), .initStart()] + Observation.call("c1", in: nil, at: -200) + [.initReport(), .start("r1")]
        )
        #expect(try model.requireInvocation(nil).calls.map(\.id) == ["c1"])
        #expect(model.events.first?.parts.last == "1 call")
        #expect(try model.requireInvocation("r1").calls.isEmpty)
    }

    @Test func showsAShutdownWithItsReasonAndDeliveries() throws {
        let delivery = #"{"sink":"webhook","outcome":200,"ms":34}"#
        let model = folded([
            .start("r1"), .shutdown("timeout", at: 3000), .make(.delivery, nil, at: 3040, delivery),
            .shutdown("timeout", at: 3050),
        ])
        let event = try #require(model.events.last)
        #expect(event.parts == ["env a3", "shutdown (timeout)", "recap → webhook 200 in 34ms"])
        #expect(event.emphasis == .warning)
        #expect(model.events.count == 1)
        #expect(try model.requireInvocation("r1").state == .finished(.unobserved))
    }

    @Test func tellsEachEndOfAnEnvironmentThatIsResetTwice() {
        let model = folded([
            .shutdown("timeout", at: 10), .initStart(at: 20), .initReport(at: 30), .shutdown("failure", at: 40),
        ])
        let ends = model.events.filter { $0.kind == .shutdown }
        #expect(ends.map { $0.parts[1] } == ["shutdown (timeout)", "shutdown (failure)"])
    }

    @Test func followsAnEnvironmentsState() throws {
        let records = Record.numbered(
            Observation.initialization + [.start("r1"), .runtimeDone("r1"), .freeze(at: 200), .thaw(at: 300)]
                + [.shutdown(at: 400)]
        )
        var model = Model()
        var states: [EnvironmentStatus.State] = []
        for record in records {
            model.apply(record)
            let state = try #require(model.environmentList.first).state
            if states.last != state { states.append(state) }
        }
        #expect(
            states == [.initializing, .idle, .running(id("r1")), .idle, .frozen, .idle, .shutDown(reason: "spindown")]
        )
        let status = try #require(model.environment(Observation.testEnvironment))
        #expect(status.label == "a3")
        #expect(status.runtime == "nodejs22.x")
        #expect(status.memoryLimit == 256)
        #expect(status.initDuration == 327)
        #expect(status.lane.spans.first?.kind == .initializing)
        #expect(status.lane.spans.count == 7)
    }

    @Test func sortsRowsByTimeWhateverComesFirst() {
        let model = folded([
            .start("late", at: 900), .start("early", at: 100).in("E2"), .start("mid", at: 500).in("E3"),
        ])
        #expect(model.summaries.map(\.requestID) == ["early", "mid", "late"])
        for row in 0..<model.rowCount { #expect(model.row(at: row).flatMap { model.index(of: $0.id) } == row) }
        #expect(model.index(atOrAfter: .test(400)) == 1)
        #expect(model.rows(in: 1..<99).count == 2)
    }

    @Test func movesARowWhenItsStartComesAfterItsCalls() {
        var model = Model()
        let records = Record.numbered([
            .request("c1", in: "r1", at: 50), .start("r2", at: 20).in("E2"), .start("r1", at: 0),
        ])
        model.apply(contentsOf: records[..<2])
        #expect(model.summaries.map(\.requestID) == ["r2", "r1"])
        model.apply(records[2])
        #expect(model.summaries.map(\.requestID) == ["r1", "r2"])
        #expect(model.index(of: .invocation(id("r1"))) == 0)
    }

    @Test(arguments: [
        ("nodejs22.x", "node22"), ("nodejs:22.v72", "node22"), ("python3.12", "python3.12"),
        ("python:3.12.v36", "python3.12"), ("provided.al2023", "provided.al2023"),
        ("provided:al2023.v70", "providedal2023"),
    ])
    func namesRuntimesShortly(told: String, expected: String) {
        #expect(folded([.environment(runtime: told)]).events.first?.parts.last == expected)
    }

    @Test func warnsWhenAnInterceptorStandsDown() {
        let model = folded(
            Observation.initialization + [.make(.interceptor, nil, at: 5, #"{"standDown":"its time budget"}"#)]
        )
        #expect(model.events.first?.emphasis == .warning)
        #expect(model.events.first?.parts.contains("interceptor stood down: its time budget") == true)
    }
}
