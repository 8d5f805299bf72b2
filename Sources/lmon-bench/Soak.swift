import ArgumentParser
import Foundation
import LmonRecord

/// Hours of records through the view, with its memory over time.
struct Soak: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Send records through lmon tui for long: its memory, and whether its session has every record."
    )

    @Option(help: "How long.")
    var minutes = 60.0

    @Option(help: "Records a second.")
    var rate = 2_000

    @OptionGroup var output: OutputOptions

    func run() throws {
        try StreamedView.run(rows: 40) { try self.run(on: $0) }
    }

    private func run(on stage: StreamedView) throws {
        let view = stage.view
        let batch = max(1, self.rate / 20 / SampleRecords.perInvocation)
        let start = ContinuousClock.now
        let end = start + .seconds(self.minutes * 60)
        var sent = 0
        var memory: [Double] = []
        var next = start
        while ContinuousClock.now < end {
            let perSecond = Double(self.rate) / Double(SampleRecords.perInvocation)
            let due = start + .seconds(Double(sent) / perSecond)
            let wait = Stopwatch.seconds(ContinuousClock.now.duration(to: due))
            if wait > 0 { Thread.sleep(forTimeInterval: wait) }
            try stage.server.send(SampleRecords.records(from: sent, invocations: batch))
            sent += batch
            guard ContinuousClock.now >= next else { continue }
            next = ContinuousClock.now + .seconds(self.minutes * 60 / 12)
            memory.append(view.residentMegabytes)
            Note.line("\(sent * SampleRecords.perInvocation) records, \(Int(memory[memory.count - 1])) MB")
        }
        memory.append(view.residentMegabytes)
        let records = sent * SampleRecords.perInvocation
        let kept = try stage.kept(expected: records)
        self.output.print(self.figures(records, kept, memory))
    }

    private func figures(_ records: Int, _ kept: Int, _ memory: [Double]) -> [Figure] {
        // The first quarter fills what is kept at most.
        let settled = memory.dropFirst(max(1, memory.count / 4))
        let growth = (settled.last ?? 0) - (settled.first ?? 0)
        let method = "\(records) records at \(self.rate)/s over TCP, \(Int(self.minutes)) min"
        return [
            Figure(
                name: "memory at the end",
                value: memory.last ?? 0,
                unit: "MB",
                goal: nil,
                method: "\(method); " + memory.map { "\(Int($0))" }.joined(separator: " ")
            ),
            Figure(
                name: "its growth after the first quarter",
                value: growth,
                unit: "MB",
                goal: "flat",
                method: method
            ),
            Figure(
                name: "records missing in the view's session",
                value: Double(records - kept),
                unit: "",
                goal: "0",
                method: method
            ),
        ]
    }
}

/// Progress, apart from what is measured.
enum Note {
    static func line(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}
