import ArgumentParser
import Foundation
import LmonModel
import LmonScreen
import LmonUI

struct View: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "How long the view takes to draw a screen; what it does with a million records, and while many come."
    )

    @Option(help: "Records in the generated session.")
    var records = 1_000_000

    @Option(help: "Only look through this session, which is generated and kept if it is not there.")
    var session: String?

    @Option(help: "Of that session only the filters whose names begin so.")
    var only: String?

    @OptionGroup var output: OutputOptions

    func run() async throws {
        if let session {
            if !FileManager.default.fileExists(atPath: session) { try LargeSession.generate(session, self.records) }
            return self.output.print(try LargeSession.filters(of: session, only: self.only ?? ""))
        }
        self.output.print(Self.measure())
        self.output.print(try LargeSession.measure(records: self.records))
        self.output.print(try LiveView.measure())
    }

    static func measure() -> [Figure] {
        var model = Model()
        _ = model.apply(contentsOf: SampleRecords.records(invocations: 2_000))
        return [Screen.Size(columns: 80, rows: 24), Screen.Size(columns: 200, rows: 50)].flatMap { size in
            Self.measure(model, size)
        }
    }

    private static func measure(_ model: Model, _ size: Screen.Size) -> [Figure] {
        var view = UIState(UIConfiguration(source: "bench"), size: size)
        let counts = RowCounts(invocations: model.rowCount)
        Self.send(.changed(model.currentTotals, counts: counts), to: &view, model)
        var cells = 0
        let draws = (0..<200).map { _ in Stopwatch.seconds { cells += view.render().size.columns } * 1000 }
        let keys = (0..<200).map { index in
            Stopwatch.seconds {
                Self.send(.input(.key(.character(index % 20 < 10 ? "k" : "j"))), to: &view, model)
                cells += view.render().size.columns
            } * 1000
        }
        precondition(cells == 400 * size.columns)
        let name = "\(size.columns)×\(size.rows)"
        return [
            Figure(
                name: "draw a screen of \(name)",
                value: Stopwatch.median(draws),
                unit: "ms",
                goal: nil,
                method: "render() of the full view, median of 200; the terminal apart"
            ),
            Figure(
                name: "key → drawn, \(name), p99",
                value: Stopwatch.percentile(keys, 0.99),
                unit: "ms",
                goal: "≤ 16 ms with paint",
                method: "a move, its rows and detail fetched from the model, render()"
            ),
        ]
    }

    /// Sends a message and answers what the view asks for, as the program does.
    private static func send(_ message: UIMessage, to view: inout UIState, _ model: Model) {
        var effects = view.update(message)
        while let effect = effects.popLast() {
            switch effect {
            case .loadRows(.invocations, let range):
                let range = range.clamped(to: 0..<model.rowCount)
                let rows = model.rows(in: range).map(Row.list)
                effects += view.update(.rows(.invocations, start: range.lowerBound, rows))
            case .loadDetail(let id):
                effects += view.update(model.detail(id).map(UIMessage.detail) ?? .detailGone(id))
            default: break
            }
        }
    }
}
