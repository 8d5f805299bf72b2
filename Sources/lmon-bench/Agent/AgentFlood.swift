import Foundation
import LmonHTTP

/// A function of 128 MB whose handler posts many large bodies at once, as an interceptor that knows no limits would.
enum AgentFlood {
    private static let bodies = 50
    private static let megabytes = 5

    static func measure(_ agent: String) async throws -> [Figure] {
        guard let share = CPUShare(0.07, megabytes: 128) else {
            Note.line("agent: large bodies in 128 MB: skipped, no control groups can be made here (as root they can)")
            return []
        }
        // All that can keep records does, and nothing takes them.
        let sinks = [
            "LMON_CAPTURE": "all", "LMON_SPOOL": "http://127.0.0.1:9", "LMON_WEBHOOK_URL": "http://127.0.0.1:9",
            "LMON_TEE": "listen:0",
        ]
        let stage = try await AgentStage.start(agent, sinks, wrapper: share.wrapper)
        let start = ContinuousClock.now
        let answered = await Self.post(to: stage.function.port, on: stage.loop)
        let seconds = Stopwatch.seconds(start.duration(to: .now))
        // It lives, if it still lets an invocation go.
        let isAlive = (try? await stage.lambda.invoke(stage.function, "after", calls: 5)) != nil
        let peak = share.peakMegabytes ?? 0
        await stage.close()
        let method = "\(Self.bodies) bodies of \(Self.megabytes) MB at once, 128 MB, 7 % of a core"
        return [
            Figure(
                name: "agent: large bodies that were taken",
                value: isAlive ? Double(answered) : 0,
                unit: "of \(Self.bodies)",
                goal: "all",
                method: "\(method), sinks that take nothing; in \(Int(seconds)) s"
            ),
            Figure(
                name: "agent: memory with them, at most",
                value: peak,
                unit: "MB",
                goal: "≤ 128 MB",
                method: "the control group's, sockets included; the next invocation \(isAlive ? "ran" : "was lost")"
            ),
        ]
    }

    /// Whether it took all, and lived.
    static func isSurvived(_ figures: [Figure]) -> Bool {
        figures.first.map { $0.value == Double(Self.bodies) } ?? true
    }

    /// How many were answered 200.
    private static func post(to port: Int, on loop: Loop) async -> Int {
        let text = String(repeating: "0123456789abcdef", count: Self.megabytes << 16)
        let call = #"{"url":"https://api.example/upload","method":"POST","headers":{},"body":"\#(text)"}"#
        let body = Array(call.utf8)
        return await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<Self.bodies {
                group.addTask {
                    let client = HTTPClient(loop: loop, idleLimit: 1)
                    let answer = try? await client.request(
                        "POST",
                        host: "127.0.0.1",
                        port: port,
                        target: "/",
                        body: body,
                        timeout: .seconds(600)
                    )
                    client.close()
                    return answer?.status == 200
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
    }
}
