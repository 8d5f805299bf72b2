import LmonModel
import LmonRecord
import LmonTestSupport
import LmonUI
import Testing

@testable import LmonSession

/// The lists of a session of which the model has only the end.
@Suite struct SessionListsTests {
    private static let filters = [
        "status>=500", "duration>100ms", "users ada", "not status=404", "level>=error", "message~broken",
        "requestId=r17",
        "error", "calls=2 or status=404", "host~api and status=404", "/r1[0-9]/", "timeout or cold", "memory>80",
        "done", "ada", "/users.[0-9]/ or broken", "TypeError", "502",
    ]

    private static func filled(_ seed: UInt64, count: Int = 150, kept: Int = 20) throws -> (ListRig, [Record]) {
        var random = SeededGenerator(seed: seed)
        let rig = try ListRig(kept: kept)
        let records = Record.numbered(ListRig.observations(&random, from: 0, count: count))
        var rest = records[...]
        while !rest.isEmpty {
            rig.take(Array(rest.prefix(37)))
            rest = rest.dropFirst(37)
        }
        return (rig, records)
    }

    @Test func allRowsAreThereAlsoThoseTheModelHasNot() throws {
        let (rig, _) = try Self.filled(1)
        #expect(rig.journal.model.archivedCount > 80)
        #expect(rig.journal.model.liveCount < 40)
        #expect(Set(rig.ids()) == Set(rig.whole.rows(in: 0..<rig.whole.rowCount).map(\.id)))
    }

    /// In the model or in the archive: they are those above it in the list.
    @Test func runsBeforeAnInvocationAreFoundWhereverTheyLie() throws {
        let (rig, _) = try Self.filled(3)
        let whole = rig.whole
        func function(_ id: InvocationID) -> String? { whole.summary(id)?.function }
        let ids = rig.ids().compactMap { row -> InvocationID? in
            guard case .invocation(let id) = row else { return nil }
            return id
        }
        for index in [0, 10, ids.count / 2, ids.count - 1] {
            let name = try #require(function(ids[index]))
            let expected = ids[..<index].reversed().filter { function($0) == name }
            let all = rig.lists.runs(of: name, before: ids[index], rig.journal.model, count: 1_000, rows: 10_000)
            #expect(all == expected)
            let some = rig.lists.runs(of: name, before: ids[index], rig.journal.model, count: 3, rows: 10_000)
            #expect(some == Array(expected.prefix(3)))
        }
    }

    /// Whatever is asked, and however the records came, it is what asking the whole gives.
    @Test(arguments: Self.filters)
    func aFilterLetsThroughWhatTheWholeSays(text: String) throws {
        let (rig, _) = try Self.filled(UInt64(text.utf8.count))
        // Few as they are, they are to be looked for as many would be.
        rig.lists.few = 0
        let filter = try Filter(text)
        var sight = Sight()
        sight.filter = filter
        rig.look(sight)
        #expect(Set(rig.ids()) == Set(rig.expected(filter)))
        #expect(rig.lists.progress == nil)
    }

    /// While records come and rows go to the archive, the filter keeps up.
    @Test(arguments: Self.filters)
    func aFilterKeepsUp(text: String) throws {
        var random = SeededGenerator(seed: 77)
        let (rig, before) = try Self.filled(5, count: 60)
        let filter = try Filter(text)
        var sight = Sight()
        sight.filter = filter
        rig.look(sight)
        let after = Record.numbered(
            ListRig.observations(&random, from: 60, count: 100).map { $0.in("01KAR0000000000000000000F1") }
        )
        for start in stride(from: 0, to: after.count, by: 50) {
            rig.take(Array(after[start..<min(start + 50, after.count)]))
            rig.settle()
        }
        #expect(before.count > 400)
        #expect(Set(rig.ids()) == Set(rig.expected(filter)))
    }

    @Test func callsAndLogsOfTheWholeSessionAreWindows() throws {
        let (rig, records) = try Self.filled(3, count: 400)
        let calls = rig.rows(.calls).compactMap { row -> String? in
            guard case .call(let call) = row else { return nil }
            return call.call.id
        }
        #expect(calls == records.filter { $0.type == .httpRequest }.compactMap(\.callID))
        let logs = rig.rows(.logs).compactMap { row -> LogRow.ID? in
            guard case .log(let log) = row else { return nil }
            return log.id
        }
        #expect(logs.count == records.filter { $0.type == .function }.count)
        #expect(Set(logs).count == logs.count)
        #expect(logs.allSatisfy { $0.index < 2 })
    }

    /// Nothing comes any more that would have them counted.
    @Test func whatWasNotWrittenWhenAnotherListWasLookedAtIsThereWhenItsOwnIs() throws {
        let rig = try ListRig()
        var random = SeededGenerator(seed: 3)
        rig.take(Record.numbered(ListRig.observations(&random, from: 0, count: 12)))
        _ = rig.lists.counts(rig.journal.model)
        // Or is due to be counted, for a view that asks for no rows where it knows of none.
        #expect(rig.lists.isStale)
        _ = rig.lists.rows(.calls, in: 0..<0, rig.journal.model)
        let calls = rig.whole.detailed.flatMap(\.calls)
        #expect(!calls.isEmpty)
        #expect(rig.lists.counts(rig.journal.model).calls == calls.count)
    }

    @Test(arguments: ["status>=500", "not status=404", "method=GET", "users", "level>=error"])
    func callsAndLogsAreFilteredEachByItself(text: String) throws {
        let (rig, _) = try Self.filled(9)
        let filter = try Filter(text)
        var sight = Sight()
        sight.filter = filter
        rig.look(sight)
        let calls = Set(rig.rows(.calls).map(\.key))
        let logs = Set(rig.rows(.logs).map(\.key))
        var expectedCalls: Set<Row.Key> = []
        var expectedLogs: Set<Row.Key> = []
        for invocation in rig.whole.detailed {
            for call in invocation.calls where filter.matches(call, function: "orders", in: invocation) {
                expectedCalls.insert(.call(CallRow.ID(invocation: invocation.id, call: call.id)))
            }
            for (index, line) in invocation.logs.enumerated()
            where filter.matches(line, id: invocation.id, function: "orders", in: invocation) {
                expectedLogs.insert(.log(LogRow.ID(invocation: invocation.id, index: index)))
            }
        }
        #expect(calls == expectedCalls)
        #expect(logs == expectedLogs)
    }

    @Test func sinceLeavesOutWhatWasBefore() throws {
        let (rig, _) = try Self.filled(4)
        var sight = Sight()
        sight.since = .test(400 * 30)
        rig.look(sight)
        let expected = rig.whole.rows(in: 0..<rig.whole.rowCount).filter { $0.time >= .test(400 * 30) }
        #expect(Set(rig.ids()) == Set(expected.map(\.id)))
        rig.look(Sight())
        #expect(rig.ids().count == rig.whole.rowCount)
    }

    @Test func onlyMarkedOnes() throws {
        let (rig, _) = try Self.filled(4)
        let all = rig.ids()
        var sight = Sight()
        sight.marked = [all[3], all[70], all[all.count - 1]]
        rig.look(sight)
        #expect(rig.ids() == [all[3], all[70], all[all.count - 1]])
        #expect(rig.lists.counts(rig.journal.model).logs > 100)
    }

    @Test(arguments: [RowSort.duration, .function, .calls], [false, true])
    func sortedRowsStandInOrder(sort: RowSort, isReversed: Bool) throws {
        var random = SeededGenerator(seed: 8)
        let (rig, _) = try Self.filled(6)
        var sight = Sight()
        sight.sort = sort
        sight.isReversed = isReversed
        rig.look(sight)
        func keys() -> [String] { rig.rows().map { Self.key($0, sort) } }
        #expect(keys() == (isReversed ? keys().sorted(by: >) : keys().sorted()))
        rig.take(
            Record.numbered(ListRig.observations(&random, from: 150, count: 90).map { $0.in("E7").of("a-new-one") })
        )
        rig.settle()
        #expect(keys() == (isReversed ? keys().sorted(by: >) : keys().sorted()))
        #expect(rig.ids().count == rig.whole.rowCount)
        for (index, id) in rig.ids().enumerated() where index % 11 == 0 {
            #expect(rig.find(.invocations, .row(.list(id)), from: 0)?.index == index)
        }
    }

    private static func key(_ row: Row, _ sort: RowSort) -> String {
        guard case .list(let row) = row else { return "" }
        func padded(_ number: Double) -> String { String(20_000_000 + Int(number * 10)) }
        switch (sort, row) {
        case (.function, _): return row.function
        case (.duration, .invocation(let summary)): return padded(summary.duration ?? -1)
        case (.calls, .invocation(let summary)): return padded(Double(summary.calls))
        case (.calls, .lifecycle): return padded(0)
        default: return padded(-1)
        }
    }

    @Test(arguments: ["users", "503", "broken", "nothing like it"])
    func whatIsLookedForIsFoundInAllOfIt(text: String) throws {
        let (rig, _) = try Self.filled(12)
        let search = Search(text)
        let ids = rig.ids()
        let expected = ids.indices.filter { index in
            guard let row = rig.whole.row(ids[index]) else { return false }
            if search.matches(row) { return true }
            guard case .invocation(let summary) = row else { return false }
            return rig.whole.invocation(summary.id).map { search.matches($0) } ?? false
        }
        var from = -1
        var found: [Int] = []
        for _ in expected {
            guard let next = rig.find(.invocations, .text(text), from: from) else { break }
            #expect(next.total == expected.count)
            #expect(next.ordinal == found.count + 1)
            found.append(next.index)
            from = next.index
        }
        #expect(found == expected)
        #expect(rig.find(.invocations, .text(text), from: ids.count)?.index == expected.first)
        #expect(
            rig.find(.invocations, .text(text), from: 0, forward: false)?.index == expected.last { $0 < 0 }
                ?? expected.last
        )
    }

    @Test func theNextErrorIsFoundInEachList() throws {
        let (rig, _) = try Self.filled(13)
        let ids = rig.ids()
        let failed = ids.indices.filter { rig.whole.row(ids[$0])?.isFailed == true }
        #expect(rig.find(.invocations, .failed, from: -1)?.total ?? 0 == failed.count)
        for view in [ListView.calls, .logs] {
            let rows = rig.rows(view)
            let expected = rows.indices.filter { index in
                switch rows[index] {
                case .call(let call): call.call.isFailed
                case .log(let log): (log.line.level ?? .info) >= .error
                case .environment(let status): status.isFailed
                case .list: false
                }
            }
            let found = rig.find(view, .failed, from: 0)
            #expect(found?.index == expected.first { $0 > 0 } ?? expected.first)
            #expect(found?.total == expected.count)
            let key = rows[expected[1]].key
            #expect(rig.find(view, .row(key), from: 0)?.index == expected[1])
        }
    }

    @Test func aNewSightEndsTheOneBefore() throws {
        let (rig, _) = try Self.filled(14)
        var sight = Sight()
        sight.filter = try Filter("users")
        rig.lists.look(sight, rig.journal.model)
        sight.filter = try Filter("requestId=r20")
        rig.look(sight)
        #expect(rig.ids() == [rig.expected(try Filter("requestId=r20"))].flatMap { $0 })
    }

    @Test func whatItKeepsDoesNotGrow() throws {
        let rig = try ListRig(kept: 20)
        for round in 0..<30 {
            let observations = (0..<20).flatMap {
                Observation.invocation("r\(round)-\($0)", at: Double(round * 20 + $0) * 400)
            }
            rig.journal.take(Record.numbered(observations.map { $0.in("E\(round)") }))
            _ = rig.journal.archive()
            #expect(rig.journal.model.liveCount <= 46)
        }
        #expect(rig.journal.model.rowCount == 600)
    }
}
