import LambdaWire
import LmonAgent
import Testing

/// Every order in which things can happen to the agent, to a depth of eight.
@Suite struct HoldExplorationTests {
    /// The machine and what surrounds it: Lambda, which answers only what was asked, and the timers.
    private struct World: Hashable {
        var machine: HoldMachine
        var now = EpochTime(microseconds: 1_000_000_000_000)
        var openCalls = 0
        var timers: [HoldMachine.Timer: EpochTime] = [:]
        var drains: Set<Int> = []
        var ships: Set<Int> = []
        var invoked = 0
        /// Of the invocation in progress: when its end was first told, and its deadline.
        var endedAt: EpochTime?
        var deadline = EpochTime(microseconds: .max)
        var isShuttingDown = false
        var finishes = 0
        var fault: String?
    }

    private enum Step: Hashable, CaseIterable {
        case invoke, handlerEnds, runtimeDone, runtimeDoneOfTheNext, otherEnds, drain, ship, budget, deadline,
            shutdownTimer, settling
        case shutdown, aDayPasses
    }

    @Test(arguments: [("end", true), ("end", false), ("periodic", true), ("adaptive", true)])
    func nothingHangsNothingLeavesEarlyNothingIsAskedTwice(policy: String, hasTelemetry: Bool) throws {
        let configuration = HoldMachine.Configuration(policy: try #require(FlushPolicy(policy)))
        var world = World(machine: HoldMachine(configuration, hasTelemetry: hasTelemetry))
        Self.take(.started, &world)
        var level: [World: [Step]] = [world: []]
        var explored = 0
        for _ in 0..<8 {
            var next: [World: [Step]] = [:]
            for (world, path) in level {
                for step in Step.allCases {
                    guard let after = Self.after(step, world) else { continue }
                    let path = path + [step]
                    explored += 1
                    if let fault = after.fault {
                        Issue.record("\(fault) after \(path)")
                        return
                    }
                    if let fault = Self.end(after) {
                        Issue.record("\(fault) after \(path)")
                        return
                    }
                    next[after] = path
                }
            }
            level = next
        }
        #expect(explored > 500)
    }

    // MARK: The world

    private static func after(_ step: Step, _ world: World) -> World? {
        var world = world
        let current = "r\(world.invoked)"
        switch step {
        case .invoke:
            guard world.openCalls == 1, !world.isShuttingDown, world.invoked < 3 else { return nil }
            world.openCalls = 0
            world.invoked += 1
            world.endedAt = nil
            world.deadline = world.now.adding(milliseconds: 3000)
            Self.take(.invoked("r\(world.invoked)", deadline: world.deadline), &world)
        case .handlerEnds:
            guard world.invoked > 0 else { return nil }
            world.endedAt = world.endedAt ?? world.now
            Self.take(.handlerEnded(current), &world)
        case .runtimeDone:
            guard world.invoked > 0 else { return nil }
            world.endedAt = world.endedAt ?? world.now
            Self.take(.runtimeDone(current), &world)
        case .runtimeDoneOfTheNext: Self.take(.runtimeDone("r\(world.invoked + 1)"), &world)
        case .otherEnds: Self.take(.handlerEnded("r\(max(0, world.invoked - 1))"), &world)
        case .drain:
            guard let ticket = world.drains.max() else { return nil }
            world.drains.remove(ticket)
            Self.take(.drained(ticket: ticket), &world)
        case .ship:
            guard let ticket = world.ships.max() else { return nil }
            world.ships.remove(ticket)
            Self.take(.shipped(ticket: ticket), &world)
        case .budget: return Self.fire(.budget, world)
        case .deadline: return Self.fire(.deadline, world)
        case .shutdownTimer: return Self.fire(.shutdown, world)
        case .settling: return Self.fire(.settling, world)
        case .shutdown:
            guard world.openCalls == 1, !world.isShuttingDown else { return nil }
            world.openCalls = 0
            world.isShuttingDown = true
            world.deadline = world.now.adding(milliseconds: 2000)
            Self.take(.shutdown(deadline: world.deadline), &world)
        case .aDayPasses:
            // Frozen, which only an environment is that waits for an event.
            guard world.openCalls == 1, world.now.microseconds < 1_000_100_000_000 else { return nil }
            world.now = world.now.adding(milliseconds: 86_400_000)
        }
        return world
    }

    private static func fire(_ timer: HoldMachine.Timer, _ world: World) -> World? {
        var world = world
        // Timers keep their order.
        guard let time = world.timers[timer], world.timers.values.allSatisfy({ time <= $0 }) else { return nil }
        world.timers[timer] = nil
        world.now = max(world.now, time)
        Self.take(.timerFired(timer), &world)
        return world
    }

    private static func take(_ event: HoldMachine.Event, _ world: inout World) {
        for action in world.machine.handle(event, at: world.now) {
            if world.finishes > 0 { world.fault = "\(action) after the end" }
            switch action {
            case .next:
                world.openCalls += 1
                if world.openCalls > 1 { world.fault = "asked twice" }
                if world.isShuttingDown { world.fault = "asked after SHUTDOWN" }
            case .drain(let ticket): world.drains.insert(ticket)
            case .ship(let ticket, let isLast):
                world.ships.insert(ticket)
                if isLast != world.isShuttingDown { world.fault = "the last ship before the end, or none" }
            case .held(_, let span):
                if span > EpochTime.Span(milliseconds: 20) { world.fault = "held \(span.microseconds) µs" }
            case .setTimer(let timer, let span):
                world.timers[timer] = EpochTime(microseconds: world.now.microseconds + span.microseconds)
            case .cancelTimer(let timer): world.timers[timer] = nil
            case .finish:
                world.finishes += 1
                if !world.isShuttingDown { world.fault = "left before SHUTDOWN" }
                if world.now > world.deadline { world.fault = "left too late" }
            case .shipOverlapped, .ended: break
            }
        }
    }

    /// From any state, though nothing else ever happens, timers alone lead on: to the next call before the deadline, or to the
    /// end.
    private static func end(_ world: World) -> String? {
        var world = world
        if world.openCalls == 1 { return nil }
        while let (timer, _) = world.timers.min(by: { $0.value < $1.value }) {
            guard let next = Self.fire(timer, world) else { break }
            world = next
            if let fault = world.fault { return fault }
            if world.openCalls == 1 || world.finishes == 1 {
                return world.now > world.deadline ? "too late" : nil
            }
        }
        return world.finishes == 1 ? nil : "it hangs"
    }
}
