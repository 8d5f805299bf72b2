import Foundation
import LmonHTTP
import LmonSupervisor

/// One start of an extension on loopback, until it asks for its first event; it is then shut down.
enum AgentStart {
    struct Trouble: Error, CustomStringConvertible {
        let description: String
    }

    private static let patience = Duration.seconds(5)

    static func run(_ starter: String, _ supervisor: Supervisor, _ loop: Loop) async throws -> InitCost.Start {
        let (events, continuation) = AsyncStream.makeStream(of: StandInRuntimeAPI.Event.self)
        let server = try StandInRuntimeAPI.open(on: loop) { continuation.yield($0) }
        let timer = loop.schedule(after: Self.patience) { continuation.yield(.late) }
        let begin = ContinuousClock.now
        let process = try await supervisor.spawn(
            ProcessRequest(executable: starter, environment: Self.variables(port: server.port)),
            exited: { continuation.yield(.ended($0)) }
        )
        let outcome = await Self.outcome(of: events, since: begin) { supervisor.memory(process)?.peak }
        loop.run { timer.cancel() }
        if outcome.isRunning { supervisor.signal(process, .kill) }
        await server.close()
        return try outcome.result.get()
    }

    private struct Outcome {
        let isRunning: Bool
        let result: Result<InitCost.Start, Trouble>
    }

    private static func outcome(
        of events: AsyncStream<StandInRuntimeAPI.Event>,
        since begin: ContinuousClock.Instant,
        memory: () -> UInt64?
    ) async -> Outcome {
        var registered: ContinuousClock.Instant?
        var ready: ContinuousClock.Instant?
        var peak: UInt64?
        for await event in events {
            switch event {
            case .registered(let time): registered = registered ?? time
            case .ready(let time, let answer):
                ready = ready ?? time
                peak = memory()
                answer()
            case .late:
                return Outcome(
                    isRunning: true,
                    result: .failure(Trouble(description: Self.lateness(registered, ready)))
                )
            case .ended(let exit):
                guard let ready, let registered else {
                    let text = "the agent ended (\(exit.status)) before it was ready"
                    return Outcome(isRunning: false, result: .failure(Trouble(description: text)))
                }
                let start = InitCost.Start(
                    ready: (ready - begin).milliseconds,
                    registered: (ready - registered).milliseconds,
                    memory: peak.map { Int($0) }
                )
                return Outcome(isRunning: false, result: .success(start))
            }
        }
        return Outcome(isRunning: true, result: .failure(Trouble(description: "interrupted")))
    }

    private static func lateness(_ registered: ContinuousClock.Instant?, _ ready: ContinuousClock.Instant?) -> String {
        if ready != nil { return "the agent did not end within \(Self.patience.components.seconds) s of SHUTDOWN" }
        let what = registered == nil ? "register" : "ask for an event"
        return "the agent did not \(what) within \(Self.patience.components.seconds) s"
    }

    /// What Lambda sets, as far as the agent looks at it.
    private static func variables(port: Int) -> [String: String] {
        [
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:\(port)",
            "AWS_LAMBDA_FUNCTION_NAME": "lmon-layer",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
            // Any other port than this would be the one of a running lmon.
            "LMON_ADDRESS": "127.0.0.1:\((try? FreePort.onLoopback()) ?? 4243)",
            "NODE_OPTIONS": "--require /opt/lmon/interceptor.cjs",
        ]
    }
}

extension Duration {
    var milliseconds: Double { Double(self.components.seconds) * 1000 + Double(self.components.attoseconds) / 1e15 }
}
