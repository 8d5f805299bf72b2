import Dispatch
import LmonModel
import LmonRecord
import LmonStore
import LmonTestSupport
import LmonUI

@testable import LmonSession

/// A session whose model keeps little, beside a model that keeps all.
final class ListRig {
    let store: SessionStore
    let journal: Journal
    var lists: SessionLists
    var whole: Model
    private let woken = DispatchSemaphore(value: 0)

    init(kept: Int = 20) throws {
        self.store = try SessionStore.temporary(source: "test", startedAt: .testOrigin)
        self.journal = Journal(store: self.store, keepsRecords: true, kept: kept, surplus: 5, details: 6)
        let woken = self.woken
        self.lists = SessionLists(self.store, isWhole: false) { woken.signal() }
        var limits = Model.Limits()
        limits.finishedDetails = .max
        limits.detailBytes = .max
        limits.keepsFacts = true
        self.whole = Model(limits: limits)
    }

    deinit { self.store.close() }

    func take(_ records: [Record]) {
        self.whole.apply(contentsOf: records)
        let changes = self.journal.take(records)
        self.lists.changed(changes.rows, self.journal.model)
        self.lists.archived(self.journal.archive(), self.journal.model)
    }

    /// Lets everything come to its end that goes on behind; returns what was found.
    @discardableResult
    func settle() -> UIMessage? {
        var answer: UIMessage?
        while true {
            _ = self.lists.collect(self.journal.model)
            if let found = self.lists.foundLater(self.journal.model) { answer = found }
            while self.lists.hasUndecided { self.lists.decideNext(self.journal.model) }
            guard self.lists.isBusy else { return answer }
            self.woken.wait()
        }
    }

    func look(_ sight: Sight) {
        self.lists.look(sight, self.journal.model)
        self.settle()
    }

    func rows(_ view: ListView = .invocations) -> [Row] {
        self.store.flush()
        _ = self.lists.rows(view, in: 0..<0, self.journal.model)
        let count = self.lists.counts(self.journal.model)[view]
        let rows = self.lists.rows(view, in: 0..<count, self.journal.model)
        precondition(rows.count == count, "\(rows.count) of \(count) rows")
        return rows
    }

    func ids() -> [RowID] {
        self.rows().compactMap { row in
            guard case .list(let row) = row else { return nil }
            return row.id
        }
    }

    func find(_ view: ListView, _ query: UIQuery, from: Int, forward: Bool = true) -> UIMessage.Found? {
        let answer = self.lists.find(view, query, from: from, forward: forward, self.journal.model) ?? self.settle()
        guard case .found(_, _, let found)? = answer else { return nil }
        return found
    }

    /// What a filter of the model that keeps all lets through, in the order of time.
    func expected(_ filter: Filter) -> [RowID] {
        self.whole.rows(in: 0..<self.whole.rowCount).filter { row in
            switch row {
            case .invocation(let summary): self.whole.invocation(summary.id).map { filter.matches($0) } ?? false
            case .lifecycle(let event):
                filter.matches(event, detail: event.detail.flatMap { self.whole.invocation($0) })
            }
        }.map(\.id)
    }

    static func observations(_ random: inout SeededGenerator, from first: Int, count: Int) -> [Observation] {
        var observations: [Observation] = []
        for number in first..<first + count {
            let time = Double(number) * 400
            let environment = "01KAR0000000000000000000E\(random.int(0..<3))"
            var own = Observation.invocation("r\(number)", at: time)
            if random.int(0..<3) == 0 {
                let id = "x\(number)"
                let status = [200, 404, 503][random.int(0..<3)]
                own.insert(contentsOf: Observation.call(id, in: "r\(number)", status: status, at: time + 70), at: 2)
            }
            if random.int(0..<6) == 0 {
                own.append(
                    .log("r\(number)", "2026-11-23T10:00:00.000Z\tr\(number)\tERROR\tbroken \(number)", at: time + 90)
                )
            }
            if random.int(0..<8) == 0 { own.removeAll { $0.type == .runtimeDone || $0.type == .report } }
            observations += own.map { $0.in(environment) }
            if random.int(0..<40) == 0 { observations.append(.shutdown("timeout", at: time + 300).in(environment)) }
        }
        return observations
    }
}
