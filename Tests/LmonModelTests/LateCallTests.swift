import LmonModel
import LmonRecord
import LmonTestSupport
import Testing

@Suite struct LateCallTests {
    @Test func marksACallThatEndsAfterItsInvocation() throws {
        let model = folded([
            .start("r1"), .request("c1", in: "r1", at: 100), .runtimeDone("r1", at: 184), .start("r2", at: 400),
            .end("c1", in: "r1", end: 350, at: 450),
        ])
        let call = try #require(try model.requireInvocation("r1").call("c1"))
        #expect(call.lateness?.endedIn == id("r2"))
        #expect(call.lateness?.crossedFreeze == false)
        #expect(call.invocation == id("r1"))
        #expect(try model.requireInvocation("r2").calls.isEmpty)
        #expect(model.summary(id("r1"))?.note == "late call")
    }

    @Test func marksACallThatCrossesAFreeze() throws {
        let model = folded([
            .start("r1"), .request("c1", in: "r1", at: 100), .runtimeDone("r1", at: 184), .freeze(at: 200),
            .thaw(at: 5000),
            .end("c1", in: "r1", end: 5000, at: 5100),
        ])
        let call = try #require(try model.requireInvocation("r1").call("c1"))
        #expect(call.lateness?.crossedFreeze == true)
    }

    @Test func saysWhenItsEnvironmentStoodStill() throws {
        let before: [Observation] = [
            .freeze(at: 5), .thaw(at: 10), .start("r1", at: 20), .request("c1", in: "r1", at: 100),
            .runtimeDone("r1", at: 184), .freeze(at: 200),
        ]
        let open = folded(before + [.log("r1", "later", at: 950)])
        #expect(try #require(open.detail(id("r1"))).freezes == [180...930], "it stands still up to the last record")
        let over = folded(
            before + [.thaw(at: 5000), .start("r2", at: 5001), .runtimeDone("r2", at: 5100), .freeze(at: 5110)]
                + [.thaw(at: 6000)]
        )
        #expect(try #require(over.detail(id("r1"))).freezes == [180...4980, 5090...5980])
        #expect(try #require(over.detail(id("r2"))).freezes == [], "nothing of it went on")
    }

    @Test func leavesACallAloneThatEndedInTime() throws {
        let model = folded(Observation.invocation("r1") + [.freeze(at: 300), .thaw(at: 900)])
        #expect(try model.requireInvocation("r1").call("r1-1")?.lateness == nil)
    }

    @Test func doesNotCallAnAnswerLateThatNobodyReads() throws {
        let model = folded([
            .start("r1"), .request("c1", in: "r1"), .response("c1", in: "r1"), .runtimeDone("r1"),
            .end("c1", in: "r1", "unread", at: 190), .freeze(at: 191),
        ])
        let call = try #require(try model.requireInvocation("r1").call("c1"))
        #expect(call.lateness == nil)
        #expect(call.outcome == .unread)
    }

    @Test func doesNotBlameAHandlerThatWasStopped() throws {
        let model = folded([.start("r1"), .request("c1", in: "r1"), .runtimeDone("r1", "timeout", at: 3000)])
        #expect(try model.requireInvocation("r1").call("c1")?.lateness == nil)
    }

    @Test func findsTheCallOfAnEarlierInvocationUnderAnotherName() throws {
        let model = folded([
            .start("r1"), .request("c1", in: "r1", at: 100), .runtimeDone("r1"), .start("r2", at: 400),
            .end("c1", in: "r2", at: 450),
        ])
        #expect(try model.requireInvocation("r1").call("c1")?.outcome == .complete)
        #expect(try model.requireInvocation("r2").calls.isEmpty)
    }

    @Test func endsWhatIsOpenWhenItsEnvironmentIsGone() throws {
        let model = folded([.start("r1"), .request("c1", in: "r1"), .shutdown("failure", at: 100)])
        let call = try #require(try model.requireInvocation("r1").call("c1"))
        #expect(!call.isInFlight && call.isCut && call.duration == nil)
    }
}
