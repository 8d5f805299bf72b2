import Foundation
import LmonRecord
import LmonSpool
import Synchronization

/// A viewer that is cut off at random places, and goes on behind the last mark that it had.
final class ReconnectingReader: Sendable {
    private struct State {
        var ledger = RecordLedger()
        var isStopped = false
    }

    private let port: Int
    private let seed: UInt64
    private let state = Mutex(State())

    init(port: Int, seed: UInt64) {
        self.port = port
        self.seed = seed
    }

    var ledger: RecordLedger { self.state.withLock { $0.ledger } }

    func start() { Thread.detachNewThread { self.run() } }

    /// Waits until it has had so many records, and for a moment more, for what must not come.
    func finish(after count: Int) {
        let deadline = Date().addingTimeInterval(60)
        while self.ledger.records < count, Date() < deadline { usleep(10_000) }
        usleep(200_000)
        self.state.withLock { $0.isStopped = true }
    }

    private func run() {
        var cursor = "0"
        var random = SplitMix(seed: self.seed)
        while !self.state.withLock({ $0.isStopped }) {
            guard let follower = try? Follower(port: self.port, query: "?follow=true&after=\(cursor)") else {
                usleep(20_000)
                continue
            }
            self.read(follower, cutAfter: Int.random(in: 1000...3_000_000, using: &random), &cursor)
        }
    }

    private func read(_ follower: Follower, cutAfter limit: Int, _ cursor: inout String) {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var pending: [UInt8] = []
        var records: [Record] = []
        while follower.bytes < limit, !self.state.withLock({ $0.isStopped }) {
            let count = recv(follower.descriptor, &buffer, min(buffer.count, limit), 0)
            guard count > 0 else { return }
            pending += buffer[..<count]
            while let end = pending.firstIndex(of: 10) {
                let line = Array(pending[..<end])
                pending.removeFirst(end + 1)
                if let mark = StreamMark(line: line) {
                    self.state.withLock { for record in records { $0.ledger.add(record) } }
                    records = []
                    cursor = mark.cursor.description
                } else if let record = try? Record(line: line) {
                    records.append(record)
                }
            }
            follower.count(count)
        }
    }
}
