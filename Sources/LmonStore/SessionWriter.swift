import Dispatch
import Foundation
import GRDB
import LmonModel
import LmonRecord
import Synchronization

/// The one writer of a session: gathers what comes and commits it on its own queue, once a second.
final class SessionWriter: Sendable {
    /// What may wait for the disk; beyond it records are let go (64 MiB).
    static let capacity = 64 << 20
    /// So much is worth a commit before the second is over.
    private static let batch = 8 << 20
    private static let interval = DispatchTimeInterval.seconds(1)

    private struct State {
        /// As they came.
        var pending: [[LmonRecord.Record]] = []
        var pendingBytes = 0
        var rows: [ArchivedRow] = []
        var closing: SessionClosing?
        var dropped = DroppedRecords(sink: "session", reason: "disk too slow")
        var isScheduled = false
        var isCommitting = false
        var isClosed = false
        var failure: StoreError?
        var lost = 0
        var count = 0
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "lmon.session.writer", qos: .utility)
    private let database: DatabaseQueue
    private let path: String
    private let lock: Int32?
    private let isTemporary: Bool
    /// Touched on `queue` only.
    private let indexes = Mutex(SessionIndexes())

    init(_ database: DatabaseQueue, path: String, lock: Int32?, isTemporary: Bool = false) {
        self.isTemporary = isTemporary
        self.database = database
        self.path = path
        self.lock = lock
    }

    /// Something was taken and is not committed.
    var isBehind: Bool { self.state.withLock { !$0.pending.isEmpty || $0.isCommitting } }
    var failure: StoreError? { self.state.withLock { $0.failure } }
    var lost: Int { self.state.withLock { $0.lost } }
    var count: Int { self.state.withLock { $0.count } }

    func append(_ records: [LmonRecord.Record]) {
        guard !records.isEmpty else { return }
        self.schedule { state in
            let size = records.reduce(0) { $0 + Self.size($1) }
            if state.failure == nil, state.pendingBytes + size <= Self.capacity {
                state.pending.append(records)
                state.pendingBytes += size
            } else {
                Self.take(records, into: &state)
            }
        }
    }

    /// As many as there is room for.
    private static func take(_ records: [LmonRecord.Record], into state: inout State) {
        for record in records {
            guard state.failure == nil, state.pendingBytes + Self.size(record) <= Self.capacity else {
                state.lost += 1
                state.dropped.add(record)
                continue
            }
            state.pending.append([record])
            state.pendingBytes += Self.size(record)
        }
    }

    private static func size(_ record: LmonRecord.Record) -> Int { record.line.count + 128 }

    func append(_ rows: [ArchivedRow]) {
        guard !rows.isEmpty else { return }
        self.schedule { $0.rows += rows }
    }

    /// Says with the last commit that all rows are there.
    func conclude(_ closing: SessionClosing) {
        self.schedule { $0.closing = closing }
    }

    func flush() {
        self.queue.sync { self.commit() }
    }

    func close() {
        self.queue.sync {
            self.commit()
            let isFirst = self.state.withLock { state in
                defer { state.isClosed = true }
                return !state.isClosed
            }
            guard isFirst else { return }
            // Back from the write-ahead log to one plain file that opens from anywhere, read-only media too.
            if !self.isTemporary {
                try? self.database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
            }
            try? self.database.close()
            guard let lock else { return }
            if self.count == 0 || self.isTemporary { SessionFormat.remove(self.path) }
            SessionFormat.release(lock)
        }
    }

    /// Changes what waits, and sees to it that somebody writes it.
    private func schedule(_ change: (inout State) -> Void) {
        let delay: DispatchTimeInterval? = self.state.withLock { state in
            guard !state.isClosed else { return nil }
            change(&state)
            let isUrgent = state.pendingBytes > Self.batch
            guard !state.isScheduled || isUrgent else { return nil }
            state.isScheduled = true
            return isUrgent ? .seconds(0) : Self.interval
        }
        guard let delay else { return }
        self.queue.asyncAfter(deadline: .now() + delay) { self.commit() }
    }

    private func commit() {
        let (batches, tombstones, rows, closing) = self.state.withLock {
            state -> ([[LmonRecord.Record]], [LmonRecord.Record], [ArchivedRow], SessionClosing?) in
            state.isScheduled = false
            state.isCommitting = true
            defer {
                state.pending = []
                state.rows = []
                state.closing = nil
                state.pendingBytes = 0
            }
            guard state.failure == nil else { return ([], [], [], nil) }
            return (state.pending, state.dropped.takeTombstones(), state.rows, state.closing)
        }
        defer { self.state.withLock { $0.isCommitting = false } }
        // Tombstones come after what was taken before the loss.
        let records = Array(batches.joined()) + tombstones
        guard !records.isEmpty || !rows.isEmpty || closing != nil else { return }
        do {
            let written = try self.indexes.withLock { indexes in
                try self.database.write { database in
                    let written = try indexes.insert(records, into: database)
                    try indexes.insert(rows, into: database)
                    try closing?.write(to: database)
                    return written
                }
            }
            self.state.withLock { $0.count += written }
        } catch {
            self.state.withLock { state in
                if state.failure == nil { state.failure = StoreError(.cannotWrite(error.summary), path: self.path) }
                state.lost += records.count
            }
        }
    }
}
