import LmonRecord
import LmonTestSupport
import Testing

@testable import LmonAgent

/// Bodies that are kept only if an invocation fails.
@Suite struct AwaitedOutcomesTests {
    private static func end(_ call: String, _ requestID: String?, waits: Bool = true, text: String = "ping")
        -> Observation
    {
        let body = #"{"callId":"\#(call)","outcome":"complete","bodies":{"request":{"size":4,"text":"\#(text)"}}}"#
        var end = Observation.make(.httpEnd, requestID, at: 5, body)
        end.waitsForOutcome = waits
        return end
    }

    /// Each as its type, and of an end its call and whether it has its body.
    private static func told(_ observations: [Observation]) -> [String] {
        var log = EnvironmentLog()
        return observations.flatMap { seen -> [String] in
            let admission = log.admit(seen)
            return (admission.ends + [admission.observation].compactMap(\.self)).map { each in
                guard each.type == .httpEnd else { return each.type.rawValue }
                let text = String(decoding: each.payload, as: UTF8.self)
                let call = text.dropFirst(#"{"callId":""#.count).prefix(1)
                return "\(call) \(text.contains("text") ? "whole" : text.contains(#""size":4"#) ? "sizes" : "bare")"
            }
        }
    }

    private static func done(_ requestID: String, _ status: String) -> Observation {
        .make(.runtimeDone, requestID, at: 9, #"{"status":"\#(status)"}"#)
    }

    private static func handled(_ requestID: String, _ status: String) -> Observation {
        .make(.handlerEnd, requestID, at: 8, #"{"status":"\#(status)"}"#)
    }

    @Test(arguments: [("success", "sizes"), ("error", "whole"), ("timeout", "whole"), ("failure", "whole")])
    func theyWaitForTheRuntimesEnd(status: String, expected: String) {
        let told = Self.told([Self.end("a", "r1"), Self.end("b", "r1", waits: false), Self.done("r1", status)])
        #expect(told == ["b whole", "a \(expected)", "platform.runtimeDone"])
    }

    /// It is the first to know; where nobody asked for its records, it leaves none.
    @Test(arguments: [true, false]) func theyWaitForTheHandlersEnd(hasInvokes: Bool) {
        let invokes = ["r1", "r2"].map { Observation.make(.invoke, $0, at: 1) }
        let told = Self.told(
            (hasInvokes ? invokes : []) + [
                Self.end("a", "r1"), Self.handled("r1", "success"), Self.end("b", "r2"), Self.handled("r2", "error"),
                Self.done("r2", "error"),
            ]
        )
        let records = told.filter { $0 != "lmon.invoke" }
        #expect(records.filter { $0 != "handler.end" } == ["a sizes", "b whole", "platform.runtimeDone"])
        #expect(records.contains("handler.end") == hasInvokes)
    }

    /// A runtime that posts its handler's error has done well.
    @Test func theyAreKeptIfTheResultIsAnError() {
        let result = Observation.make(.invocationResult, "r1", at: 8, #"{"outcome":"error","text":"{}"}"#)
        let told = Self.told([Self.end("a", "r1"), result, Self.done("r1", "success"), Self.end("b", "r1")])
        #expect(told == ["a whole", "invocation.result", "platform.runtimeDone", "b whole"])
        let answer = Observation.make(.invocationResult, "r1", at: 8, #"{"outcome":"response","text":"{}"}"#)
        #expect(Self.told([Self.end("a", "r1"), answer, Self.done("r1", "timeout")]).suffix(2).first == "a whole")
    }

    @Test func oneThatComesLateIsDecidedAtOnce() {
        let told = Self.told([
            Self.done("r1", "error"), Self.end("a", "r1"), Self.done("r2", "success"), Self.end("b", "r2"),
        ])
        #expect(told == ["platform.runtimeDone", "a whole", "platform.runtimeDone", "b sizes"])
    }

    /// It belongs to the invocation that its call began in.
    @Test func oneThatNamesNoInvocationWaitsWithItsCalls() {
        let told = Self.told([
            .make(.invoke, "r1", at: 0), .make(.httpRequest, nil, at: 1, #"{"callId":"a"}"#),
            .make(.invoke, "r2", at: 2),
            Self.end("a", nil), Self.done("r2", "success"), Self.done("r1", "error"),
        ])
        #expect(told.suffix(2) == ["a whole", "platform.runtimeDone"])
    }

    @Test func nothingWaitsForWhatNobodyTells() {
        #expect(Self.told([Self.end("a", nil)]) == ["a sizes"])
        #expect(Self.told([Self.end("a", "r1"), .make(.shutdown, nil, at: 9)]) == ["a sizes", "lmon.shutdown"])
        #expect(Self.told([Self.end("a", "r1"), .make(.initStart, nil, at: 9)]).first == "a sizes")
        let calls = Array("abcdefgh")
        let told = Self.told(calls.enumerated().map { Self.end(String($1), "r\($0)") })
        #expect(told == ["a sizes", "b sizes", "c sizes", "d sizes"])
    }

    @Test(arguments: [("timeout", "whole"), ("failure", "whole"), ("spindown", "sizes")])
    func whyAnEnvironmentIsStoppedTellsOfTheCurrentInvocation(reason: String, expected: String) {
        let told = Self.told([
            .make(.invoke, "r1", at: 0), Self.end("a", "r1"), .make(.shutdown, nil, at: 9, #"{"reason":"\#(reason)"}"#),
        ])
        #expect(told == ["lmon.invoke", "a \(expected)", "lmon.shutdown"])
    }

    @Test func whatThereIsNoRoomForIsRecordedWithoutBodies() {
        let text = String(repeating: "x", count: 200 << 10)
        let told = Self.told([
            Self.end("a", "r1", text: text), Self.end("b", "r1", text: text), Self.end("c", "r1", text: text),
            Self.done("r1", "error"), Self.end("d", "r2", text: text), Self.done("r2", "error"),
        ])
        #expect(told == ["c sizes", "a whole", "b whole", "platform.runtimeDone", "d whole", "platform.runtimeDone"])
    }
}
