import LmonModel
import LmonRecord
import LmonTestSupport
import Testing

@Suite struct SummaryNoteTests {
    private func note(_ observations: [Observation]) throws -> String? {
        try #require(folded(observations).summary(id("r1"))).note
    }

    @Test func saysNothingOfWhatWentWell() throws {
        #expect(try self.note(Observation.invocation("r1")) == nil)
    }

    @Test func saysThatItWasCold() throws {
        #expect(try self.note(Observation.initialization + Observation.invocation("r1")) == "cold 327ms")
    }

    @Test func prefersWhatFailed() throws {
        let calls =
            Observation.call("a", in: "r1", status: 502)
            + Observation.call("b", in: "r1", status: 502, attempt: 2, at: 60)
        #expect(try self.note([.start("r1")] + calls + [.handlerError("r1"), .runtimeDone("r1")]) == "502 after retry")
        #expect(try self.note([.start("r1")] + calls + [.runtimeDone("r1", "timeout")]) == "timeout")
        #expect(
            try self.note([
                .start("r1"), .make(.runtimeDone, "r1", at: 9, #"{"status":"error","errorType":"Runtime.ExitError"}"#),
            ])
                == "Runtime.ExitError"
        )
    }

    @Test func saysThatARetryHelped() throws {
        let calls = Observation.call("a", in: "r1", status: 502) + Observation.call("b", in: "r1", attempt: 2, at: 60)
        #expect(try self.note([.start("r1")] + calls + [.runtimeDone("r1")]) == "ok after retry")
        #expect(try #require(folded([.start("r1")] + calls).summary(id("r1"))).failedCalls == 1)
    }

    @Test func namesTheErrorOfACallWithoutAnswer() throws {
        #expect(
            try self.note([.start("r1"), .request("c", in: "r1"), .failedEnd("c", in: "r1"), .runtimeDone("r1")])
                == "ECONNREFUSED"
        )
    }
}
