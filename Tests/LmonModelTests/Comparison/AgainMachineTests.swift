import LmonModel
import Testing

@Suite struct AgainMachineTests {
    private static func id(_ request: String, attempt: Int = 1) -> InvocationID {
        InvocationID(environment: "e", requestID: request, attempt: attempt)
    }

    private var machine = AgainMachine(function: "f", event: [], after: id("first"))
    private static let start = ContinuousClock.now

    /// So many seconds behind the start, far from anything that ran before.
    private static func at(_ seconds: Double) -> ContinuousClock.Instant { self.start + .seconds(seconds) }

    @Test func aSaveRunsItOnceAndTheRunIsShownAndCompared() {
        var machine = self.machine
        #expect(machine.saved(["index.js"], at: Self.at(0)) == [.run])
        machine.accepted("second")
        #expect(machine.changed(Self.id("other"), of: "f", isInFlight: false, at: Self.at(0)) == [])
        #expect(
            machine.changed(Self.id("second"), of: "f", isInFlight: true, at: Self.at(0)) == [.show(Self.id("second"))]
        )
        #expect(machine.changed(Self.id("second"), of: "f", isInFlight: true, at: Self.at(0)) == [])
        #expect(
            machine.changed(Self.id("second"), of: "f", isInFlight: false, at: Self.at(0)) == [
                .compare(Self.id("first"), Self.id("second"))
            ]
        )
        #expect(machine.ended(at: Self.at(0)) == [])
        // Its report comes later than its answer.
        #expect(
            machine.changed(Self.id("second"), of: "f", isInFlight: false, at: Self.at(0)) == [
                .compare(Self.id("first"), Self.id("second"))
            ]
        )
        #expect(machine.saved(["index.js"], at: Self.at(0)) == [.run])
        machine.accepted("third")
        #expect(
            machine.changed(Self.id("third"), of: "f", isInFlight: false, at: Self.at(0))
                == [.show(Self.id("third")), .compare(Self.id("second"), Self.id("third"))]
        )
    }

    @Test func savesDuringARunAreOneMoreRun() {
        var machine = self.machine
        #expect(machine.saved(["index.js"], at: Self.at(0)) == [.run])
        #expect((0..<5).flatMap { _ in machine.saved(["index.js"], at: Self.at(0)) } == [])
        #expect(machine.ended(at: Self.at(0)) == [.run])
        #expect(machine.ended(at: Self.at(0)) == [])
    }

    @Test func aRunThatWasRefusedIsNoRunToCompareWith() {
        var machine = self.machine
        _ = machine.saved(["index.js"], at: Self.at(0))
        _ = machine.ended(at: Self.at(0))
        #expect(machine.saved(["index.js"], at: Self.at(0)) == [.run])
        machine.accepted("second")
        #expect(
            machine.changed(Self.id("second"), of: "f", isInFlight: false, at: Self.at(0))
                == [.show(Self.id("second")), .compare(Self.id("first"), Self.id("second"))]
        )
    }

    /// The same request in another environment is another row.
    @Test func aSecondAttemptIsShownToo() {
        var machine = self.machine
        _ = machine.saved(["index.js"], at: Self.at(0))
        machine.accepted("second")
        _ = machine.changed(Self.id("second"), of: "f", isInFlight: true, at: Self.at(0))
        let again = Self.id("second", attempt: 2)
        #expect(
            machine.changed(again, of: "f", isInFlight: false, at: Self.at(0)) == [
                .show(again), .compare(Self.id("first"), again),
            ]
        )
    }

    // MARK: What the function writes itself

    /// A run during which these files are written, which is told while it runs or, `late`, behind its end.
    private static func run(
        _ machine: inout AgainMachine,
        writing files: Set<String>,
        at seconds: Double,
        late: Bool = false
    ) -> [AgainMachine.Action] {
        var actions = late ? [] : machine.saved(files, at: self.at(seconds))
        actions += machine.ended(untold: late ? files : [], at: self.at(seconds + 0.01))
        return actions + (late ? machine.saved(files, at: self.at(seconds + 0.03)) : [])
    }

    @Test(arguments: [false, true])
    func whatIsWrittenDuringThreeRunsInARowIsLeftOut(late: Bool) {
        var machine = self.machine
        #expect(machine.saved(["index.js"], at: Self.at(0)) == [.run])
        #expect(Self.run(&machine, writing: ["out.txt"], at: 0.1, late: late) == [.run])
        #expect(Self.run(&machine, writing: ["out.txt"], at: 0.2, late: late) == [.run])
        #expect(Self.run(&machine, writing: ["out.txt"], at: 0.3, late: late) == [.leaveOut(["out.txt"])])
        // It is known from now on, and said once.
        #expect(machine.saved(["index.js"], at: Self.at(9)) == [.run])
        #expect(Self.run(&machine, writing: ["out.txt"], at: 9.1, late: late) == [])
        #expect(machine.saved(["index.js", "out.txt"], at: Self.at(20)) == [.run])
    }

    /// Whoever edits a file while nothing runs edits it also during a run.
    @Test func savesDuringLongRunsInARowAreNoneOfItsOwn() {
        var machine = self.machine
        #expect(machine.saved(["index.js"], at: Self.at(0)) == [.run])
        for number in 1...5 {
            #expect(Self.run(&machine, writing: ["index.js"], at: Double(10 * number)) == [.run])
        }
        #expect(machine.ended(at: Self.at(60)) == [])
    }

    /// A compiler or an agent writes one file after the other.
    @Test func severalFilesOneAfterTheOtherAreSaves() {
        var machine = self.machine
        #expect(machine.saved(["a.js"], at: Self.at(0)) == [.run])
        #expect(Self.run(&machine, writing: ["b.js"], at: 0.1) == [.run])
        #expect(Self.run(&machine, writing: ["c.js"], at: 0.2) == [.run])
        #expect(machine.ended(at: Self.at(0.3)) == [])
    }

    @Test func whatItLeavesOutIsASaveOnceSomebodyEditsIt() {
        var machine = self.machine
        _ = machine.saved(["index.js"], at: Self.at(0))
        for number in 1...3 { _ = Self.run(&machine, writing: ["out.txt"], at: Double(number) * 0.1) }
        #expect(machine.saved(["out.txt"], at: Self.at(5)) == [.run])
        #expect(Self.run(&machine, writing: ["other.txt"], at: 5.1) == [.run])
    }

    /// Whether under ever new names, into a file that is edited too, or a moment after its answer: it comes to an end.
    @Test(arguments: ["new", "edited", "behind"])
    func nothingRunsItWithoutEnd(kind: String) {
        var machine = self.machine
        func rounds(from start: Double) -> Int {
            var actions = machine.saved(["index.js"], at: Self.at(start))
            var count = 0
            while actions.last == .run, count < 1000 {
                count += 1
                let now = start + Double(count) * 0.2
                switch kind {
                case "new": actions = Self.run(&machine, writing: ["out-\(start)-\(count).txt"], at: now)
                case "edited": actions = Self.run(&machine, writing: ["index.js"], at: now)
                default:
                    _ = machine.ended(at: Self.at(now))
                    actions = machine.saved(["out.txt"], at: Self.at(now + 0.1))
                }
            }
            if case .leaveOut? = actions.last { return count }
            Issue.record("\(actions)")
            return count
        }
        #expect(rounds(from: 0) == 21)
        // Under new names it is known by then.
        #expect(rounds(from: 1000) == (kind == "new" ? 2 : 21))
    }

    @Test func whatAnInvocationWritesThatSomebodyElseAskedForIsNoEdit() {
        var machine = self.machine
        _ = machine.changed(Self.id("other"), of: "f", isInFlight: true, at: Self.at(0))
        #expect(machine.saved(["out.txt"], at: Self.at(0.1)) == [.run])
        _ = machine.changed(Self.id("other"), of: "f", isInFlight: false, at: Self.at(0.2))
        for number in 3...4 {
            #expect(Self.run(&machine, writing: ["out.txt"], at: Double(number) / 10) == [.run])
        }
        #expect(Self.run(&machine, writing: ["out.txt"], at: 0.5) == [.leaveOut(["out.txt"])])
        // It ends before its first record is folded.
        _ = machine.changed(Self.id("third"), of: "f", isInFlight: false, at: Self.at(10))
        #expect(machine.saved(["out.txt"], at: Self.at(10.02)) == [])
        _ = machine.changed(Self.id("third"), of: "g", isInFlight: true, at: Self.at(11))
        #expect(machine.saved(["out.txt"], at: Self.at(11.1)) == [.run])
    }

    /// A script saves as soon as it sees the last result, and the report of that is still to come.
    @Test func whoSavesAsSoonAsTheResultIsSeenIsNoFunction() {
        var machine = self.machine
        _ = machine.changed(Self.id("first"), of: "f", isInFlight: false, at: Self.at(0))
        #expect(machine.saved(["index.js"], at: Self.at(0.02)) == [.run])
        for number in 1...9 {
            #expect(Self.run(&machine, writing: ["index.js"], at: Double(number) / 10) == [.run])
        }
    }
}
