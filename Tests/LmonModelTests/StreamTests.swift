import LmonModel
import LmonRecord
import LmonTestSupport
import Testing

/// Duplicates, gaps and bounds.
@Suite struct StreamTests {
    @Test func ignoresARecordThatItHasSeen() {
        let records = Record.numbered(Observation.initialization + Observation.invocation("r1"))
        var model = Model()
        model.apply(contentsOf: records)
        let before = model.visible
        let changes = model.apply(contentsOf: records)
        #expect(changes.duplicates == records.count)
        #expect(model.visible == before)
    }

    private func tombstone(_ first: Int, through: Int) -> Record {
        let payload = #"{"through":\#(through),"count":\#(through - first + 1),"reason":"full","sink":"tee"}"#
        return Record(.make(.dropped, nil, at: 50, payload), sequence: first, observed: .test(52))
    }

    @Test func countsWhatATombstoneNamesOnce() {
        var model = Model()
        let records = Record.numbered(Observation.invocation("r1"))
        model.apply(contentsOf: records[..<2])
        model.apply(self.tombstone(3, through: 6))
        #expect(model.totals.dropped == 4)
        model.apply(self.tombstone(3, through: 6))
        model.apply(self.tombstone(5, through: 7))
        #expect(model.totals.dropped == 5)
        #expect(
            model.events.map(\.parts.last) == [
                "4 records of orders dropped by tee: full", "1 record of orders dropped by tee: full",
            ]
        )
    }

    @Test func letsARecordReplaceATombstoneAndNeverTheReverse() throws {
        let records = Record.numbered(Observation.invocation("r1"))
        var model = Model()
        model.apply(contentsOf: records[..<2])
        model.apply(self.tombstone(3, through: records.count))
        model.apply(contentsOf: records[2...])
        #expect(model.totals.dropped == 0)
        #expect(try model.requireInvocation("r1").state == .finished(.success))
        model.apply(self.tombstone(1, through: records.count))
        #expect(model.totals.dropped == 0)
    }

    @Test func survivesATombstoneOfAbsurdExtent() {
        var model = Model()
        model.apply(self.tombstone(1, through: .max))
        model.apply(self.tombstone(.max, through: .max))
        #expect(model.totals.dropped > 0)
    }

    @Test func countsLossesThatNobodyNumbered() {
        let payload = #"{"count":7,"reason":"queue","sink":"interceptor"}"#
        let model = folded([
            .make(.dropped, nil, at: 0, payload), .make(.logsDropped, nil, at: 1, #"{"droppedRecords":3}"#),
        ])
        #expect(model.totals.dropped == 10)
    }

    @Test func keepsOnlySummariesOfWhatFinishedLongAgo() throws {
        var limits = Model.Limits()
        limits.finishedDetails = 5
        let observations = (0..<50).flatMap { Observation.invocation("r\($0)", at: Double($0) * 1000) }
        let bounded = folded(observations, limits: limits)
        let full = folded(observations)
        #expect(bounded.summaries == full.summaries)
        #expect(bounded.totals == full.totals)
        #expect(bounded.detailed.count == 5)
        #expect(bounded.invocation(id("r3")) == nil)
        #expect(bounded.invocation(id("r49")) != nil)
    }

    @Test func keepsInvocationsInFlightWhateverTheLimit() throws {
        var limits = Model.Limits()
        limits.finishedDetails = 1
        limits.detailBytes = 10
        let open = (0..<20).map { Observation.start("open\($0)").in("E\($0)") }
        let model = folded(open + Observation.invocation("r1") + Observation.invocation("r2", at: 900), limits: limits)
        #expect(model.detailed.filter(\.state.isInFlight).count == 20)
    }

    @Test func foldsTheDetailOfOneInvocationAgain() throws {
        let observations =
            Observation.initialization + Observation.invocation("r1") + Observation.invocation("r2", at: 900)
        let records = Record.numbered(observations)
        let model = folded(observations)
        let whole = try model.requireInvocation("r2")
        let own = records.filter { $0.requestID == "r2" }
        let again = try #require(Invocation.fold(id("r2"), from: own, summary: model.summary(id("r2"))))
        #expect(again == whole)
    }

    @Test func putsAFoldedDetailBackInItsPlace() throws {
        var limits = Model.Limits()
        limits.finishedDetails = 2
        let observations = (0..<4).flatMap { Observation.invocation("r\($0)", at: Double($0) * 1000) }
        var model = folded(observations, limits: limits)
        let summary = try #require(model.summary(id("r0")))
        let records = Record.numbered(observations).filter { $0.requestID == "r0" }
        model.keep(try #require(Invocation.fold(id("r0"), from: records, summary: summary)))
        #expect(model.summary(id("r0")) == summary)
        #expect(try model.requireInvocation("r0").calls.count == 1)
        #expect(model.totals == folded(observations).totals)
    }

    @Test func opensWithSummariesAlone() {
        let observations =
            Observation.initialization + (0..<9).flatMap { Observation.invocation("r\($0)", at: Double($0)) }
        let recorded = folded(observations)
        var model = Model()
        for row in recorded.rows(in: 0..<recorded.rowCount) {
            switch row {
            case .invocation(let summary): model.insert(summary)
            case .lifecycle(let event): model.insert(event)
            }
        }
        #expect(model.rows(in: 0..<model.rowCount) == recorded.rows(in: 0..<recorded.rowCount))
        #expect(model.totals.invocations == 9)
        #expect(model.currentTotals.p95 == recorded.currentTotals.p95)
        #expect(model.index(of: .initialization(id(nil))) == recorded.index(of: .initialization(id(nil))))
    }

    @Test func patchesASummaryWhoseDetailIsGone() throws {
        var limits = Model.Limits()
        limits.finishedDetails = 1
        let observations: [Observation] =
            [.start("r1"), .runtimeDone("r1")] + Observation.invocation("r2", at: 900)
            + [.report("r1", "timeout", at: 2000, durationMs: 3000)]
        var model = Model(limits: limits)
        let changes = Record.numbered(observations).map { model.apply($0) }
        #expect(changes.last?.isPartial == true)
        #expect(model.summary(id("r1"))?.state == .finished(.timeout))
        #expect(model.summary(id("r1"))?.duration == 3000)
        #expect(model.totals.failed == 1)
    }

    @Test func saysWhichRowARecordChanged() {
        var model = Model()
        let changes = Record.numbered(Observation.invocation("r1")).map { model.apply($0) }
        #expect(changes.allSatisfy { $0.row == .invocation(id("r1")) })
        #expect(changes.filter(\.isNewRow).count == 1)
        #expect(changes.compactMap(\.finished).count == 2)
    }

    @Test func showsTheLagOfTheLastRecord() {
        let model = folded(Observation.invocation("r1"))
        #expect(model.totals.lag == 2)
        #expect(model.totals.lastRecordTime == .test(187))
        #expect(model.totals.functions == ["orders"])
    }
}
