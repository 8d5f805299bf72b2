import LmonRecord
import LmonTestSupport
import Testing

@testable import LmonModel

/// A model that lets rows go shows the same session as one that keeps all.
@Suite struct ArchiveTests {
    private static func limits(details: Int = 3) -> Model.Limits {
        var limits = Model.Limits()
        limits.finishedDetails = details
        limits.keepsFacts = true
        return limits
    }

    /// Invocations in three environments, some of them failing, among them starts and ends of environments.
    private static func observations(_ random: inout SeededGenerator, count: Int) -> [Observation] {
        var observations: [Observation] = []
        for number in 0..<count {
            let time = Double(number) * 400
            let environment = "E\(random.int(0..<3))-\(number / 40)"
            if number % 40 < 3 { observations += Observation.initialization.map { $0.in(environment) } }
            observations += Observation.invocation("r\(number)", at: time).map { $0.in(environment) }
            if random.int(0..<5) == 0 { observations.append(.freeze(at: time + 200).in(environment)) }
            if random.int(0..<9) == 0 { observations.append(.shutdown("timeout", at: time + 300).in(environment)) }
        }
        return observations
    }

    @Test(arguments: 1...20)
    func showsWhatAModelThatKeepsAllShows(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let records = Record.numbered(Self.observations(&random, count: 150))
        var whole = Model(limits: Self.limits())
        var bounded = Model(limits: Self.limits())
        var archived: [ArchivedRow] = []
        var rest = records[...]
        while !rest.isEmpty {
            let batch = random.int(1..<40)
            whole.apply(contentsOf: rest.prefix(batch))
            bounded.apply(contentsOf: rest.prefix(batch))
            rest = rest.dropFirst(batch)
            archived += bounded.archive(keeping: random.int(5..<20))
            #expect(bounded.archivedCount == archived.count)
        }
        let rows = archived.map(\.row) + bounded.rows(in: 0..<bounded.rowCount)
        #expect(bounded.rowCount == whole.rowCount)
        #expect(Set(rows) == Set(whole.rows(in: 0..<whole.rowCount)))
        #expect(bounded.currentTotals == whole.currentTotals)
        #expect(archived.count > 80)
    }

    @Test func rowsKeepTheirOrderAndTheirIndices() {
        var random = SeededGenerator(seed: 3)
        let records = Record.numbered((0..<100).flatMap { Observation.invocation("r\($0)", at: Double($0) * 400) })
        var model = Model(limits: Self.limits())
        model.apply(contentsOf: records)
        let before = model.rows(in: 0..<model.rowCount)
        let archived = model.archive(keeping: 10 + random.int(0..<3))
        #expect(archived.map(\.row) + model.rows(in: 0..<model.rowCount) == before)
        for index in model.archivedCount..<model.rowCount { #expect(model.index(of: before[index].id) == index) }
        #expect(model.row(at: 0) == nil)
        #expect(model.index(of: before[0].id) == nil)
    }

    @Test func aRecordThatComesTooLateMakesNoSecondRow() {
        var model = Model(limits: Self.limits())
        let observations = (0..<30).flatMap { Observation.invocation("r\($0)", at: Double($0) * 400) }
        let late: [Observation] = [
            .end("r0-1", in: "r0", at: 99_000), .log("r1", "after all", at: 99_001), .report("r2", at: 99_002),
            .request("r3-9", in: "r3", at: 99_003), .result("r4", at: 99_004), .freeze(at: 99_005),
        ]
        let records = Record.numbered(observations + late)
        model.apply(contentsOf: records.prefix(observations.count))
        let archived = model.archive(keeping: 5)
        #expect(archived.count == 25)
        let changes = model.apply(contentsOf: records.dropFirst(observations.count))
        #expect(model.rowCount == 30)
        #expect(changes.newRows == 0)
    }

    @Test func aRequestThatRunsAgainIsAnotherAttempt() {
        var model = Model(limits: Self.limits())
        let first = (0..<30).flatMap { Observation.invocation("r\($0)", at: Double($0) * 400) }
        let records = Record.numbered(first + Observation.invocation("r0", at: 60_000))
        model.apply(contentsOf: records.prefix(first.count))
        _ = model.archive(keeping: 5)
        model.apply(contentsOf: records.dropFirst(first.count))
        #expect(model.rowCount == 31)
        #expect(model.invocation(id("r0", 2)) != nil)
        #expect(model.summary(id("r0", 1)) == nil)
    }

    @Test func whatIsInProgressHoldsTheRestForAWhileOnly() {
        var model = Model(limits: Self.limits())
        let stuck: [Observation] = [.event("stuck", at: 0).in("E9"), .start("stuck", at: 0).in("E9")]
        let others = (1...60).flatMap { Observation.invocation("r\($0)", at: Double($0) * 400) }
        var records = Record.numbered(stuck + others)[...]
        model.apply(contentsOf: records.prefix(2 + 8 * 20))
        #expect(model.archive(keeping: 10).isEmpty)
        records = records.dropFirst(2 + 8 * 20)
        model.apply(contentsOf: records)
        let archived = model.archive(keeping: 10)
        #expect(archived.count == 50)
        #expect(model.row(at: 50)?.id == .invocation(id("stuck", in: "E9")))
        model.apply(
            Record.numbered([.runtimeDone("stuck", at: 99_000).in("E9"), .report("stuck", at: 99_001).in("E9")]).last!
        )
        #expect(model.rowCount == 61)
    }

    /// Counted, not weighed: nothing grows with the session.
    @Test func keepsSoMuchAndNoMore() {
        var limits = Self.limits()
        limits.environments = 8
        var model = Model(limits: limits)
        var sizes: [[Int]] = []
        for round in 0..<40 {
            let environment = "E\(round)"
            let observations = (0..<50).flatMap {
                Observation.invocation("r\(round)-\($0)", at: Double(round * 50 + $0) * 400)
            }
            let end = Observation.shutdown(at: Double(round * 50 + 50) * 400)
            model.apply(contentsOf: Record.numbered((observations + [end]).map { $0.in(environment) }))
            _ = model.archive(keeping: 20)
            sizes.append(model.kept)
        }
        #expect(sizes[39] == sizes[20])
        #expect(model.rowCount == 40 * 51)
        #expect(model.environmentList.count <= 20)
    }

    @Test func anEnvironmentThatWasForgottenTellsWhatItSawBefore() {
        var limits = Self.limits()
        limits.environments = 2
        var model = Model(limits: limits)
        let all = (0..<8).map { round in
            Record.numbered(
                (Observation.invocation("r\(round)", at: Double(round) * 400) + [
                    .shutdown(at: Double(round) * 400 + 300)
                ])
                .map { $0.in("E\(round)") }
            )
        }
        for records in all {
            model.apply(contentsOf: records)
            _ = model.archive(keeping: 1)
        }
        #expect(model.environment("E0") == nil)
        let before = model.rowCount
        #expect(model.apply(contentsOf: all[0]).duplicates == all[0].count)
        #expect(model.rowCount == before)
    }

    @Test(arguments: ["duration>1s", "status>=500", "calls=1", "level>=error", "memory>80", "not call.error", "logs=1"])
    func factsSayWhatTheWholeSays(text: String) throws {
        let filter = try Filter(text)
        var random = SeededGenerator(seed: 9)
        let records = Record.numbered(Self.observations(&random, count: 60))
        var all = Model.Limits()
        all.finishedDetails = .max
        var whole = Model(limits: all)
        whole.apply(contentsOf: records)
        var model = Model(limits: Self.limits())
        model.apply(contentsOf: records)
        var told = 0
        for archived in model.archive(keeping: 0) {
            guard case .invocation(let summary) = archived.row else { continue }
            let verdict = filter.matches(summary, archived.facts)
            #expect(verdict == filter.matches(try #require(whole.invocation(summary.id))))
            told += 1
        }
        #expect(told > 40)
    }
}

extension Model {
    /// How many of everything are kept.
    fileprivate var kept: [Int] {
        [
            self.slots.count, self.slotIndex.count, self.details.count, self.settledInitializations.count,
            self.settledFacts.count, self.events.count, self.eventIndex.count, self.environments.count, self.liveCount,
        ]
    }
}
