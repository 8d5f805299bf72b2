import Foundation
import LmonModel
import LmonRecord
import LmonStore
import LmonTestSupport
import LmonUI
import Testing

@testable import LmonSession

/// From the first record to a file that opens at once.
@Suite(.exclusive) struct JournalTests {
    private let path = FileManager.default.temporaryDirectory.path + "/lmon-journal-\(UUID().uuidString).lmon"

    private var records: [Record] {
        Record.numbered((0..<120).flatMap { Observation.invocation("r\($0)", at: Double($0) * 400) })
    }

    private func reopened() throws -> (SessionStore, SessionLists) {
        let store = try SessionStore.open(self.path)
        return (store, SessionLists(store, isWhole: true) {})
    }

    @Test func aConcludedSessionHasAllItsRows() throws {
        defer { unlink(self.path) }
        let store = try SessionStore.create(at: self.path, source: "x", startedAt: .testOrigin)
        let journal = Journal(store: store, keepsRecords: true, kept: 20, surplus: 5)
        for start in stride(from: 0, to: self.records.count, by: 50) {
            journal.take(Array(self.records[start..<min(start + 50, self.records.count)]))
            _ = journal.archive()
        }
        journal.conclude()
        store.close()
        var (reading, lists) = try self.reopened()
        #expect(try reading.concluded == journal.model.currentTotals)
        let model = Model()
        #expect(lists.counts(model) == RowCounts(invocations: 120, calls: 120, logs: 120))
        #expect(lists.rows(.invocations, in: 0..<120, model).count == 120)
        #expect(
            lists.stored(InvocationID(environment: Observation.testEnvironment, requestID: "r5"), nil)?.calls.count == 1
        )
    }

    /// Records that reached the store on another way, some of them after the view had gone.
    @Test(arguments: [0, 300, 960])
    func whatNobodyFoldedIsFoldedAtTheEnd(folded: Int) throws {
        defer { unlink(self.path) }
        let store = try SessionStore.create(at: self.path, source: "x", startedAt: .testOrigin)
        let journal = Journal(store: store, keepsRecords: false, kept: 20, surplus: 5)
        store.append(self.records)
        journal.take(Array(self.records.prefix(folded)))
        _ = journal.archive()
        journal.conclude()
        store.close()
        #expect(try self.reopened().0.concluded?.records == self.records.count)
        #expect(try self.reopened().0.committed.rowCount == 120)
    }

    /// Of what a view was too slow for, it knows nothing: then the rows are not all.
    @Test func whatWasMissedIsNotTakenForWhole() throws {
        defer { unlink(self.path) }
        let store = try SessionStore.create(at: self.path, source: "x", startedAt: .testOrigin)
        let journal = Journal(store: store, keepsRecords: true, kept: 20, surplus: 5)
        journal.take(Array(self.records.prefix(40)))
        store.append(Array(self.records.dropFirst(40)))
        journal.conclude()
        store.close()
        #expect(try SessionStore.open(self.path).concluded == nil)
    }
}
