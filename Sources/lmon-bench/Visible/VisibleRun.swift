#if Remote
import Foundation
import LmonHTTP
import LmonRemote

/// Invocations of one agent with one flush policy, and one viewer that has been there before.
struct VisibleRun {
    enum Target {
        case collector(port: Int)
        case bucket([String: String], prefix: String)
    }

    let agent: String
    let invocations: Int
    let flush: String
    let traffic: VisibleBench.Traffic
    let seed: UInt64

    func figures(_ name: String, _ goal: Int, _ target: Target) async throws -> [Figure] {
        let sightings = Sightings()
        let variables = Self.variables(target)
        let stop = try self.watch(target, variables, sightings)
        let stage = try await AgentStage.start(
            self.agent,
            variables.merging(["LMON_FLUSH": self.flush]) { $1 },
            seed: self.seed
        )
        try await self.warmUp(stage, sightings)
        let ends = try await self.invoke(stage)
        // What is left leaves when the environment ends.
        kill(stage.process.process, SIGCONT)
        _ = try await stage.shutDown()
        await stage.close()
        await self.wait(for: ends, sightings)
        await stop()
        return self.figures(name, goal, ends, sightings)
    }

    /// As long as two calls may take.
    private static let handler = Duration.milliseconds(50)

    private static func variables(_ target: Target) -> [String: String] {
        switch target {
        case .collector(let port): ["LMON_SPOOL": "http://127.0.0.1:\(port)"]
        case .bucket(let variables, let prefix):
            variables.merging(["LMON_SPOOL": "s3://spool/\(prefix)", "HOME": "/nowhere"]) { $1 }
        }
    }

    /// Returns what ends the viewer.
    private func watch(
        _ target: Target,
        _ variables: [String: String],
        _ sightings: Sightings
    ) throws -> () async -> Void {
        let take: @Sendable (BucketSource.Output) -> Bool = { output in
            if case .records(let records) = output { sightings.take(records) }
            return true
        }
        let url = variables["LMON_SPOOL"] ?? ""
        switch target {
        case .collector:
            let wish = CollectorSource.Wish(follows: true, start: .lookback(0))
            let source = try CollectorSource(url, variables: [:], wish: wish)
            source.start(take)
            return { source.stop() }
        case .bucket:
            let source = try BucketSource(url, variables: variables, start: .lookback(0), follows: true)
            let handle = source.start(take)
            return { await handle.stop() }
        }
    }

    /// A function is new once: until the viewer knows of it, it looks for functions every five seconds.
    private func warmUp(_ stage: AgentStage, _ sightings: Sightings) async throws {
        var number = 0
        while sightings.isEmpty, number < 20 {
            kill(stage.process.process, SIGCONT)
            _ = try await stage.lambda.invoke(stage.function, "\(self.prefix)warm-\(number)", calls: 2)
            try await Task.sleep(for: .seconds(1))
            number += 1
        }
    }

    private var prefix: String { "\(self.flush)-\(self.traffic.share)-\(self.seed)-" }

    /// When each handler ended. The agent stands still from where it asks for the next event to where it gets it.
    private func invoke(_ stage: AgentStage) async throws -> [(requestID: String, at: ContinuousClock.Instant)] {
        var random = SplitMix(seed: self.seed)
        var ends: [(requestID: String, at: ContinuousClock.Instant)] = []
        for number in 0..<Int(Double(self.invocations) * self.traffic.share) {
            kill(stage.process.process, SIGCONT)
            let requestID = "\(self.prefix)\(number)"
            let begun = ContinuousClock.now
            let (times, _) = try await stage.lambda.invoke(
                stage.function,
                requestID,
                calls: 2,
                lasting: Self.handler
            )
            ends.append((requestID, times.endedAt))
            kill(stage.process.process, SIGSTOP)
            let pause = Duration.milliseconds(Int.random(in: self.traffic.milliseconds, using: &random))
            let left = begun.advanced(by: pause) - .now
            if left > .zero { try await Task.sleep(for: left) }
        }
        return ends
    }

    private func wait(for ends: [(requestID: String, at: ContinuousClock.Instant)], _ sightings: Sightings) async {
        let deadline = ContinuousClock.now + .seconds(15)
        while !ends.allSatisfy({ sightings[$0.requestID] != nil }), ContinuousClock.now < deadline {
            try? await Task.sleep(for: .milliseconds(20))
        }
    }

    private func figures(
        _ name: String,
        _ goal: Int,
        _ ends: [(requestID: String, at: ContinuousClock.Instant)],
        _ sightings: Sightings
    ) -> [Figure] {
        // The last one leaves with the environment's end.
        let spans = ends.dropLast().compactMap { end in
            sightings[end.requestID].map { Stopwatch.seconds(end.at.duration(to: $0)) * 1000 }
        }
        let missing = ends.count - 1 - spans.count
        guard !spans.isEmpty else { return [] }
        let isHeld = !self.flush.hasPrefix("periodic")
        let method =
            "\(spans.count) invocations, \(self.traffic.name), of 50 ms, the agent frozen between"
            + (missing > 0 ? "; \(missing) were not seen" : "")
        return [("p50", 0.5), ("p95", 0.95)].map { label, share in
            Figure(
                name: "\(name): response → visible, \(self.flush), \(label)",
                value: Stopwatch.percentile(spans, share),
                unit: "ms",
                goal: label == "p95" && isHeld ? "<= \(goal) ms" : nil,
                method: isHeld ? method : "\(method); a second of this is the policy's own pause"
            )
        }
    }
}
#endif
