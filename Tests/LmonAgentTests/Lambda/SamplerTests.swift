import LmonAgent
import LmonRecord
import LmonTestSupport
import Testing

@Suite struct SamplerTests {
    private static func invocation(
        _ requestID: String,
        at time: Double,
        lasting duration: Double = 10,
        status: String = "success",
        answer: Int = 200
    ) -> [Observation] {
        [
            .make(.invoke, requestID, at: time),
            .make(.httpRequest, requestID, at: time + 1, #"{"callId":"c"}"#),
            .make(.httpResponse, requestID, at: time + 2, #"{"callId":"c","status":\#(answer)}"#),
            .make(.runtimeDone, requestID, at: time + duration, #"{"status":"\#(status)"}"#),
        ]
    }

    private static func kept(_ share: Double, _ observations: [Observation]) -> (ids: Set<String>, skipped: Int) {
        var sampler = Sampler(share: share)
        let kept = observations.flatMap { sampler.admit($0) }
        return (Set(kept.compactMap(\.requestID)), sampler.skipped)
    }

    @Test func allOrNothingOfAnInvocationIsKept() {
        var sampler = Sampler(share: 0.3)
        var counts: [String: Int] = [:]
        for number in 0..<1000 {
            for each in Self.invocation("r\(number)", at: Double(number) * 100) {
                for kept in sampler.admit(each) { counts[kept.requestID ?? "", default: 0] += 1 }
            }
        }
        #expect(Set(counts.values) == [4])
        #expect((200...400).contains(counts.count))
        // The last one is not over yet.
        #expect((0...1).contains(1000 - counts.count - sampler.skipped))
    }

    @Test func failuresAndTheSlowestAreAlwaysKept() {
        var all: [Observation] = []
        for number in 0..<50 { all += Self.invocation("r\(number)", at: Double(number) * 100) }
        all += Self.invocation("timeout", at: 5000, status: "timeout")
        all += Self.invocation("upstream", at: 5100, answer: 503)
        all += Self.invocation("slow", at: 5200, lasting: 80)
        all += [
            .make(.invoke, "throws", at: 5400), .make(.handlerEnd, "throws", at: 5405, #"{"status":"error"}"#),
            .make(.invoke, "last", at: 5500),
        ]
        #expect(Self.kept(0, all).ids == ["timeout", "upstream", "slow", "throws"])
    }

    /// The next invocation begins before the end of the last is told: an agent that holds nothing sees it so.
    @Test func aFailureThatIsToldAfterTheNextBeginIsKept() {
        let overlapping: [Observation] = [
            .make(.invoke, "r1", at: 0), .make(.invoke, "r2", at: 10),
            .make(.runtimeDone, "r1", at: 9, #"{"status":"error"}"#),
            .make(.runtimeDone, "r2", at: 20, #"{"status":"success"}"#), .make(.invoke, "r3", at: 30),
        ]
        let kept = Self.kept(0, overlapping)
        #expect(kept.ids == ["r1"])
        #expect(kept.skipped == 1)
    }

    @Test func whatNothingTellsTheEndOfDoesNotWaitForEver() {
        let endless = (0..<100).map { Observation.make(.invoke, "r\($0)", at: Double($0)) }
        let kept = Self.kept(0, endless)
        #expect(kept.ids == [])
        #expect((90..<100).contains(kept.skipped))
    }

    @Test func whatThereIsNoRoomForIsCounted() throws {
        var sampler = Sampler(share: 0)
        let text = #"{"text":"\#(String(repeating: "x", count: 100 << 10))"}"#
        for n in 0..<8 { #expect(sampler.admit(.make(.function, "r1", at: Double(n), text)) == []) }
        let kept = sampler.admit(.make(.runtimeDone, "r1", at: 9, #"{"status":"timeout"}"#))
        let lost = try #require(kept.last)
        #expect(lost.type == .dropped)
        #expect(
            String(decoding: lost.payload, as: UTF8.self) == #"{"count":3,"reason":"sampling buffer","sink":"agent"}"#
        )
        #expect(kept.count == 7)
        // Its room is free again.
        for n in 0..<5 { #expect(sampler.admit(.make(.function, "r2", at: Double(n), text)) == []) }
        #expect(sampler.admit(.make(.runtimeDone, "r2", at: 9, #"{"status":"timeout"}"#)).count == 6)
    }

    @Test func aCallThatNamesNoInvocationGoesWithTheCurrentOne() {
        var sampler = Sampler(share: 0)
        #expect(sampler.admit(.make(.httpRequest, nil, at: 1, #"{"callId":"c"}"#), current: "r1") == [])
        #expect(sampler.admit(.make(.runtimeDone, "r1", at: 9, #"{"status":"timeout"}"#)).count == 2)
    }

    @Test func aCallThatEndsInAnotherInvocationStaysWithItsOwn() {
        var sampler = Sampler(share: 0)
        #expect(sampler.admit(.make(.httpRequest, nil, at: 1, #"{"callId":"c"}"#), current: "r1") == [])
        #expect(sampler.admit(.make(.runtimeDone, "r1", at: 9, #"{"status":"timeout"}"#)).count == 2)
        #expect(sampler.admit(.make(.httpResponse, nil, at: 10, #"{"callId":"c"}"#), current: "r2").count == 1)
        #expect(sampler.admit(.make(.httpEnd, nil, at: 11, #"{"callId":"c"}"#), current: "r2").count == 1)
        #expect(sampler.admit(.make(.httpEnd, nil, at: 12, #"{"callId":"d"}"#), current: "r2") == [])
    }

    /// Another's records have taken all the room.
    @Test func aFailureForWhichThereIsNoRoomIsKeptItself() {
        var sampler = Sampler(share: 0)
        let text = #"{"text":"\#(String(repeating: "x", count: 500 << 10))"}"#
        #expect(sampler.admit(.make(.function, "r1", at: 1, text)) == [])
        let long = #"{"text":"\#(String(repeating: "x", count: 20 << 10))"}"#
        #expect(sampler.admit(.make(.function, "r2", at: 2, long)) == [])
        let end = #"{"status":"timeout","text":"\#(String(repeating: "x", count: 20 << 10))"}"#
        let kept = sampler.admit(.make(.runtimeDone, "r2", at: 3, end))
        #expect(kept.map(\.type) == [.dropped, .runtimeDone])
    }

    @Test func whatBelongsToNoInvocationIsKept() {
        var sampler = Sampler(share: 0)
        #expect(sampler.admit(.initStart()).count == 1)
        #expect(sampler.admit(.make(.httpRequest, nil, at: 1, #"{"callId":"c"}"#)).count == 1)
    }

    /// A part is copied each time that its payload is asked for; what is whole is only handed out.
    private static func isWhole(_ observation: Observation) -> Bool {
        let payloads = [observation.payload, observation.payload]
        return Set(payloads.map { $0.withUnsafeBufferPointer(\.baseAddress) }).count == 1
    }

    @Test func whatWaitsDoesNotKeepTheBatchThatItCameIn() {
        var sampler = Sampler(share: 0)
        let batch = Array(#"[{"callId":"c"},{"callId":"d"}]"#.utf8)
        var part = Observation.make(.httpRequest, "r1", at: 1)
        part = Observation(
            environment: part.environment,
            function: part.function,
            time: part.time,
            type: part.type,
            requestID: part.requestID,
            payload: batch,
            in: 1..<15
        )
        #expect(!Self.isWhole(part))
        #expect(sampler.admit(part) == [])
        let kept = sampler.admit(.make(.runtimeDone, "r1", at: 2, #"{"status":"timeout"}"#))
        #expect(kept.count == 2)
        #expect(kept.first?.payload == Array(#"{"callId":"c"}"#.utf8))
        #expect(kept.first.map(Self.isWhole) == true)
    }
}
