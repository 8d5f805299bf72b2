import Dispatch
import Foundation
import LmonRecord
import LmonStore
import Synchronization

/// The one way into the store: what comes while the disk is busy is committed together, once it is free.
final class CommitQueue: Sendable {
    typealias Outcome = Result<(new: Int, known: Int), CollectorStoreError>

    /// What a commit brought, for those who follow.
    struct Commit: Sendable {
        let stored: [StoredRecord]
        let seconds: Double
        let batches: Int
    }

    private struct Batch: Sendable {
        let records: [Record]
        let bytes: Int
        let completed: @Sendable (Outcome) -> Void
    }

    private struct State {
        var waiting: [Batch] = []
        var isScheduled = false
        var isTrimming = false
        var sinceTrimming = 0
        var idle: [@Sendable () -> Void] = []
    }

    private let store: CollectorStore
    private let retention: Retention
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "lmon.collector.commit", qos: .userInitiated)
    private let committed: @Sendable (Result<Commit, CollectorStoreError>) -> Void

    /// A commit is no longer than the disk takes some hundredths of a second for.
    private static let commitBytes = 8 << 20
    /// So much may come before it is looked again at what is to be deleted.
    private static let trimmingBytes = 32 << 20

    /// `committed` is called on the queue, before the batches are told.
    init(
        _ store: CollectorStore,
        _ retention: Retention,
        committed: @escaping @Sendable (Result<Commit, CollectorStoreError>) -> Void
    ) {
        self.store = store
        self.retention = retention
        self.committed = committed
    }

    /// `completed` is called once, on the queue: when the batch is on the disk, or cannot be.
    func submit(_ records: [Record], bytes: Int, completed: @escaping @Sendable (Outcome) -> Void) {
        self.schedule { $0.waiting.append(Batch(records: records, bytes: bytes, completed: completed)) }
    }

    /// Deletes what is not to be kept, a part at a time, between the commits.
    func trim() { self.schedule { $0.isTrimming = true } }

    /// Calls `then` once nothing waits.
    func whenIdle(_ then: @escaping @Sendable () -> Void) { self.schedule { $0.idle.append(then) } }

    private func schedule(_ change: (inout State) -> Void) {
        let isFirst = self.state.withLock { state in
            change(&state)
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        if isFirst { self.queue.async { self.run() } }
    }

    private func run() {
        while true {
            let (batches, isTrimming) = self.state.withLock { (Self.take(&$0), $0.isTrimming) }
            if !batches.isEmpty { self.commit(batches) }
            if isTrimming { self.trimPart() }
            if batches.isEmpty, !isTrimming {
                let idle = self.state.withLock { state -> [@Sendable () -> Void]? in
                    guard state.waiting.isEmpty, !state.isTrimming else { return nil }
                    defer { state.idle = [] }
                    state.isScheduled = false
                    return state.idle
                }
                guard let idle else { continue }
                for then in idle { then() }
                return
            }
        }
    }

    private static func take(_ state: inout State) -> [Batch] {
        var bytes = 0
        let end = state.waiting.firstIndex { batch in
            defer { bytes += batch.bytes }
            return bytes >= Self.commitBytes
        }
        let taken = Array(state.waiting[..<(end ?? state.waiting.count)])
        state.waiting.removeFirst(taken.count)
        state.sinceTrimming += bytes
        if state.sinceTrimming > Self.trimmingBytes {
            state.sinceTrimming = 0
            state.isTrimming = true
        }
        return taken
    }

    private func commit(_ batches: [Batch]) {
        let start = ContinuousClock.now
        do throws(CollectorStoreError) {
            let appended = try self.store.append(batches.map(\.records), at: .now)
            let span = start.duration(to: .now).components
            let seconds = Double(span.seconds) + Double(span.attoseconds) * 1e-18
            let stored = appended.flatMap(\.stored)
            self.committed(.success(Commit(stored: stored, seconds: seconds, batches: batches.count)))
            for (batch, appended) in zip(batches, appended) {
                batch.completed(.success((appended.stored.count, appended.known)))
            }
        } catch {
            self.committed(.failure(error))
            for batch in batches { batch.completed(.failure(error)) }
        }
    }

    private func trimPart() {
        let isMore: Bool
        do throws(CollectorStoreError) {
            isMore = try self.store.trim(self.retention, at: .now)
        } catch {
            self.committed(.failure(error))
            isMore = false
        }
        if !isMore { self.state.withLock { $0.isTrimming = false } }
    }
}

extension Timestamp {
    /// By this machine's clock.
    static var now: Timestamp { Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)) }
}
