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
