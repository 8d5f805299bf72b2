import LambdaLifecycle
import LambdaWire
import LmonAgent
import Testing

/// What takes minutes and hours, in a moment.
@Suite struct LongTimeTests {
    private static let minute = 60_000
    private static let hour = 60 * Self.minute

    @Test func anInvocationOfTwentyMinutes() {
        var life = SimulatedLife(timeoutSeconds: 30 * 60)
        life.invoke("r1")
        for _ in 1...20 {
            life.record()
            life.pass(milliseconds: Self.minute)
            // What happens is told meanwhile, and the invocation is the function's all the time.
            #expect(life.waitingRecords == 0 && life.hold.isHolding)
        }
        #expect(life.story == [])
        life.record()
        life.respond("r1")
        life.pass(milliseconds: 1000)
        #expect(life.story == ["held 2", "report success 1200002", "frozen"])
    }

    /// Its deadline comes first: the agent lets go before it, and the environment ends as a timeout.
    @Test func anInvocationThatTakesLongerThanItMay() {
        var life = SimulatedLife(timeoutSeconds: 20 * 60)
        life.invoke("r1")
        life.pass(milliseconds: 20 * Self.minute - 101)
        #expect(life.hold.isHolding)
        life.pass(milliseconds: 1)
        #expect(!life.hold.isHolding && life.story == [])
        life.record()
        life.pass(milliseconds: 3000)
        #expect(life.story == ["report timeout 1200000", "SHUTDOWN timeout", "agent done"])
        #expect(life.waitingRecords == 0)
        #expect(life.environment.summary.state == "down")
    }

    /// The connection is long dead; that is no failure of the sink, which gets all at once.
    @Test func aThawAfterHoursFindsTheConnectionDead() {
        var life = SimulatedLife(timeoutSeconds: 3)
        life.invoke("r1")
        life.record()
        life.respond("r1")
        life.pass(milliseconds: 100)
        #expect(life.story == ["held 2", "report success 2", "frozen"])
        life.pass(milliseconds: 6 * Self.hour)
        #expect(life.story.count == 3)
        life.sink = [.fails, .takes(milliseconds: 5)]
        life.invoke("r2")
        life.record()
        life.respond("r2")
        life.pass(milliseconds: 100)
        #expect(life.story.suffix(4) == ["not taken", "held 5", "report success 5", "frozen"])
        #expect(life.delivery.failures == 0 && life.waitingRecords == 0)
        // The deadline of the first one is hours ago, and means nothing.
        life.invoke("r3")
        life.pass(milliseconds: 3000)
        #expect(life.story.suffix(2) == ["report timeout 3000", "SHUTDOWN timeout"])
    }

    /// A breaker that was open before the freeze is tried once after it, whatever its rest was, and holds nobody.
    @Test(arguments: [true, false]) func aThawAfterHoursTriesWhatHadFailed(isMended: Bool) {
        var life = SimulatedLife(timeoutSeconds: 3)
        life.sink = [.fails]
        life.invoke("r1")
        life.record()
        life.pass(milliseconds: 2500)
        #expect(life.delivery.isOpen)
        life.respond("r1")
        life.pass(milliseconds: 100)
        let failures = life.story.count { $0 == "not taken" }
        #expect(life.story.suffix(3) == ["held 0", "report success 2500", "frozen"])
        life.pass(milliseconds: 12 * Self.hour)
        // Nothing runs in the freeze, and afterwards not all of it at once.
        #expect(life.story.count { $0 == "not taken" } == failures)
        if isMended { life.sink = [.takes(milliseconds: 2)] }
        life.invoke("r2")
        life.pass(milliseconds: 10)
        life.respond("r2")
        life.pass(milliseconds: 100)
        #expect(life.delivery.isOpen != isMended)
        #expect((life.waitingRecords == 0) == isMended)
        #expect(life.story.suffix(3) == ["held 0", "report success 10", "frozen"])
        // Once, and once more at once for the connection.
        #expect(life.story.count { $0 == "not taken" } == failures + (isMended ? 0 : 2))
    }
}
