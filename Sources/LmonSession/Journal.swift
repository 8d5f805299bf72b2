package import LmonModel
package import LmonRecord
package import LmonStore

/// A model and the session that its rows go to: what joins both, so that the model stays small and no row is lost.
///
/// Confined to one thread at a time: whoever hands it on stops using it, which is why it may cross between threads.
package final class Journal: @unchecked Sendable {
    package private(set) var model: Model
    private let store: SessionStore?
    /// The store is filled from here; else records reach it on another way.
    private let keepsRecords: Bool
    /// Nobody needs the rows: they are in the session already.
    private let isReplay: Bool
    private let kept: Int
    private var hasTaken = false
    /// Of the last record that `catchUp` read.
    private var cursor: Int64 = 0

    /// Rows that stay in the model, and how many more may gather before they go.
    package static let kept = 2_000
    private let surplus: Int

    package init(
        store: SessionStore?,
        keepsRecords: Bool,
        isReplay: Bool = false,
        kept: Int = Journal.kept,
        surplus: Int = 500,
        details: Int = Model.Limits().finishedDetails
    ) {
        var limits = Model.Limits()
        limits.keepsFacts = !isReplay
        limits.finishedDetails = details
        self.model = Model(limits: limits)
        self.store = store
        self.keepsRecords = keepsRecords
        self.isReplay = isReplay
        self.kept = kept
        self.surplus = surplus
    }

    /// Folds records and keeps them.
    @discardableResult
    package func take(_ records: [Record]) -> ModelChanges {
        self.hasTaken = true
        if self.keepsRecords { self.store?.append(records) }
        return self.model.apply(contentsOf: records)
    }

    /// Hands rows that will not change any more to the store, if there are enough of them; returns them.
    package func archive() -> [ArchivedRow] {
        guard self.store != nil || self.isReplay, self.model.liveCount > self.kept + self.surplus else { return [] }
        let rows = self.model.archive(keeping: self.kept)
        if !self.isReplay { self.store?.append(rows: rows) }
        return rows
    }

    /// Folds what the store holds and did not come this way, then hands over all rows that are left and what the session
    /// came to. Call it once, after the last record and before the store is closed.
    package func conclude() {
        guard let store, !self.isReplay else { return }
        if !self.keepsRecords { self.catchUp(store) }
        store.flush()
        // Rows of what was never folded would be missing.
        guard store.failure == nil, self.model.totals.records >= store.count else { return }
        store.append(rows: self.model.remainingRows)
        store.conclude(totals: self.model.currentTotals)
    }

    /// Folds what the store has and the model has not: a record that was folded already is passed over.
    package func catchUp(_ store: SessionStore) {
        var cursor = self.hasTaken ? Int64(max(0, self.model.totals.records - Self.overlap)) : self.cursor
        while let page = try? store.records(after: cursor, limit: 5_000), let last = page.last {
            cursor = last.cursor
            self.cursor = cursor
            self.model.apply(contentsOf: page.map(\.record))
            _ = self.archive()
        }
    }

    /// Records that may have reached store and model in another order.
    private static let overlap = 20_000
}
