import Foundation

/// From the process's start to its first `next`.
enum AgentStart {
    static func measure(_ agent: String, starts: Int) async throws -> [Figure] {
        // Once for the file to be in memory.
        _ = try await Self.start(agent)
        var ready: [Double] = []
        var memory: [Double] = []
        for _ in 0..<starts {
            let (milliseconds, megabytes) = try await Self.start(agent)
            ready.append(milliseconds)
            memory.append(megabytes)
        }
        let method = "median of \(starts) starts; registered, subscribed, first next"
        let figures = [
            Figure(
                name: "agent: start → ready",
                value: Stopwatch.median(ready),
                unit: "ms",
                goal: "≤ 12 ms p50",
                method: method
            ),
            Figure(
                name: "agent: RSS when ready",
                value: Stopwatch.median(memory),
                unit: "MB",
                goal: "≤ 16 MB",
                method: method
            ),
        ]
        return figures + (try await Self.small(agent, starts: starts / 2))
    }

    /// With the share of a core that a function of 128 MB has.
    private static func small(_ agent: String, starts: Int) async throws -> [Figure] {
        guard let share = CPUShare(0.07) else {
            Note.line(
                "agent: start at 7 % of a core: skipped, no control group for CPU can be made here (as root it can)"
            )
            return []
        }
        var ready: [Double] = []
        for _ in 0..<max(5, starts) { ready.append(try await Self.start(agent, wrapper: share.wrapper).ready) }
        return [
            Figure(
                name: "agent: start → ready at 7 % of a core",
                value: Stopwatch.median(ready),
                unit: "ms",
                goal: "≤ 100 ms",
                method: "median of \(ready.count) starts, 1.4 ms in every 20"
            )
        ]
    }

    private static func start(
        _ agent: String,
        wrapper: [String] = []
    ) async throws -> (ready: Double, megabytes: Double) {
        let stage = try await AgentStage.start(
            agent,
            // What a deployed agent is given; none of it may be touched before it is ready.
            ["LMON_SPOOL": "https://lmon.invalid", "LMON_TOKEN": "bench"],
            wrapper: wrapper
        )
        let memory = ResidentMemory.megabytes(of: "\(stage.process.process)")
        let ready = stage.readyAfter
        await stage.close()
        return (ready, memory)
    }
}
