import Dispatch
import LmonRecord
import LmonStore
import Synchronization

/// The way from feeds to the one thread that folds: bounded, in order.
///
/// A feed that can wait (a file, a socket) is held while the inbox is full. One that must not (the emulator's loop) is
/// never held; what does not fit is let go and counted, by environment, and a tombstone says so.
final class Inbox: Sendable {
    enum Item: Sendable {
        case feed(FeedEvent)
        /// Work for the folding thread, from the user interface.
        case work(@Sendable () -> Void)
    }

    /// Records that may wait.
    private static let capacity = 200_000

    private struct State {
        var items: [Item] = []
        var records = 0
        var dropped = DroppedRecords(sink: "viewer", reason: "viewer too slow")
        var waiting = 0
        var isClosed = false
    }

    private let state = Mutex(State())
    private let arrived = DispatchSemaphore(value: 0)
    private let drained = DispatchSemaphore(value: 0)

    /// Hands over an event; waits while the inbox is full if `waits`. False once the inbox is closed.
    @discardableResult
    func push(_ event: FeedEvent, waits: Bool = false) -> Bool {
        let count = if case .records(let records) = event { records.count } else { 0 }
        while true {
            enum Outcome { case taken, kept, full, closed }
            let outcome = self.state.withLock { state -> Outcome in
                if state.isClosed { return .closed }
                if state.records > 0, state.records + count > Self.capacity {
                    if waits {
                        state.waiting += 1
                        return .full
                    }
                    if case .records(let records) = event { for record in records { state.dropped.add(record) } }
                    return .kept
                }
                let wasEmpty = state.items.isEmpty
                state.items.append(.feed(event))
                state.records += count
                return wasEmpty ? .taken : .kept
            }
            switch outcome {
            case .taken:
                self.arrived.signal()
                return true
            case .kept: return true
            case .closed: return false
            case .full: self.drained.wait()
            }
        }
    }

    func push(_ work: @escaping @Sendable () -> Void) {
        let wasEmpty = self.state.withLock { state in
            state.items.append(.work(work))
            return state.items.count == 1
        }
        if wasEmpty { self.arrived.signal() }
    }

    /// Everything that waits; waits itself until there is something, or until `deadline`.
    func take(until deadline: DispatchTime = .distantFuture) -> [Item] {
        _ = self.arrived.wait(timeout: deadline)
        let (items, waiting) = self.state.withLock { state in
            defer {
                state.items = []
                state.records = 0
                state.waiting = 0
            }
            let lost = state.dropped.takeTombstones()
            return (lost.isEmpty ? state.items : state.items + [.feed(.records(lost))], state.waiting)
        }
        for _ in 0..<waiting { self.drained.signal() }
        return items
    }

    /// Refuses what comes from now on, and lets go of feeds that wait.
    func close() {
        let waiting = self.state.withLock { state in
            state.isClosed = true
            defer { state.waiting = 0 }
            return state.waiting
        }
        for _ in 0..<waiting { self.drained.signal() }
    }
}
