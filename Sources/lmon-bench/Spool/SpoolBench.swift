import ArgumentParser
import Foundation

/// The remote spools: the collector, as a process of its own, and buckets.
struct SpoolBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spool",
        abstract:
            "Send records to lmon collect and read them: what is durable each second, queries, many viewers, memory.",
        discussion: """
            --soak runs many environments against a spool that fails all the while, and counts: every number that was \
            acknowledged is to be there once, and each viewer is to see each once. Status 1 if not.
            """
    )

    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case collector, s3
    }

    @OptionGroup var output: OutputOptions

    @Option(help: "How many records are kept.")
    var records = 1_000_000

    @Option(help: "How many viewers follow at once.")
    var viewers = 500

    @Option(
        help: """
            Instead: environments that send with duplicates and out of order to a collector that is killed, or by the agent's \
            own code to a bucket that fails, is slow, throttles, and shows objects late.
            """
    )
    var soak: Kind?

    @Flag(
        help: """
            Instead: from a response to the moment at which a remote viewer has it, over the collector and over moto's S3 (with \
            LMON_MOTO, a Python that has it), for each flush policy.
            """
    )
    var visible = false

    @Option(help: "Invocations of each flush policy of --visible; four times as many where they are frequent.")
    var invocations = 40

    @Option(help: "The agent's program of --visible; beside this one by default.")
    var agent: String?

    @Option(help: "Environments of --soak.")
    var environments = 200

    @Option(help: "Batches of each environment.")
    var batches = 1000

    @Option(help: "How often the collector is killed.")
    var kills = 20

    @Option(help: "What chance begins with; printed, so that a run can be had again.")
    var seed = UInt64.random(in: 1...999_999)

    @Option(help: "How much faster time passes in --soak s3, where environments are frozen for an hour.")
    var speed = 10.0

    /// For the test of this command: a loss that it must find.
    @Option(help: .hidden)
    var forget: Int?

    func validate() throws {
        guard self.soak == nil || !self.visible else { throw ValidationError("either --soak or --visible") }
        guard self.invocations > 1, self.records > 0, self.viewers > 0 else {
            throw ValidationError("--records and --viewers are at least 1, --invocations at least 2")
        }
        guard self.environments > 0, self.batches > 0, self.kills >= 0 else {
            throw ValidationError("--environments and --batches are at least 1")
        }
        guard (1...10_000).contains(self.speed) else { throw ValidationError("--speed is from 1 to 10000") }
        guard self.forget ?? 1 > 0 else { throw ValidationError("--forget is at least 1") }
    }

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        switch self.soak {
        case nil where self.visible: try await self.measureVisible()
        case nil: self.output.print(try await Self.onAThread { try self.figures() })
        case .collector?: try self.judge(try await Self.onAThread { try self.collectorSoak() })
        case .s3?: try self.judge(try await self.bucketSoak())
        }
    }

    private func measureVisible() async throws {
        #if Remote
        let agent = try AgentProcess.path(self.agent)
        try await VisibleBench.measure(agent, invocations: self.invocations, seed: self.seed) { self.output.print($0) }
        #else
        throw ValidationError("this build has no remote spools")
        #endif
    }

    /// A number that is not there, or there twice, is no figure but a fault.
    private func judge(_ figures: [Figure]) throws {
        self.output.print(figures)
        guard figures.allSatisfy({ $0.goal == nil || $0.goal == "\(Int($0.value))" }) else { throw ExitCode.failure }
    }

    /// What blocks does not belong on the pool.
    private static func onAThread(_ body: @escaping @Sendable () throws -> [Figure]) async throws -> [Figure] {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
        }
    }

    private func collectorSoak() throws -> [Figure] {
        try TemporaryFolder.use { folder in
            let run = SpoolSoak(
                environments: self.environments,
                batches: self.batches,
                kills: self.kills,
                seed: self.seed
            )
            return try run.figures(in: folder)
        }
    }

    private func bucketSoak() async throws -> [Figure] {
        #if Remote
        let run = BucketSoak(
            environments: self.environments,
            batches: self.batches,
            seed: self.seed,
            speed: self.speed,
            forgetsOneIn: self.forget
        )
        return try await run.figures()
        #else
        throw ValidationError("this build has no remote spools")
        #endif
    }

    private func figures() throws -> [Figure] {
        try TemporaryFolder.use { folder in
            let collector = try CollectorProcess(store: "\(folder)/c.db", ["--keep-size", "1TB"])
            defer { collector.stop() }
            var figures = try IngestFigures.measure(collector, records: self.records)
            figures += try QueryFigures.measure(collector, records: self.records)
            figures += try FanOut.measure(collector, viewers: self.viewers)
            return figures
        }
    }
}
