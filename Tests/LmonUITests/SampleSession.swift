import LmonModel
import LmonRecord
import LmonTestSupport
import LmonUI
import Testing

/// A folded session of several environments, for the views that need more than rows.
enum SampleSession {
    static let second = "01KAR0000000000000000000B1"
    static let third = "01KAR0000000000000000000C7"

    /// Runs, freezes, a failure, a shutdown for a timeout, a reset, and one that runs still.
    static let observations: [Observation] = {
        var all = Observation.initialization
        for number in 0..<6 {
            let at = Double(number) * 4_000
            all += Self.invocation("r\(number)", at: at, fails: number == 3)
            all += [.freeze(at: at + 300), .thaw(at: at + 3_900)]
        }
        let cold: [Observation] = [
            .environment(at: 2_000), .initStart(at: 2_001), .initReport(at: 2_600, durationMs: 599),
            .start("p0", at: 2_610), .request("9-0-1", in: "p0", "POST", "https://pay.test/charge", at: 2_620),
            .failedEnd("9-0-1", in: "p0", phase: "timeout", code: "ETIMEDOUT", at: 5_600),
            .runtimeDone("p0", "timeout", at: 5_610, durationMs: 3_000),
            .report("p0", "timeout", at: 5_612, durationMs: 3_000, initDurationMs: 599, memoryUsed: 250),
            .shutdown("timeout", at: 5_620), .initStart(at: 9_000), .initReport(at: 9_400, durationMs: 400),
            .start("p1", at: 9_500),
        ]
        all += cold.map { $0.of("payment").in(Self.second) }
        let spun: [Observation] = [
            .initStart(at: 12_000), .initReport(at: 12_200, durationMs: 200), .start("t0", at: 12_300),
            .report("t0", at: 12_420, durationMs: 120, initDurationMs: 200), .freeze(at: 12_430), .thaw(at: 15_000),
            .shutdown("spindown", at: 15_010),
        ]
        return all + spun.map { $0.of("thumbs").in(Self.third) }
    }()

    private static func invocation(_ id: String, at: Double, fails: Bool) -> [Observation] {
        [
            .start(id, at: at), .request("1-\(id)", in: id, at: at + 10),
            .response("1-\(id)", in: id, fails ? 502 : 200, at: at + 40), .end("1-\(id)", in: id, at: at + 51),
            fails ? .handlerError(id, at: at + 183) : .result(id, at: at + 183),
            .runtimeDone(id, at: at + 184), .report(id, at: at + 187, memoryUsed: 80 + Int(at / 1_000)),
            .make(.overhead, id, at: at + 188, #"{"heldMs":0.4,"interceptorMs":1.5,"rss":14000000,"bytes":2100}"#),
        ]
    }

    static let model: Model = {
        var model = Model()
        model.apply(contentsOf: Record.numbered(Self.observations))
        return model
    }()

    static func rig(_ model: Model = Self.model, columns: Int = 80, rows: Int = 24) -> UIRig {
        var rig = UIRig(
            columns: columns,
            height: rows,
            rows: model.rows(in: 0..<model.rowCount),
            details: model.detailed.map { InvocationDetail($0) },
            totals: model.currentTotals
        )
        rig.environments = model.environmentList
        rig.statistics = StatisticsReport(model.statistics, model.currentTotals)
        rig.records = Record.numbered(Self.observations)
        rig.change()
        return rig
    }

    /// The view of a session after these keys, held against the golden of this name for its size.
    static func expectGolden(
        _ name: String,
        after script: String,
        _ model: Model = Self.model,
        size: (columns: Int, rows: Int),
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        var rig = self.rig(model, columns: size.columns, rows: size.rows)
        rig.type(script)
        let name = "\(name)-\(size.columns)x\(size.rows)"
        try LmonTestSupport.expectGolden(rig.screen, named: name, sourceLocation: sourceLocation)
    }

    /// All of it with names that would drive a terminal.
    static let hostile: Model = {
        let observations = Self.observations.map { observation in
            var copy = observation.of(Hostile.escape + Hostile.clusters).in(Hostile.bidi)
            if copy.type == .shutdown { copy.payload = Array(#"{"reason":"\u001b[2J\u202e日本"}"#.utf8) }
            return copy
        }
        var model = Model()
        model.apply(contentsOf: Record.numbered(observations))
        return model
    }()
}
