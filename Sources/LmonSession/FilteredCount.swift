import Dispatch
import Foundation
package import LmonModel
package import LmonStore
import Synchronization

/// The statistics of what a filter lets through, counted from a session's records on a thread of its own, which goes on
/// where it stopped whenever more may be there. `cancel` it when nobody asks any more.
package final class FilteredCount: Sendable {
    package struct Found: Sendable {
        package let report: StatisticsReport
        /// How much was counted, from 0 to 1; nil once all that was there is.
        package let progress: Double?
    }

    package let filter: Filter
    private let wake: @Sendable () -> Void
    private let found = Mutex<Result<Found, StoreError>?>(nil)
    private let isCancelled = Atomic(false)
    private let isDue = DispatchSemaphore(value: 0)

    /// Records that are read at once, and nanoseconds from one interim report to the next.
    private static let page = 5_000
    private static let interval: UInt64 = 200_000_000

    package init(_ filter: Filter, _ store: SessionStore, wake: @escaping @Sendable () -> Void) {
        self.filter = filter
        self.wake = wake
        let thread = Thread { self.run(store) }
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// More may be there.
    package func catchUp() { self.isDue.signal() }

    package func cancel() {
        self.isCancelled.store(true, ordering: .relaxed)
        self.isDue.signal()
    }

    /// What was counted since the last call.
    package func take() throws(StoreError) -> Found? {
        let found = self.found.withLock { found in
            defer { found = nil }
            return found
        }
        return try found?.get()
    }

    // MARK: Thread

    private func run(_ store: SessionStore) {
        do throws(StoreError) {
            let reading = try store.another()
            var fold = StatisticsFold(self.filter)
            var cursor: Int64 = 0
            while true {
                self.isDue.wait()
                while self.isDue.wait(timeout: .now()) == .success {}
                guard !self.isCancelled.load(ordering: .relaxed) else { return }
                store.flush()
                try self.count(reading, from: &cursor, into: &fold)
            }
        } catch {
            self.tell(.failure(error))
        }
    }

    private func count(
        _ reading: SessionReading,
        from cursor: inout Int64,
        into fold: inout StatisticsFold
    ) throws(StoreError) {
        let last = try reading.lastCursor
        var told = DispatchTime.now().uptimeNanoseconds
        while cursor < last, !self.isCancelled.load(ordering: .relaxed) {
            let page = try reading.records(after: cursor, limit: Self.page)
            guard let end = page.last?.cursor else { break }
            cursor = end
            fold.take(page.lazy.map(\.record))
            let now = DispatchTime.now().uptimeNanoseconds
            guard cursor < last, now - told > Self.interval else { continue }
            told = now
            self.tell(.success(Found(report: fold.report, progress: Double(cursor) / Double(last))))
        }
        self.tell(.success(Found(report: fold.report, progress: nil)))
    }

    private func tell(_ found: Result<Found, StoreError>) {
        self.found.withLock { $0 = found }
        self.wake()
    }
}
