import LmonHTTP

/// The real agent on a stand-in of Lambda, ready for its first event.
struct AgentStage {
    let loop: Loop
    let lambda: StandInLambda
    let process: AgentProcess
    let function: VirtualFunction
    /// From the process's start to its first `next`, in milliseconds.
    let readyAfter: Double

    /// Starts the agent with these variables besides those that Lambda sets; for `wrapper` see `AgentProcess`.
    static func start(
        _ agent: String,
        _ variables: [String: String],
        seed: UInt64 = 1,
        wrapper: [String] = []
    ) async throws -> AgentStage {
        let loop = Loop()
        let ingest = try FreePort.onLoopback()
        let lambda = StandInLambda(ingest: ingest, on: loop)
        let own = [
            "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:\(try await lambda.open())", "AWS_LAMBDA_FUNCTION_NAME": "bench",
            "LMON_ADDRESS": "127.0.0.1:\(ingest)",
        ]
        let process = try AgentProcess(agent, own.merging(variables) { $1 }, wrapper: wrapper)
        do {
            try await lambda.waitUntilReady()
            let ready = await lambda.readyAt ?? .now
            let function = VirtualFunction(ingest: ingest, seed: seed)
            try await function.connect(on: loop)
            return AgentStage(
                loop: loop,
                lambda: lambda,
                process: process,
                function: function,
                readyAfter: Stopwatch.seconds(process.beganAt.duration(to: ready)) * 1000
            )
        } catch {
            process.kill()
            throw error
        }
    }

    /// SHUTDOWN, and the process's end; milliseconds between.
    func shutDown() async throws -> Double {
        let start = ContinuousClock.now
        try await self.lambda.shutDown()
        await self.process.end(within: .seconds(4))
        return Stopwatch.seconds(start.duration(to: .now)) * 1000
    }

    func close() async {
        self.process.kill()
        await self.process.end()
        await self.lambda.close()
        await self.loop.shutdown()
    }
}
