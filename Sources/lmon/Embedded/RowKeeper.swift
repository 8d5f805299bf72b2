import Dispatch
import LmonAgent
import LmonRecord
import LmonSession
import LmonStore
import Synchronization

/// Sees to it that a session that is recorded gets its rows: folds what the store has now and then, unless a view does.
final class RowKeeper: RecordSink {
    private struct State {
        var isLent = false
        var records = 0
    }

    private let journal: Journal
    private let store: SessionStore
    private let queue = DispatchQueue(label: "lmon.rows", qos: .utility)
    private let state = Mutex(State())

    /// So many records are worth to be folded.
    private static let portion = 20_000

    init(_ store: SessionStore) {
        self.store = store
        self.journal = Journal(store: store, keepsRecords: false)
    }

    func accept(_ records: [Record]) {
        let isDue = self.state.withLock { state in
            state.records += records.count
            guard !state.isLent, state.records >= Self.portion else { return false }
            state.records = 0
            return true
        }
        guard isDue else { return }
        self.queue.async { self.journal.catchUp(self.store) }
    }

    /// From now on somebody else folds.
    func lend() -> Journal {
        self.state.withLock { $0.isLent = true }
        return self.queue.sync { self.journal }
    }

    /// Adds what is missing. Whoever borrowed the journal has ended.
    func conclude() { self.queue.sync { self.journal.conclude() } }
}
