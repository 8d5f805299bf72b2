import Dispatch
import Foundation
import LmonModel
import LmonRecord
import LmonStore
import Synchronization

/// Puts a question to everything that a session held at one moment, newest first, on threads of its own.
///
/// Facts answer most of it; what is left open is looked for in the raw lines, and only candidates are folded. What was found
/// is taken while it goes on; `cancel` ends it soon.
final class Sweep: Sendable {
    /// What is asked: half-open ranges of positions, and rows that the model still has but without their details.
    struct Scope: Sendable {
        var rows = 0..<0
        var calls = 0..<0
        var logs = 0..<0
        var loose: [InvocationID] = []
        var order: SessionOrder?
        var lastCursor: Int64 = 0
        /// So few open rows are folded at once rather than looked for.
        var few = 400
    }

    struct Found: Sendable {
        var rows: [Int] = []
        var calls: [Int] = []
        var logs: [Int] = []
        var loose: [InvocationID] = []
        var order: SortedRows?
        var progress = SweepProgress()
        var isDone = false
        var failure: StoreError?
    }

    private let predicate: Predicate
    private let plan: Mutex<SweepPlan>
    private let found: Mutex<Found>
    private let turn = DispatchSemaphore(value: 0)
    private let wake: @Sendable () -> Void

    static let threads = 2

    init(_ predicate: Predicate, _ scope: Scope, _ store: SessionStore, wake: @escaping @Sendable () -> Void) {
        self.predicate = predicate
        self.wake = wake
        self.plan = Mutex(SweepPlan(predicate, scope))
        self.found = Mutex(Found())
        // An index answers: no thread would be there sooner.
        if predicate.requestID != nil, scope.order == nil {
            self.work { store.committed }
            return
        }
        for _ in 0..<Self.threads {
            let thread = Thread { self.work { () throws(StoreError) in try store.another() } }
            thread.stackSize = 8 << 20
            thread.qualityOfService = .userInitiated
            thread.start()
        }
    }

    func cancel() {
        let waiting = self.plan.withLock { $0.cancel() }
        for _ in 0..<waiting { self.turn.signal() }
    }

    /// What was found since the last call.
    func take() -> Found {
        self.found.withLock { found in
            defer {
                (found.rows, found.calls, found.logs, found.loose, found.order) = ([], [], [], [], nil)
            }
            return found
        }
    }

    // MARK: Threads

    private func work(_ reading: () throws(StoreError) -> SessionReading) {
        var failure: StoreError?
        do throws(StoreError) {
            var worker = SweepWorker(self.predicate, try reading())
            while let portion = self.next() {
                let result = try worker.perform(portion) { request in self.plan.withLock { $0.open(request) } }
                self.finish(portion, result)
            }
        } catch {
            failure = error
            self.cancel()
        }
        self.found.withLock { found in
            found.failure = found.failure ?? failure
            found.isDone = true
        }
        self.wake()
    }

    /// The next thing to do; waits while others may still find something to do next. Nil at the end.
    private func next() -> SweepPlan.Portion? {
        while true {
            let (step, progress) = self.plan.withLock { ($0.next(), $0.progress) }
            // With the stage before this one all rows may have been found.
            let isNews = self.found.withLock { found in
                defer { found.progress = progress }
                return found.progress.hasAllRows != progress.hasAllRows
            }
            if isNews { self.wake() }
            switch step {
            case .portion(let portion): return portion
            case .wait: self.turn.wait()
            case .end: return nil
            }
        }
    }

    private func finish(_ portion: SweepPlan.Portion, _ result: SweepWorker.Result) {
        let (waiting, progress) = self.plan.withLock { ($0.finish(portion, result), $0.progress) }
        self.found.withLock { found in
            found.rows += result.rows.map(\.position)
            found.calls += result.calls
            found.logs += result.logs
            found.loose += result.loose
            if let order = result.order { found.order = order }
            found.progress = progress
        }
        for _ in 0..<waiting { self.turn.signal() }
        self.wake()
    }
}
