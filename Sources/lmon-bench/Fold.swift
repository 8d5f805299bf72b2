import ArgumentParser
import LmonModel
import LmonRecord

struct Fold: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Records folded into the model a second, and its memory.")

    @OptionGroup var output: OutputOptions

    func run() async throws {
        self.output.print(Self.measure())
    }

    static func measure() -> [Figure] {
        let before = ResidentMemory.megabytes()
        var model = Model()
        var records = SampleRecords.records(invocations: 100_000 / SampleRecords.perInvocation)
        let count = records.count
        var rates = [Self.rate(&model, records)]
        records = []
        let growth = ResidentMemory.megabytes() - before
        let rows = model.rowCount
        records = SampleRecords.records(invocations: 4_000)
        for _ in 0..<4 {
            var model = Model()
            rates.append(Self.rate(&model, records))
        }
        return [
            Figure(
                name: "records folded into the model",
                value: Stopwatch.median(rates),
                unit: "/s",
                goal: "≥ 500 000 /s a core",
                method: "scanned before, one thread, median of 5"
            ),
            Figure(
                name: "memory after \(count) records",
                value: growth,
                unit: "MB",
                goal: nil,
                method:
                    "growth of the resident set, \(rows) rows; the records themselves are let go, the allocator keeps some"
            ),
        ]
    }

    private static func rate(_ model: inout Model, _ records: [Record]) -> Double {
        Double(records.count) / Stopwatch.seconds { _ = model.apply(contentsOf: records) }
    }
}
