import ArgumentParser
import Foundation
import LmonSupervisor

/// Measures what the design promises, on this machine. Figures are ratios within one run wherever two things are compared.
@main
struct LmonBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lmon-bench",
        abstract: "Measure lmon on this machine; each figure with its goal and how it was taken.",
        subcommands: [
            All.self, Scan.self, Fold.self, Filtering.self, View.self, Soak.self, Invoke.self, Save.self,
            Interceptor.self, Monitor.self, AgentBench.self, Delivery.self, SpoolBench.self, EchoRuntime.self,
            Supervise.self,
        ],
        defaultSubcommand: All.self
    )
}

struct OutputOptions: ParsableArguments {
    @Flag(name: .long, help: "Print one JSON object a figure instead of a table.")
    var json = false

    func print(_ figures: [Figure]) {
        for figure in figures { Swift.print(self.json ? figure.json : figure.text) }
        // Into a pipe, too, each as soon as it is known.
        fflush(nil)
    }
}

struct All: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Run every measurement.")

    @OptionGroup var output: OutputOptions

    func run() async throws {
        self.output.print(Scan.measure())
        self.output.print(Fold.measure())
        self.output.print(try Filtering.measure())
        self.output.print(View.measure())
        self.output.print(try LargeSession.measure())
        self.output.print(try LiveView.measure())
        self.output.print(try await Invoke.measure())
        self.output.print(try await Save.measure())
        self.output.print(try await Interceptor.measure())
        self.output.print(try await PythonInterceptor.measure())
        self.output.print(try await Monitor.measure())
        if let agent = try? AgentProcess.path(nil) { try await AgentBench.measure(agent, self.output) }
    }
}

/// The process that starts the others.
struct Supervise: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "__supervise", shouldDisplay: false)

    func run() {
        SupervisorMain.run()
    }
}
