import ArgumentParser
import LmonModel
import LmonRecord

struct Filtering: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "filter",
        abstract: "Records through a filter as `lmon tail --json` lets them, and rows as the view does."
    )

    @OptionGroup var output: OutputOptions

    private static let expressions = [
        "requestId=9f3c0000-0000-4000-8000-000000000fff", "host~example status>=500", "users/42",
    ]

    func run() async throws {
        self.output.print(try Self.measure())
    }

    static func measure() throws -> [Figure] {
        let records = SampleRecords.records(invocations: 100_000 / SampleRecords.perInvocation)
        let bare = Self.seconds(records, nil)
        return try Self.expressions.map { expression in
            let filter = try Filter(expression)
            let seconds = Stopwatch.median((0..<3).map { _ in Self.seconds(records, filter) })
            return Figure(
                name: "tail --filter '\(expression)'",
                value: (seconds - bare) / Double(records.count) * 1e6,
                unit: "µs",
                goal: nil,
                method: "added to a record that is folded, median of 3 over \(records.count) records"
            )
        }
    }

    private static func seconds(_ records: [Record], _ filter: Filter?) -> Double {
        var model = Model()
        var gate = filter.map { RecordGate($0) }
        var passed = 0
        return Stopwatch.seconds {
            for record in records {
                let change = model.apply(record)
                passed += gate?.records(after: record, change, in: model).count ?? 0
            }
        }
    }
}
