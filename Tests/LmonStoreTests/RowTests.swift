import Foundation
import LmonModel
import LmonRecord
import LmonTestSupport
import Testing

@testable import LmonStore

/// Rows, calls and log lines by their positions.
@Suite(.exclusive) struct RowTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        self.folder = try TemporaryFolder()
        self.path = self.folder.file("s.lmon")
    }

    /// A session of a few hundred invocations, with all that a row can be.
    private var records: [Record] {
        var observations = Observation.initialization
        for number in 0..<300 {
            observations += Observation.invocation("r\(number)", at: Double(number) * 400)
            if number % 7 == 0 {
                observations += Observation.call("x\(number)", in: "r\(number)", status: 502, at: Double(number) * 400)
            }
        }
        observations.append(.failedEnd("x7", in: "r7"))
        observations.append(.shutdown("timeout", at: 200_000))
        return Record.numbered(observations)
    }

    private func model() -> (model: Model, archived: [ArchivedRow]) {
        var limits = Model.Limits()
        limits.finishedDetails = 10
        limits.keepsFacts = true
        var model = Model(limits: limits)
        model.apply(contentsOf: self.records)
        let archived = model.archive(keeping: 50)
        return (model, archived)
    }

    private func write(concludes: Bool = true) throws -> (SessionStore, [ArchivedRow], SessionTotals) {
        let store = try SessionStore.create(at: self.path, source: "x", startedAt: start)
        store.append(self.records)
        let (model, archived) = self.model()
        store.append(rows: archived)
        let rest = model.remainingRows
        store.append(rows: rest)
        if concludes { store.conclude(totals: model.currentTotals) }
        return (store, archived + rest, model.currentTotals)
    }

    @Test func rowsComeBackAsTheyWere() throws {
        let (store, rows, totals) = try self.write()
        store.close()
        let reading = try SessionStore.open(self.path)
        #expect(try reading.concluded == totals)
        let committed = reading.committed
        #expect(try committed.rowCount == rows.count)
        #expect(try committed.archivedRows(in: 0..<rows.count).reversed().map(\.row) == rows.map(\.kept))
        #expect(try committed.rows(in: 17..<40).map(\.row) == rows[17..<40].map(\.row))
        #expect(try committed.rows(in: 290..<999).map(\.position) == Array(290..<rows.count))
    }

    /// What an agent keeps of invocations stands in the header of a recorded session, too.
    @Test func theShareThatWasKeptComesBack() throws {
        let store = try SessionStore.create(at: self.path, source: "x", startedAt: start)
        var totals = SessionTotals()
        totals.invocations = 3
        totals.sample = 0.05
        store.append(self.records)
        store.conclude(totals: totals)
        store.close()
        #expect(try SessionStore.open(self.path).concluded == totals)
    }

    @Test func aRowIsFoundByItsName() throws {
        let (store, rows, _) = try self.write()
        store.close()
        let committed = try SessionStore.open(self.path).committed
        for index in [0, 1, 77, rows.count - 1] {
            #expect(try committed.position(of: rows[index].row.id) == index)
        }
        #expect(try committed.position(of: .event(environment: "none", sequence: 1)) == nil)
        #expect(try committed.positions(requestID: "R42").count == 1)
        let failed = rows.indices.filter { rows[$0].row.isFailed }.map { Int32($0) }
        #expect(try committed.failedPositions == failed)
    }

    @Test func callsAndLogsAreCountedThrough() throws {
        let (store, _, _) = try self.write()
        store.close()
        let committed = try SessionStore.open(self.path).committed
        let calls = self.records.filter { $0.type == .httpRequest }
        let logs = self.records.filter { $0.type == .function }
        #expect(try committed.callCount == calls.count)
        #expect(try committed.logCount == logs.count)
        #expect(try committed.records(of: .calls, in: 300..<310).map(\.record) == Array(calls[300..<310]))
        #expect(try committed.records(of: .logs, in: 0..<3).map(\.record) == Array(logs[0..<3]))
    }

    @Test func positionsAreSorted() throws {
        let (store, rows, _) = try self.write()
        store.close()
        let committed = try SessionStore.open(self.path).committed
        let byCalls = try committed.sorted(by: .calls).positions.map { rows[Int($0)].row.calls }
        #expect(byCalls == byCalls.sorted())
        #expect(try committed.sorted(by: .duration).positions.count == rows.count)
    }

    /// Killed before its end: what is there is there, and nobody takes it for all.
    @Test func aSessionThatDidNotEndIsNotTakenForWhole() throws {
        let (store, _, _) = try self.write(concludes: false)
        store.flush()
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: self.path + suffix, toPath: self.folder.file("copy.lmon\(suffix)"))
        }
        let copy = try SessionStore.open(self.folder.file("copy.lmon"))
        #expect(try copy.concluded == nil)
        #expect(try copy.records(after: 0, limit: 9_999).count == self.records.count)
        store.close()
    }

    @Test func aFileOfTheFirstFormatStillOpens() throws {
        let (store, _, _) = try self.write()
        store.close()
        let old = try SessionStore.firstFormat(at: self.folder.file("old.lmon"), self.records)
        #expect(try old.concluded == nil)
        #expect(try old.records(after: 0, limit: 9_999).map(\.record) == self.records)
        #expect(try old.records(request: "r5").count == 9)
    }

    @Test(arguments: ["wanted", "WaNteD", "qqqqqq", "nowhere"])
    func aScanFindsTheLinesThatContainIt(text: String) throws {
        let store = try SessionStore.create(at: self.path, source: "x", startedAt: start)
        let records = (1...200).map { number in
            let words = number % 9 == 0 ? "this is WaNteD \(number)" : String(repeating: "q", count: number)
            return record(number, request: "r\(number % 50)", payload: "\"\(words)\"")
        }
        store.append(records)
        store.flush()
        let prefilter = try #require(try Filter("message~\(text)").prefilter)
        var lines: [[UInt8]] = []
        var requests: Set<Int64> = []
        try store.another().scan(1..<1000, for: prefilter) { request, line in
            lines.append(Array(line))
            requests.insert(request)
        }
        let expected = records.filter { prefilter.isHit($0.line) }
        #expect(lines == expected.reversed().map(\.line), "newest first")
        #expect(requests.count == Set(expected.compactMap(\.requestID)).count)
        #expect(expected.isEmpty == (text == "nowhere"))
        store.close()
    }

    @Test func aTemporarySessionLeavesNothing() throws {
        let store = try SessionStore.temporary(source: "x", startedAt: start)
        store.append(self.records)
        #expect(try store.records(request: "r5").count == 9)
        let path = try #require(store.path)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        store.close()
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(!FileManager.default.fileExists(atPath: path + "-wal"))
    }
}

extension ListRow {
    fileprivate var calls: Int {
        guard case .invocation(let summary) = self else { return 0 }
        return summary.calls
    }
}

extension ArchivedRow {
    /// As a file keeps it: without what only the fold needs.
    fileprivate var kept: ArchivedRow {
        var facts = self.facts
        for index in facts.calls.indices {
            facts.calls[index].error?.message = nil
            let isReused = facts.calls[index].connection?.isReused
            facts.calls[index].connection = isReused.map { isReused in
                var connection = Call.Connection()
                connection.isReused = isReused
                return connection
            }
            let timings = facts.calls[index].timings
            facts.calls[index].timings = Call.Timings()
            facts.calls[index].timings.firstByte = timings.firstByte
            facts.calls[index].timings.end = timings.end
        }
        return ArchivedRow(self.row, facts)
    }
}
