import Foundation
import LmonJSON

/// `lmon collect` with a store in a workspace, ready to be sent records.
struct CollectProgram {
    let program: RunningProgram
    let url: String

    var port: Int { self.url.split(separator: ":").last.flatMap { Int($0) } ?? 0 }

    static func start(
        in workspace: Workspace,
        _ more: [String] = [],
        port: Int = 0,
        store: String = "collector.db",
        variables: [String: String] = [:]
    ) async throws -> CollectProgram {
        let arguments = ["collect", "--json", "--port", "\(port)", "--store", store] + more
        let program = try RunningProgram(arguments, in: workspace, variables: variables)
        try await program.wait(for: "\n")
        let ready = try JSONValue(parsing: program.output.split(separator: "\n").first.map(String.init) ?? "")
        guard ready["ready"]?.bool == true, let url = ready["url"]?.string else {
            throw RunningProgram.TimedOut(description: "not ready: \(program.output) \(program.errors)")
        }
        return CollectProgram(program: program, url: url)
    }

    func stop() async throws -> Program.Outcome {
        self.program.signal(SIGTERM)
        return try await self.program.end()
    }

    func kill() async throws {
        self.program.signal(SIGKILL)
        _ = try await self.program.end()
    }

    func get(_ target: String) async throws -> LoopbackHTTP.Answer {
        try await LoopbackHTTP.send(method: "GET", port: self.port, path: target, body: "")
    }

    func post(_ lines: [String]) async throws -> LoopbackHTTP.Answer {
        let body = lines.map { $0 + "\n" }.joined()
        return try await LoopbackHTTP.post(port: self.port, path: "/v1/records", body: body)
    }

    /// Records as an agent would send them.
    static func lines(_ numbers: ClosedRange<Int>, environment: String = "E1") -> [String] {
        numbers.map {
            #"{"v":1,"environment":"\#(environment)","sequence":\#($0),"function":"orders","#
                + #""time":"2026-11-23T10:00:00.000Z","type":"function","record":"line \#($0)"}"#
        }
    }
}
