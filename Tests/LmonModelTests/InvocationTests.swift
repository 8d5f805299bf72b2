import LmonModel
import LmonRecord
import LmonTestSupport
import Testing

@Suite struct InvocationTests {
    @Test func followsAnInvocationFromStartToReport() throws {
        let records = Record.numbered(Observation.invocation("r1"))
        var model = Model()
        model.apply(contentsOf: records[..<2])
        #expect(try model.requireInvocation("r1").state == .inFlight)
        #expect(model.summaries.first?.deadline == .test(3000))
        #expect(model.summaries.first?.duration == nil)
        model.apply(contentsOf: records[2...])
        let invocation = try model.requireInvocation("r1")
        #expect(invocation.state == .finished(.success))
        #expect(invocation.duration == 187)
        #expect(invocation.billedDuration == 187)
        #expect(invocation.memoryUsed == 88)
        #expect(invocation.event?.text == #"{"order":4}"#)
        #expect(invocation.result?.text == #"{"ok":true}"#)
        #expect(invocation.spans.map(\.name) == ["responseDuration", "extensionOverhead"])
        #expect(invocation.logs.map(\.text) == ["done"])
    }

    @Test func keepsWhatACallSaid() throws {
        let model = folded([.start("r1")] + Observation.call("c1", in: "r1"))
        let call = try #require(try model.requireInvocation("r1").call("c1"))
        #expect(call.method == "GET")
        #expect(call.url?.host == "api.test")
        #expect(call.url?.path == "/users/4")
        #expect(call.status == 200)
        #expect(call.requestHeaders == [Header("accept", "application/json")])
        #expect(call.responseHeaders == [Header("content-type", "application/json")])
        #expect(call.responseBody?.text == #"{"name":"Ada"}"#)
        #expect(call.responseSize == 1234)
        #expect(call.duration == 40)
        #expect(call.timings.firstByte == 30)
        #expect(call.timings.dns == nil)
        #expect(call.connection?.isReused == true)
        #expect(call.outcome == .complete)
        #expect(!call.isInFlight && !call.isFailed && !call.isLate)
    }

    @Test func saysNothingAboutWhatWasNotObserved() throws {
        let model = folded([.make(.httpEnd, "r1", at: 5, #"{"callId":"c1"}"#)])
        let invocation = try model.requireInvocation("r1")
        let call = try #require(invocation.call("c1"))
        #expect(invocation.duration == nil && invocation.isCold == nil && invocation.memoryUsed == nil)
        #expect(call.method == nil && call.status == nil && call.duration == nil && call.responseSize == nil)
        #expect(Format.duration(call.duration) == "–")
    }

    @Test(arguments: [
        ("success", false, InvocationStatus.success),
        ("success", true, .handlerError),
        ("timeout", true, .timeout),
        ("error", true, .error),
        ("failure", false, .failure),
        ("fromTheFuture", false, .other("fromTheFuture")),
    ])
    func namesHowItEnded(status: String, handlerFailed: Bool, expected: InvocationStatus) throws {
        let result: Observation = handlerFailed ? .handlerError("r1") : .result("r1")
        let model = folded([.start("r1"), result, .runtimeDone("r1", status), .report("r1", status)])
        #expect(try model.requireInvocation("r1").state == .finished(expected))
        #expect(model.totals.failed == (expected == .success ? 0 : 1))
    }

    @Test func readsTheHandlersErrorFromItsResult() throws {
        let invocation = try folded([.start("r1"), .handlerError("r1"), .runtimeDone("r1")]).requireInvocation("r1")
        #expect(invocation.errorType == "TypeError")
        #expect(invocation.errorMessage == "x is not a function")
        #expect(invocation.note == "TypeError")
    }

    @Test func reportsTheRuntimesWordUntilLambdasArrives() throws {
        let records = Record.numbered([.start("r1"), .runtimeDone("r1"), .report("r1", "timeout", durationMs: 3000)])
        var model = Model()
        model.apply(contentsOf: records[..<2])
        #expect(model.totals.failed == 0)
        #expect(model.summaries.first?.duration == 184)
        model.apply(records[2])
        #expect(model.totals.failed == 1)
        #expect(model.summaries.first?.duration == 3000)
        #expect(model.durations.total == 1)
    }

    @Test func takesTheInterceptorsWordUntilTheRuntimesArrives() throws {
        let end = Observation.make(.handlerEnd, "r1", at: 150, #"{"status":"success"}"#)
        let records = Record.numbered([
            .start("r1"), .request("c1", in: "r1", at: 100), end, .runtimeDone("r1", "timeout", durationMs: 3000),
        ])
        var model = Model()
        model.apply(contentsOf: records[..<3])
        let early = try model.requireInvocation("r1")
        #expect(early.state == .finished(.success))
        #expect(early.duration == 150)
        #expect(early.calls.first?.isLate == true)
        #expect(model.totals.failed == 0 && model.durations.total == 1)
        model.apply(records[3])
        #expect(try model.requireInvocation("r1").state == .finished(.timeout))
        #expect(model.totals.failed == 1 && model.durations.total == 1)
        #expect(model.summaries.first?.duration == 3000)
    }

    /// The start is told by Lambda's clock, the end by the interceptor's.
    @Test func noDurationIsNegative() throws {
        let end = Observation.make(.handlerEnd, "r1", at: 1, #"{"status":"success"}"#)
        #expect(try folded([.start("r1", at: 2), end]).requireInvocation("r1").duration == 0)
    }

    @Test func anErrorThatTheInterceptorTellsIsOne() throws {
        let end = Observation.make(.handlerEnd, "r1", at: 150, #"{"status":"error"}"#)
        #expect(try folded([.start("r1"), end]).requireInvocation("r1").state == .finished(.handlerError))
        // Lambda does not say so, and takes nothing back, whoever is first.
        let done: [Observation] = [.runtimeDone("r1"), .report("r1")]
        for records in [[end] + done, done + [end], [done[0], end, done[1]]] {
            let model = folded([.start("r1")] + records)
            #expect(try model.requireInvocation("r1").state == .finished(.handlerError))
            #expect(model.totals.failed == 1 && model.totals.invocations == 1)
            #expect(model.summaries.first?.duration == folded([.start("r1")] + done).summaries.first?.duration)
        }
        // What Lambda says is not taken back by it.
        let late = try folded([.start("r1"), .runtimeDone("r1", "timeout"), end]).requireInvocation("r1")
        #expect(late.state == .finished(.timeout) && late.duration == 184)
    }

    @Test func tellsRetriesOfOneRequestApart() throws {
        let model = folded(
            Observation.invocation("r1") + Observation.invocation("r1", at: 60_000)
                + [.runtimeDone("r2", "timeout", at: 70_000)]
        )
        #expect(model.totals.invocations == 3)
        #expect(try model.requireInvocation("r1", 1).start == .test(0))
        #expect(try model.requireInvocation("r1", 2).start == .test(60_000))
        #expect(model.invocations(requestID: "r1") == [id("r1", 1), id("r1", 2)])
    }

    @Test func callsTheEndUnobservedWhenTheEnvironmentGoesOn() throws {
        let model = folded([.start("r1"), .start("r2", at: 500)])
        #expect(try model.requireInvocation("r1").state == .finished(.unobserved))
        #expect(try model.requireInvocation("r2").state == .inFlight)
        #expect(model.totals.failed == 0)
    }

    @Test func keepsManagedInstancesInvocationsInFlightTogether() throws {
        let type = #"{"initializationType":"lambda-managed-instances"}"#
        let model = folded([.make(.initStart, nil, at: -10, type), .start("r1"), .start("r2", at: 5)])
        #expect(try model.requireInvocation("r1").state == .inFlight)
    }

    @Test func attributesARecordWithoutRequestToTheInvocationInProgress() throws {
        let model = folded(
            Observation.initialization + [.log(nil, "at init", at: -100), .start("r1"), .log(nil, "in r1", at: 5)]
        )
        #expect(try model.requireInvocation("r1").logs.map(\.text) == ["in r1"])
        #expect(try model.requireInvocation(nil).logs.map(\.text) == ["at init"])
    }

    @Test func keepsUnknownTypesAndShowsThem() throws {
        let model = folded([
            .start("r1"), .make(RecordType("platform.fromTheFuture"), "r1", at: 1, #"{"a":[1]}"#),
            .make(RecordType("lmon.fromTheFuture"), nil, at: 2),
        ])
        let unknown = try model.requireInvocation("r1").unknown
        #expect(unknown.map(\.type) == ["platform.fromTheFuture"])
        #expect(unknown.map { String(decoding: $0.payload, as: UTF8.self) } == [#"{"a":[1]}"#])
        #expect(model.events.map(\.parts) == [["env a3", "lmon.fromTheFuture"]])
        #expect(model.totals.unknown == 2)
    }

    @Test(arguments: [
        (#""plain\n""#, LogLevel?.none, "plain"),
        (#""2026-11-23T10:42:01.000Z\tr1\tWARN\ttwo\nlines\n""#, .warn, "two\nlines"),
        (#""no\ttime\tWARN\tkept""#, nil, "no\ttime\tWARN\tkept"),
        (#"{"level":"ERROR","message":"boom","requestId":"r1"}"#, .error, "boom"),
        (#"{"level":"INFO","message":{"a":1}}"#, .info, #"{"a":1}"#),
        (#"{"x":1}"#, nil, #"{"x":1}"#),
        ("17", nil, "17"),
    ])
    func readsLogLines(payload: String, level: LogLevel?, text: String) throws {
        let line = try #require(try folded([.make(.function, "r1", at: 1, payload)]).requireInvocation("r1").logs.first)
        #expect(line.level == level)
        #expect(line.text == text)
    }
}
