import Dispatch
import LmonRecord
import LmonStore
import LmonUI
import Synchronization

/// The way to the one thread that folds: bounded, in order.
///
/// A feed that can wait (a file, a socket) is held while the inbox is full. One that must not (the emulator's loop) is
/// never held; what does not fit is let go, and tombstones say so. What the user interface asks for overtakes records.
final class Inbox: Sendable {
    struct Delivery: Sendable {
        var requests: [UIEffect] = []
        var events: [FeedEvent] = []
    }

    /// Records that may wait.
    private static let capacity = 200_000
    /// Records of a source that can wait.
    private static let waitingCapacity = 4_000
    /// Records that are handed out at once, so that requests between them are answered soon.
    private static let portion = 5000

    private struct State {
        var requests: [UIEffect] = []
        var events: [FeedEvent] = []
        /// Events before this one are taken.
        var next = 0
        var records = 0
        var dropped = DroppedRecords(sink: "viewer", reason: "viewer too slow")
        var waiting = 0
        var isClosed = false
        /// Whoever takes waits, and has nothing left to do.
        var rests = false

        var isEmpty: Bool { self.next == self.events.count && self.requests.isEmpty }
    }

    private let state = Mutex(State())
    private let arrived = DispatchSemaphore(value: 0)
    private let drained = DispatchSemaphore(value: 0)

    private let rested: @Sendable () -> Void

    /// `rested` is called on the taking thread each time that it comes to rest.
    init(rested: @escaping @Sendable () -> Void = {}) {
        self.rested = rested
    }

    /// Whether all that was pushed has been taken and worked off. The taking thread says so by waiting without a
    /// deadline: while it has work of its own left, it waits with one.
    var rests: Bool { self.state.withLock { $0.isEmpty && $0.rests } }

    private enum Outcome {
        case taken, full, closed
    }

    /// Hands over an event; waits while the inbox is full if `waits`. False once the inbox is closed.
    @discardableResult
    func push(_ event: FeedEvent, waits: Bool = false) -> Bool {
        while true {
            switch self.offer(event, waits: waits) {
            case .taken:
                self.arrived.signal()
                return true
            case .closed: return false
            case .full: self.drained.wait()
            }
        }
    }

    private func offer(_ event: FeedEvent, waits: Bool) -> Outcome {
        self.state.withLock { state in
            if state.isClosed { return .closed }
            if case .records(let records) = event {
                if state.records > 0, state.records + records.count > (waits ? Self.waitingCapacity : Self.capacity) {
                    if waits {
                        state.waiting += 1
                        return .full
                    }
                    for record in records { state.dropped.add(record) }
                    return .taken
                }
                state.records += records.count
            }
            state.events.append(event)
            return .taken
        }
    }

    func push(_ request: UIEffect) {
        self.state.withLock { $0.requests.append(request) }
        self.arrived.signal()
    }

    /// Lets `take` return, if only with nothing.
    func wake() {
        self.arrived.signal()
    }

    /// All requests, and events up to a portion; waits until there is something, or until `deadline`, or `wake`.
    func take(until deadline: DispatchTime = .distantFuture) -> Delivery {
        let (isEmpty, rests) = self.state.withLock { state in
            state.rests = state.isEmpty && deadline == .distantFuture
            return (state.isEmpty, state.rests)
        }
        if rests { self.rested() }
        if isEmpty { _ = self.arrived.wait(timeout: deadline) }
        let (delivery, waiting) = self.state.withLock { state in
            state.rests = false
            let delivery = Self.take(&state)
            defer { if state.isEmpty { state.waiting = 0 } }
            return (delivery, state.isEmpty ? state.waiting : 0)
        }
        for _ in 0..<waiting { self.drained.signal() }
        return delivery
    }

    private static func take(_ state: inout State) -> Delivery {
        var delivery = Delivery()
        swap(&delivery.requests, &state.requests)
        var count = 0
        while state.next < state.events.count, count < Self.portion {
            if case .records(let records) = state.events[state.next] { count += records.count }
            delivery.events.append(state.events[state.next])
            state.next += 1
        }
        state.records -= count
        if state.next == state.events.count {
            state.events.removeAll(keepingCapacity: true)
            state.next = 0
            if !state.dropped.isEmpty { delivery.events.append(.records(state.dropped.takeTombstones())) }
        }
        return delivery
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
