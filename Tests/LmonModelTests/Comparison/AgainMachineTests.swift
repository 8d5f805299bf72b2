import LmonModel
import Testing

@Suite struct AgainMachineTests {
    private static func id(_ request: String, attempt: Int = 1) -> InvocationID {
        InvocationID(environment: "e", requestID: request, attempt: attempt)
    }

    private var machine = AgainMachine(function: "f", event: [], after: id("first"))

    @Test func aSaveRunsItOnceAndTheRunIsShownAndCompared() {
        var machine = self.machine
        #expect(machine.saved() == [.run])
        machine.accepted("second")
        #expect(machine.changed(Self.id("other"), isInFlight: false) == [])
        #expect(machine.changed(Self.id("second"), isInFlight: true) == [.show(Self.id("second"))])
        #expect(machine.changed(Self.id("second"), isInFlight: true) == [])
        #expect(
            machine.changed(Self.id("second"), isInFlight: false) == [.compare(Self.id("first"), Self.id("second"))]
        )
        #expect(machine.ended() == [])
        // Its report comes later than its answer.
        #expect(
            machine.changed(Self.id("second"), isInFlight: false) == [.compare(Self.id("first"), Self.id("second"))]
        )
        #expect(machine.saved() == [.run])
        machine.accepted("third")
        #expect(
            machine.changed(Self.id("third"), isInFlight: false)
                == [.show(Self.id("third")), .compare(Self.id("second"), Self.id("third"))]
        )
    }

    @Test func savesDuringARunAreOneMoreRun() {
        var machine = self.machine
        #expect(machine.saved() == [.run])
        #expect((0..<5).flatMap { _ in machine.saved() } == [])
        #expect(machine.ended() == [.run])
        #expect(machine.ended() == [])
    }

    @Test func aRunThatWasRefusedIsNoRunToCompareWith() {
        var machine = self.machine
        _ = machine.saved()
        _ = machine.ended()
        #expect(machine.saved() == [.run])
        machine.accepted("second")
        #expect(
            machine.changed(Self.id("second"), isInFlight: false)
                == [.show(Self.id("second")), .compare(Self.id("first"), Self.id("second"))]
        )
    }

    /// The same request in another environment is another row.
    @Test func aSecondAttemptIsShownToo() {
        var machine = self.machine
        _ = machine.saved()
        machine.accepted("second")
        _ = machine.changed(Self.id("second"), isInFlight: true)
        let again = Self.id("second", attempt: 2)
        #expect(machine.changed(again, isInFlight: false) == [.show(again), .compare(Self.id("first"), again)])
    }
}
