import LmonModel
import LmonRecord
import LmonTestSupport
import Testing

@Suite struct FilteredRowsTests {
    private static let filters = [
        "error", "not error", "status=502", "not status=502", "cold", "duration>100ms", "env", "calls=2", "inflight",
        "ada",
        "function=orders", "late or not cold",
    ]

    /// Environments whose invocations start, call, fail and end in any order; some begin before their first record's time.
    private static func records(_ random: inout SeededGenerator) -> [Record] {
        var observations: [Observation] = []
        for number in 0..<random.int(3..<9) {
            let name = "r\(number)"
            let time = Double(random.int(0..<4000))
            var own: [Observation] = [.log(name, "early", at: time + 5), .start(name, at: time)]
            own += Observation.call("c\(number)", in: name, status: random.pick([200, 502]), at: time + 10)
            let status = random.pick(["success", "timeout"])
            if random.chance(80) {
                own += [.runtimeDone(name, status, at: time + 184), .report(name, status, at: time + 187)]
            }
            observations += own.map { $0.in("E\(number % 3)") }
            if random.chance(20) { observations.append(.shutdown("timeout", at: time).in("E\(number % 3)")) }
        }
        return Record.numbered(observations).shuffled(using: &random)
    }

    /// However the records come, what was kept in step is what a filter of the whole gives.
    @Test(arguments: 1...60)
    func keptInStepItIsWhatTheWholeGives(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let filter = try Filter(Self.filters[Int(seed) % Self.filters.count])
        let records = Self.records(&random)
        var model = Model()
        var filtered = FilteredRows(filter, model)
        var rest = records[...]
        while !rest.isEmpty {
            let batch = random.int(1..<6)
            let changes = model.apply(contentsOf: rest.prefix(batch))
            rest = rest.dropFirst(batch)
            filtered.update(changes.rows, model)
            let whole = FilteredRows(filter, model)
            #expect(filtered.rows(in: 0..<999, model) == whole.rows(in: 0..<999, model))
            let expected = model.rows(in: 0..<model.rowCount).map(\.id).filter { whole.index(of: $0) != nil }
            #expect((0..<filtered.count).map { filtered.id(at: $0) } == expected)
            #expect(expected.map { filtered.index(of: $0) } == Array(0..<filtered.count))
        }
    }

    @Test func whatOnlyRecordsTellIsDecidedLater() throws {
        let all = (0..<5).flatMap { number in
            Observation.invocation("r\(number)", at: Double(number) * 400)
        }
        var limits = Model.Limits()
        limits.finishedDetails = 1
        let model = folded(all, limits: limits)
        var filtered = try FilteredRows(Filter("message=done"), model)
        #expect(filtered.count == 1)
        #expect(filtered.undecided.map(\.requestID) == ["r0", "r1", "r2", "r3"])
        let whole = folded(all)
        while let next = filtered.nextUndecided() {
            filtered.resolve(try #require(whole.invocation(next)), model)
            filtered.resolve(try #require(whole.invocation(next)), model)
        }
        #expect(filtered.rows(in: 0..<9, model).map(\.id) == model.rows(in: 0..<5).map(\.id))
        let cold = try FilteredRows(Filter("duration<1s"), model)
        #expect(cold.count == 5 && cold.undecided.isEmpty, "a summary tells")
    }
}
