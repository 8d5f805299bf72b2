import LambdaWire
import LmonAgent
import Testing

@Suite struct DeliveryMachineTests {
    private var machine = DeliveryMachine(promptness: EpochTime.Span(milliseconds: 20))

    private mutating func on(_ event: DeliveryMachine.Event, jitter: Double = 0.5) -> [DeliveryMachine.Action] {
        self.machine.handle(event, jitter: jitter)
    }

    private func milliseconds(_ actions: [DeliveryMachine.Action]) -> Int? {
        guard case .setTimer(let span)? = actions.last else { return nil }
        return Int(span.microseconds / 1000)
    }

    @Test mutating func oneBatchAtATimeUntilThereIsNone() {
        #expect(self.on(.offered) == [.send])
        #expect(self.on(.offered) == [])
        #expect(self.on(.taken(EpochTime.Span(milliseconds: 2))) == [.send])
        self.machine.ranDry()
        #expect(!self.machine.isSending)
        #expect(self.on(.offered) == [.send])
    }

    @Test mutating func restsLongerWithEachFailureWithJitterAndALimit() {
        _ = self.on(.offered)
        var rests: [Int] = []
        for _ in 1...10 {
            rests.append(self.milliseconds(self.on(.failed(retryAfter: nil), jitter: 0.5)) ?? 0)
            #expect(self.on(.offered) == [])
            #expect(self.on(.timerFired) == [.send])
        }
        #expect(rests == [200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000])
        #expect(self.machine.isOpen)
        #expect(self.milliseconds(self.on(.failed(retryAfter: nil), jitter: 0)) == 15_000)
    }

    @Test mutating func aWishToBeLeftAloneIsHeard() {
        _ = self.on(.offered)
        let rest = self.on(.failed(retryAfter: EpochTime.Span(milliseconds: 7000)), jitter: 0.5)
        #expect(self.milliseconds(rest) == 7000)
    }

    @Test mutating func onlyAPromptSinkIsWaitedFor() {
        #expect(self.machine.isPrompt)
        _ = self.on(.offered)
        _ = self.on(.taken(EpochTime.Span(milliseconds: 300)))
        #expect(!self.machine.isPrompt)
        _ = self.on(.taken(EpochTime.Span(milliseconds: 3)))
        #expect(self.machine.isPrompt)
        self.machine.wasSlow()
        #expect(!self.machine.isPrompt)
        _ = self.on(.taken(EpochTime.Span(milliseconds: 3)))
        _ = self.on(.failed(retryAfter: nil))
        #expect(!self.machine.isPrompt)
    }

    @Test mutating func anAnswerIsWaitedForTwiceAsLongAsUsual() {
        #expect(self.machine.patience == EpochTime.Span(milliseconds: 20))
        _ = self.on(.offered)
        for _ in 1...20 { _ = self.on(.taken(EpochTime.Span(milliseconds: 4))) }
        #expect(self.machine.patience == EpochTime.Span(milliseconds: 8))
        // A thaw came between it and its answer; one says little.
        _ = self.on(.taken(EpochTime.Span(milliseconds: 3_600_000)))
        #expect(self.machine.patience == EpochTime.Span(milliseconds: 12))
        for _ in 1...40 { _ = self.on(.taken(EpochTime.Span(microseconds: 300))) }
        #expect(self.machine.patience == EpochTime.Span(milliseconds: 2))
        for _ in 1...40 { _ = self.on(.taken(EpochTime.Span(milliseconds: 15))) }
        #expect(self.machine.patience == EpochTime.Span(milliseconds: 20))
    }

    @Test mutating func whoIsPatientWaitsAsLongAsItMay() {
        self.machine = DeliveryMachine(promptness: EpochTime.Span(milliseconds: 20), isPatient: true)
        _ = self.on(.offered)
        for _ in 1...20 { _ = self.on(.taken(EpochTime.Span(milliseconds: 1))) }
        #expect(self.machine.patience == EpochTime.Span(milliseconds: 20))
        self.machine.wasSlow()
        #expect(!self.machine.isPrompt)
    }

    @Test mutating func aThawTriesOnceAtOnce() {
        _ = self.on(.offered)
        _ = self.on(.failed(retryAfter: nil))
        #expect(self.on(.thawed) == [.cancelTimer, .send])
        // Its connection had died in the freeze.
        #expect(self.on(.failed(retryAfter: nil)) == [.send])
        #expect(self.milliseconds(self.on(.failed(retryAfter: nil))) != nil)
    }

    @Test mutating func theLastChanceDoesNotRest() {
        _ = self.on(.offered)
        for _ in 1...5 {
            _ = self.on(.failed(retryAfter: nil))
            _ = self.on(.timerFired)
        }
        _ = self.on(.failed(retryAfter: nil))
        #expect(self.on(.lastChance) == [.cancelTimer, .send])
        #expect(self.milliseconds(self.on(.failed(retryAfter: nil))) == 50)
    }
}
