import LmonRecord

/// The fold of every record seen so far: rows oldest first, invocations in detail, environments, totals.
///
/// Pure and deterministic. Any split of a stream into batches gives the same model; the `platform.*` and `http.*` records
/// of one invocation may come in any order and give the same invocation. A record that was seen is ignored, by
/// `(environment, sequence)`; one that fills a tombstone counts. Details are kept of every invocation in flight and of the
/// last finished ones (`Limits`); of the others the summary stays, and `Invocation.fold` makes the detail again.
package struct Model: Sendable {
    /// What bounds the memory of a model.
    package struct Limits: Hashable, Sendable {
        /// Finished invocations kept in detail: those that finished, or were opened, last.
        package var finishedDetails = 300
        /// Bytes of bodies, log lines and unknown payloads in them.
        package var detailBytes = 24 << 20
        /// Calls, and log lines, of one invocation; more are counted.
        package var itemsPerInvocation = 10_000
        /// Rows for deliveries, drops and unknown records that belong to no invocation; more are counted.
        package var events = 10_000
        /// Environments without a row that are kept; of more, those that are gone longest are let go.
        package var environments = 512
        /// Whether facts are kept of rows whose detail was let go, for `archive`.
        package var keepsFacts = false

        /// Whether numbers over all invocations are kept: not where a model folds but one.
        package var sumsUp = true

        package init() {}

        /// For all that is known of a few invocations, whose records are at hand.
        static let few: Limits = {
            var limits = Limits()
            limits.finishedDetails = .max
            limits.detailBytes = .max
            limits.sumsUp = false
            return limits
        }()
    }

    /// To fold a few invocations, whose records are at hand, whole.
    package static let ofFew = Model(limits: .few)

    package let limits: Limits
    package internal(set) var totals = SessionTotals()
    /// Durations of all finished invocations.
    package internal(set) var durations = DurationHistogram()
    /// What the invocations and calls that are over come to.
    package internal(set) var statistics = Statistics()

    var slots: [Slot] = []
    var slotIndex: [SlotKey: Int32] = [:]
    var details: [Invocation] = []
    var freeDetails: [Int32] = []
    /// Finished slots with a detail, the one to go first in front.
    var recency: [Int32] = []
    var detailCost = 0

    var environments: [EnvironmentFold] = []
    var environmentIndex: [String: Int] = [:]
    var lastEnvironment = -1

    var events: [EventSlot] = []
    var eventIndex: [RowID: Int32] = [:]
    /// Rows of initialisations whose detail was let go.
    var settledInitializations: [Int32: LifecycleEvent] = [:]
    var rows = RowOrder()

    /// How many rows `archive` has taken away; they stand before all others.
    package internal(set) var archivedCount = 0
    var archivedNames = ArchivedNames()
    /// Of finished slots whose detail was let go.
    var settledFacts: [Int32: RowFacts] = [:]
    var freeSlots: [Int32] = []
    var freeEvents: [Int32] = []
    var freeEnvironments: [Int] = []
    var nextEnvironment = 0
    var retired = RetiredEnvironments()
    var lastObserved: Timestamp?

    package init(limits: Limits = Limits()) {
        self.limits = limits
    }
}

extension Model {
    /// One invocation's place: its detail while that is kept, else its summary.
    struct Slot: Sendable {
        let id: InvocationID
        let environment: Int32
        var detail: Int32
        /// Set when the detail is let go.
        var summary: InvocationSummary?
        /// The slot of the attempt before this one.
        var previousAttempt: Int32
        var rowTime: Timestamp
        var rowOrdinal: UInt32
        /// What it adds to the totals.
        var counted = Counted()
        var cost = 0
        var isQueued = false
    }

    struct EventSlot: Sendable {
        var event: LifecycleEvent
        var ordinal: UInt32
    }

    typealias Counted = InvocationTally

    struct SlotKey: Hashable, Sendable {
        let environment: Int32
        let requestID: String?
    }
}

/// What one record changed.
package struct ModelChange: Hashable, Sendable {
    /// The row to look at again; nil if none changed.
    package var row: RowID?
    package var isNewRow = false
    /// An invocation that is over, and whose summary is new or another than before.
    package var finished: InvocationID?
    /// The record was seen before and changed nothing.
    package var isDuplicate = false
    /// The detail of this invocation was let go, so the record is in its summary only; `Invocation.fold` knows all.
    package var isPartial = false

    package init() {}
}

/// What a batch of records changed.
package struct ModelChanges: Hashable, Sendable {
    package var rows: Set<RowID> = []
    package var newRows = 0
    package var finished: Set<InvocationID> = []
    package var duplicates = 0
    private var lastRow: RowID?
    private var lastFinished: InvocationID?

    package init() {}

    package mutating func add(_ change: ModelChange) {
        // Records of one invocation come in runs.
        if let row = change.row, row != self.lastRow {
            self.rows.insert(row)
            self.lastRow = row
        }
        if let finished = change.finished, finished != self.lastFinished {
            self.finished.insert(finished)
            self.lastFinished = finished
        }
        if change.isNewRow { self.newRows += 1 }
        if change.isDuplicate { self.duplicates += 1 }
    }
}
