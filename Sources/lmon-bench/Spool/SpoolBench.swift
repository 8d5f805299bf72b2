import ArgumentParser
import Foundation
import LmonRecord

/// The collector, as a process of its own.
struct SpoolBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spool",
        abstract:
            "Send records to lmon collect and read them: what is durable each second, queries, many viewers, memory."
    )

    @OptionGroup var output: OutputOptions

    @Option(help: "How many records are kept.")
    var records = 1_000_000

    @Option(help: "How many viewers follow at once.")
    var viewers = 500

    @Option(help: "Instead: so many environments that send with duplicates and out of order, while it is killed.")
    var environments: Int?

    @Option(help: "Batches of each environment.")
    var batches = 1000

    @Option(help: "How often it is killed.")
    var kills = 20

    func run() async throws {
        let figures = try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try self.measure() }) }
        }
        self.output.print(figures)
        // A number that is not there, or there twice, is no figure but a fault.
        if self.environments != nil, figures.contains(where: { $0.goal != "\(Int($0.value))" }) {
            throw ExitCode.failure
        }
    }

    private func measure() throws -> [Figure] {
        try TemporaryFolder.use { folder in
            if let environments {
                let run = SpoolSoak(environments: environments, batches: self.batches, kills: self.kills)
                return try run.figures(in: folder)
            }
            return try self.figures(in: folder)
        }
    }

    private func figures(in folder: String) throws -> [Figure] {
        let collector = try CollectorProcess(store: "\(folder)/c.db", ["--keep-size", "1TB"])
        defer { collector.stop() }
        var figures = try IngestFigures.measure(collector, records: self.records)
        figures += try QueryFigures.measure(collector, records: self.records)
        figures += try FanOut.measure(collector, viewers: self.viewers)
        return figures
    }
}
