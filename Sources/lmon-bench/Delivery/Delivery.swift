import ArgumentParser
import Foundation
import LmonRecord

struct Delivery: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Whether anything is lost between a function's calls and the agent's sinks while these fail.",
        discussion: """
            Runs the real lmon-agent on a stand-in of Lambda. A collector, a receiver of recaps and a reader of the tee fail in \
            turn: refuse, hang, answer 500, 429 or garbage, cut connections, take a batch without saying so, read slowly. In the \
            end every number of every environment must have arrived once or lie under a tombstone, in the collector (with \
            what the agent wrote to its log at the end) and in the tee. Status 1 if one is missing.
            """
    )

    @Option(help: "Invocations in all.")
    var invocations = 10_000

    @Option(help: "HTTP calls of each invocation.")
    var calls = 5

    @Option(help: "Execution environments, one after the other, each with a shutdown.")
    var environments = 4

    @Option(help: "Invocations a second.")
    var rate = 150.0

    @Option(help: "What chance begins with; printed, so that a run can be had again.")
    var seed = UInt64.random(in: 1...999_999)

    @Option(help: "LMON_FLUSH.")
    var flush = "adaptive"

    @Option(help: "LMON_MEMORY_MB.")
    var memory = 4

    @Flag(help: "The collector over https, with a certificate of its own; needs openssl.")
    var tls = false

    @Option(help: "The agent's program; beside this one by default.")
    var agent: String?

    /// For the test of this command: a loss that it must find.
    @Option(help: .hidden)
    var forget: Int?

    @OptionGroup var output: OutputOptions

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        let run = DeliveryRun(
            agent: try AgentProcess.path(self.agent),
            invocations: self.invocations,
            calls: self.calls,
            environments: max(1, self.environments),
            rate: self.rate,
            seed: self.seed,
            flush: self.flush,
            memory: self.memory,
            forgetsOneIn: self.forget,
            certificate: self.tls ? try OwnCertificate() : nil
        )
        let outcome = try await run.run()
        self.output.print(self.figures(outcome))
        guard !outcome.isComplete else { return }
        let problems =
            outcome.collected.missing.map { "the collector has not got \($0)" }
            + outcome.teed.missing.map { "the tee has not told \($0)" }
            + outcome.oddities + outcome.collector.oddities + outcome.webhook.oddities
        for problem in problems.prefix(20) { Note.line(problem) }
        if problems.count > 20 { Note.line("and \(problems.count - 20) more") }
        throw ExitCode(1)
    }

    private func figures(_ outcome: DeliveryOutcome) -> [Figure] {
        let method = "\(outcome.invocations) invocations × \(self.calls) calls, seed \(self.seed)"
        return self.counts(outcome, method) + Self.times(outcome)
    }

    private func counts(_ outcome: DeliveryOutcome, _ method: String) -> [Figure] {
        func count(_ name: String, _ value: Int, goal: String? = nil, _ method: String = "") -> Figure {
            Figure(name: "delivery: \(name)", value: Double(value), unit: "", goal: goal, method: method)
        }
        let (collected, teed) = (outcome.collected, outcome.teed)
        let faults = outcome.collector.faults.sorted { $0.key.rawValue < $1.key.rawValue }
            .map { "\($0.key.rawValue) \($0.value)" }.joined(separator: ", ")
        let sink = outcome.collector
        return [
            count("missing in the collector", collected.missing.count, goal: "0", method),
            count("missing in the tee", teed.missing.count, goal: "0", method),
            count("calls of which nothing arrived", outcome.callsUnseen, goal: "0 or under tombstones"),
            count("records in the collector", sink.ledger.records - sink.ledger.duplicates, "\(sink.batches) batches"),
            count("of these twice", sink.ledger.duplicates, "taken without an answer, so sent again"),
            count("written to the log in the end", outcome.spilled.records),
            count("under \(sink.ledger.tombstones) tombstones of the collector", collected.buried),
            count(
                "records in the tee",
                outcome.tee.records - outcome.tee.duplicates,
                "\(outcome.teeConnections) connections, \(outcome.tee.duplicates) more for readers that came back"
            ),
            count("under \(outcome.tee.tombstones) tombstones of the tee", teed.buried),
            count("recaps", outcome.webhook.recaps, "of \(outcome.invocations) invocations"),
            count("faults of the collector", sink.faults.values.reduce(0, +), faults),
            count(
                "faults of the webhook",
                outcome.webhook.faults.values.reduce(0, +),
                "\(outcome.webhook.requests) requests"
            ),
        ]
    }

    private static func times(_ outcome: DeliveryOutcome) -> [Figure] {
        func figures(_ name: String, _ values: [Double], _ goal: String?) -> [Figure] {
            guard !values.isEmpty else { return [] }
            return [("p50", 0.5), ("p99", 0.99)].map { label, share in
                Figure(
                    name: "delivery: \(name), \(label)",
                    value: Stopwatch.percentile(values, share),
                    unit: "ms",
                    goal: label == "p99" ? goal : nil,
                    method: "\(values.count) invocations"
                )
            }
        }
        let shutdown = Figure(
            name: "delivery: SHUTDOWN to the agent's end, most",
            value: outcome.shutdowns.max() ?? 0,
            unit: "ms",
            goal: "≤ 2000 ms",
            method: "\(outcome.shutdowns.count) environments"
        )
        return figures("handler's end → next, dead sinks", outcome.dead.held, "≤ 5 ms")
            + figures("handler's end → next, others", outcome.healthy.held, nil)
            + figures("response delayed at most, dead sinks", outcome.dead.answered, "≤ 5 ms")
            + [shutdown]
    }
}
