import ArgumentParser
import Foundation
import LmonHTTP

struct AgentBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent",
        abstract: "What lmon-agent takes: its start, the time it holds an invocation, its size and its memory."
    )

    @Option(help: "The agent's program; beside this one by default. Only a release build tells of production.")
    var agent: String?

    @Option(help: "Starts.")
    var starts = 40

    @Flag(help: "Only what it makes of many large bodies in a small environment.")
    var flood = false

    @Option(help: "Invocations with sinks that work, and as many with dead ones.")
    var invocations = 2000

    @OptionGroup var output: OutputOptions

    func run() async throws {
        guard !self.flood else {
            signal(SIGPIPE, SIG_IGN)
            return try await Self.flood(try AgentProcess.path(self.agent), self.output)
        }
        try await Self.measure(
            try AgentProcess.path(self.agent),
            starts: self.starts,
            invocations: self.invocations,
            self.output
        )
    }

    static func measure(_ agent: String, starts: Int = 40, invocations: Int = 2000, _ output: OutputOptions)
        async throws
    {
        signal(SIGPIPE, SIG_IGN)
        output.print(AgentSize.measure(agent))
        output.print(try await AgentStart.measure(agent, starts: starts))
        output.print(try await AgentHolding.measure(agent, invocations: invocations))
        try await Self.flood(agent, output)
    }

    private static func flood(_ agent: String, _ output: OutputOptions) async throws {
        let figures = try await AgentFlood.measure(agent)
        output.print(figures)
        guard AgentFlood.isSurvived(figures) else { throw ExitCode.failure }
    }
}
