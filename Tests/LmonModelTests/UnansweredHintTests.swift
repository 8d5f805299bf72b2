import LmonModel
import LmonRecord
import LmonTestSupport
import Testing

/// The hint on what an invocation waited for when its time was up, and when it must not appear.
@Suite struct UnansweredHintTests {
    private func hints(_ calls: [Observation], _ status: String = "timeout") throws -> [Hint.Kind] {
        let observations = [.start("r1")] + calls + [.runtimeDone("r1", status, at: 3_000, durationMs: 3_000)]
        return try #require(folded(observations).detail(id("r1"))).hints.map(\.kind).filter {
            guard case .unanswered = $0 else { return false }
            return true
        }
    }

    @Test func namesTheHostAndHowLongItWasWaitedFor() throws {
        let found = try self.hints([.request("c1", in: "r1", at: 100)])
        #expect(found == [.unanswered(host: "api.test", milliseconds: 2_900)])
        #expect(
            Hint(.unanswered(host: "api.test", milliseconds: 2_900)).description
                == "no answer from api.test for 2.90 s, until the timeout"
        )
    }

    @Test func theLongestWaitCounts() throws {
        let calls: [Observation] = [
            .request("c1", in: "r1", "GET", "https://late.test/", at: 1_400),
            .request("c2", in: "r1", "GET", "https://early.test/", at: 200),
        ]
        #expect(try self.hints(calls) == [.unanswered(host: "early.test", milliseconds: 2_800)])
    }

    @Test(arguments: [
        ("it did not time out", [Observation.request("c1", in: "r1", at: 100)], "success"),
        ("it was answered", [.request("c1", in: "r1", at: 100), .response("c1", in: "r1", at: 2_900)], "timeout"),
        ("most of the time went elsewhere", [.request("c1", in: "r1", at: 1_600)], "timeout"),
        (
            "it failed long before",
            [.request("c1", in: "r1", at: 100), .failedEnd("c1", in: "r1", at: 141)], "timeout"
        ),
        ("there was no call", [], "timeout"),
    ])
    func isNotSaid(why: String, calls: [Observation], status: String) throws {
        #expect(try self.hints(calls, status).isEmpty, "\(why)")
    }
}
