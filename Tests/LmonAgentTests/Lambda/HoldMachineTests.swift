import LambdaWire
import LmonAgent
import Testing

@Suite struct HoldMachineTests {
    private var machine = HoldMachine(HoldMachine.Configuration(policy: .end), hasTelemetry: true)
    private var now = EpochTime(microseconds: 1_000_000_000_000)

    private mutating func on(_ event: HoldMachine.Event, after milliseconds: Int = 0) -> [HoldMachine.Action] {
        self.now = self.now.adding(milliseconds: milliseconds)
        return self.machine.handle(event, at: self.now)
    }

    private mutating func invoke(_ requestID: String = "r1") -> [HoldMachine.Action] {
        self.on(.invoked(requestID, deadline: self.now.adding(milliseconds: 3000)))
    }

    private var isHeld: Bool { self.machine.isHolding }

    @Test mutating func anInvocationIsHeldUntilItsRecordsHaveLeft() {
        #expect(self.on(.started) == [.next])
        #expect(self.invoke() == [.setTimer(.deadline, .milliseconds(2900))])
        #expect(
            self.on(.handlerEnded("r1"), after: 50) == [
                .ended("r1"), .setTimer(.budget, .milliseconds(20)), .drain(ticket: 1),
            ]
        )
        #expect(self.on(.drained(ticket: 1), after: 1) == [.ship(ticket: 1, isLast: false)])
        #expect(
            self.on(.shipped(ticket: 1), after: 2) == [
                .cancelTimer(.budget), .cancelTimer(.deadline), .held("r1", .milliseconds(3)), .next,
            ]
        )
        // What comes late changes nothing.
        #expect(self.on(.runtimeDone("r1")) == [])
        #expect(self.on(.drained(ticket: 1)) == [])
        #expect(self.on(.shipped(ticket: 1)) == [])
    }

    @Test mutating func aSinkThatHangsHoldsItForTheBudget() {
        _ = self.on(.started)
        _ = self.invoke()
        _ = self.on(.runtimeDone("r1"))
        _ = self.on(.drained(ticket: 1))
        #expect(self.on(.timerFired(.budget), after: 20).suffix(2) == [.held("r1", .milliseconds(20)), .next])
        #expect(!self.isHeld)
    }

    @Test mutating func anEndThatIsToldBeforeItsInvocationCounts() {
        _ = self.on(.started)
        #expect(self.on(.runtimeDone("r1")) == [])
        #expect(self.invoke("r1").last == .drain(ticket: 1))
        _ = self.on(.drained(ticket: 1))
        _ = self.on(.shipped(ticket: 1))
        // The end of the one before is no end of this one.
        #expect(self.on(.runtimeDone("r1")) == [])
        #expect(self.invoke("r2") == [.setTimer(.deadline, .milliseconds(2900))])
        #expect(self.on(.handlerEnded("r1")) == [])
        #expect(self.isHeld)
    }

    @Test mutating func itIsLetGoBeforeItsDeadlineWhateverRuns() {
        _ = self.on(.started)
        _ = self.invoke()
        #expect(self.on(.timerFired(.deadline), after: 2900) == [.shipOverlapped, .next])
        #expect(self.on(.handlerEnded("r1")) == [])
    }

    @Test mutating func withoutASignalNothingIsHeld() {
        self.machine = HoldMachine(HoldMachine.Configuration(policy: .end), hasTelemetry: false)
        _ = self.on(.started)
        #expect(self.invoke() == [.shipOverlapped, .next])
        // A wrapper is a signal once it has spoken.
        #expect(self.on(.handlerEnded("r1")) == [])
        #expect(self.invoke("r2") == [.setTimer(.deadline, .milliseconds(2900))])
    }

    @Test mutating func periodicHoldsNothing() {
        self.machine = HoldMachine(
            HoldMachine.Configuration(policy: .periodic(.milliseconds(10_000))),
            hasTelemetry: true
        )
        _ = self.on(.started)
        #expect(self.invoke() == [.shipOverlapped, .next])
    }

    @Test mutating func adaptiveOverlapsFastTrafficAndHoldsSlow() {
        self.machine = HoldMachine(HoldMachine.Configuration(policy: .adaptive), hasTelemetry: true)
        _ = self.on(.started)
        var isHeld: [Bool] = []
        for number in 1...10 {
            _ = self.invoke("r\(number)")
            isHeld.append(self.machine.isHolding)
            _ = self.on(.runtimeDone("r\(number)"), after: 10)
            _ = self.on(.timerFired(.budget), after: 20)
        }
        #expect(isHeld == Array(repeating: true, count: 7) + Array(repeating: false, count: 3))
        for number in 11...18 {
            self.now = self.now.adding(milliseconds: 5000)
            _ = self.invoke("r\(number)")
            isHeld = [self.machine.isHolding]
            _ = self.on(.timerFired(.budget))
            _ = self.on(.runtimeDone("r\(number)"))
            _ = self.on(.timerFired(.budget), after: 20)
        }
        #expect(isHeld == [true])
    }

    @Test mutating func shutdownShipsAllAndLeavesInTime() {
        _ = self.on(.started)
        #expect(
            self.on(.shutdown(deadline: self.now.adding(milliseconds: 2000))) == [
                .cancelTimer(.budget), .cancelTimer(.deadline), .setTimer(.shutdown, .milliseconds(1700)),
                .setTimer(.settling, .milliseconds(100)),
            ]
        )
        #expect(self.on(.timerFired(.settling), after: 100) == [.drain(ticket: 1)])
        #expect(self.on(.drained(ticket: 1)) == [.ship(ticket: 1, isLast: true)])
        #expect(
            self.on(.timerFired(.shutdown), after: 1600) == [.cancelTimer(.settling), .cancelTimer(.shutdown), .finish]
        )
        #expect(self.on(.shipped(ticket: 1)) == [])
    }

    @Test(arguments: [
        ("end", FlushPolicy.end), ("adaptive", .adaptive), ("periodic", .periodic(.milliseconds(10_000))),
        ("periodic:2.5", .periodic(.milliseconds(2500))), ("periodic:0", nil), ("periodic:x", nil), ("always", nil),
        ("periodic:", nil), ("periodic:1e9", nil), ("periodic:nan", nil),
    ])
    func readsThePolicy(text: String, expected: FlushPolicy?) {
        #expect(FlushPolicy(text) == expected)
    }

    /// An object is paid for, a collector's batch is not.
    @Test func recordsWaitLongerForAnObject() {
        #expect(FlushPolicy.adaptive.interval(isPaid: true) > FlushPolicy.adaptive.interval(isPaid: false))
        let own = FlushPolicy.periodic(.milliseconds(700))
        #expect([true, false].map { own.interval(isPaid: $0) } == [.milliseconds(700), .milliseconds(700)])
    }
}

extension EpochTime.Span {
    fileprivate static func milliseconds(_ count: Int) -> Self { Self(milliseconds: count) }
}
