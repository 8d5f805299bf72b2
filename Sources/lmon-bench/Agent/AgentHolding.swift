import Foundation
import LmonHTTP

/// What an invocation is held for after its handler's end, and what the agent's memory comes to.
enum AgentHolding {
    private static let calls = 5
    private static let rate = 100.0

    static func measure(_ agent: String, invocations: Int) async throws -> [Figure] {
        let well = try await Self.run(agent, invocations, fault: nil)
        let hanging = try await Self.run(agent, invocations / 2, fault: .hangs)
        let failing = try await Self.run(agent, invocations / 2, fault: .status500)
        let dead = (held: hanging.held + failing.held, memory: max(hanging.memory, failing.memory))
        let method = "\(Self.calls) calls each, \(Int(Self.rate)) a second, LMON_FLUSH=end, collector and webhook"
        return Self.figures("sinks that work", well.held, "≤ 1 ms", "≤ 5 ms", method)
            + Self.figures("dead sinks", dead.held, "≤ 1 ms", "≤ 5 ms", "\(method): hanging, then answering 500")
            + [
                Figure(
                    name: "agent: RSS after so many invocations",
                    value: well.memory,
                    unit: "MB",
                    goal: "≤ 16 + 4 MB",
                    method: "\(invocations) invocations, LMON_MEMORY_MB=4"
                ),
                Figure(
                    name: "agent: RSS with full queues",
                    value: dead.memory,
                    unit: "MB",
                    goal: "≤ 16 + 4 MB",
                    method: "\(invocations / 2) invocations that no sink took, LMON_MEMORY_MB=4"
                ),
            ]
    }

    private static func figures(
        _ name: String,
        _ values: [Double],
        _ median: String,
        _ tail: String,
        _ method: String
    ) -> [Figure] {
        [("p50", 0.5, median), ("p99", 0.99, tail)].map { label, share, goal in
            Figure(
                name: "agent: handler's end → next, \(name), \(label)",
                value: Stopwatch.percentile(values, share),
                unit: "ms",
                goal: goal,
                method: "\(values.count) invocations, \(method)"
            )
        }
    }

    private static func run(
        _ agent: String,
        _ invocations: Int,
        fault: Fault?
    ) async throws -> (held: [Double], memory: Double) {
        let loop = Loop()
        let collector = try FaultySink(.records(token: "bench", forgetsOneIn: nil), on: loop)
        let webhook = try FaultySink(.recaps, on: loop)
        try await collector.set(fault)
        try await webhook.set(fault)
        let variables = [
            "LMON_SPOOL": "http://127.0.0.1:\(collector.port)", "LMON_TOKEN": "bench",
            "LMON_WEBHOOK_URL": "http://127.0.0.1:\(webhook.port)/recap", "LMON_FLUSH": "end", "LMON_CAPTURE": "all",
        ]
        let stage = try await AgentStage.start(agent, variables)
        var held: [Double] = []
        let start = ContinuousClock.now
        for index in 0..<invocations {
            let (times, _) = try await stage.lambda.invoke(stage.function, "request-\(index)", calls: Self.calls)
            held.append(times.held)
            let left = start.advanced(by: .seconds(Double(index + 1) / Self.rate)) - .now
            if left > .zero { try await Task.sleep(for: left) }
        }
        let memory = ResidentMemory.megabytes(of: "\(stage.process.process)")
        await stage.close()
        await collector.close()
        await webhook.close()
        await loop.shutdown()
        return (held, memory)
    }
}
