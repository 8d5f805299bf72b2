import Foundation
import LmonRecord
import Synchronization

/// Many environments that send to one collector as agents do that lose answers: again what was taken, out of order, in pieces
/// that overlap; the collector is killed all the while, and viewers are cut off. At the end every acknowledged number is there
/// once, and each viewer has had each once.
struct SpoolSoak {
    let environments: Int
    let batches: Int
    let kills: Int
    let seed: UInt64

    private static let perBatch = 5
    private static let senders = 8
    private static let viewers = 4

    private struct State {
        var acknowledged = 0
        var repeated = 0
        var failures = 0
        var isDone = false
    }

    private final class Shared: Sendable {
        private let state = Mutex(State())

        func withLock<Value: Sendable>(_ body: (inout sending State) -> sending Value) -> Value {
            self.state.withLock(body)
        }
    }

    func figures(in folder: String) throws -> [Figure] {
        let store = "\(folder)/c.db"
        var collector = try CollectorProcess(store: store, ["--keep-size", "1TB"])
        let port = collector.port
        let state = Shared()
        let total = self.environments * self.batches * Self.perBatch
        let running = DispatchGroup()
        for sender in 0..<Self.senders {
            running.enter()
            Thread.detachNewThread { [self] in
                self.send(sender, port: port, state)
                running.leave()
            }
        }
        let readers = (0..<Self.viewers).map { ReconnectingReader(port: port, seed: self.seed &* 31 &+ UInt64($0)) }
        for reader in readers { reader.start() }
        for kill in 0..<self.kills {
            // Evenly over the run, whatever it takes.
            let due = total / (self.kills + 1) * (kill + 1)
            while state.withLock({ $0.acknowledged }) < due { usleep(2000) }
            collector.kill()
            collector = try CollectorProcess(store: store, port: port, ["--keep-size", "1TB"])
        }
        running.wait()
        let kept = try Self.kept(collector)
        for reader in readers { reader.finish(after: kept.records) }
        collector.stop()
        let counts = state.withLock { $0 }
        return self.figures(kept, readers.map(\.ledger), counts, total)
    }

    // MARK: Sending

    private func send(_ sender: Int, port: Int, _ state: Shared) {
        var random = SplitMix(seed: self.seed &+ UInt64(sender))
        var connection: RawConnection?
        let own = stride(from: sender, to: self.environments, by: Self.senders)
        // Of each environment in turn; in it some batches late, and some more than once.
        var rest = own.flatMap { environment in (0..<self.batches).map { (environment, $0) } }
        rest.sort { $0.1 / 8 < $1.1 / 8 }
        for start in stride(from: 0, to: rest.count, by: 64) {
            rest[start..<min(start + 64, rest.count)].shuffle(using: &random)
        }
        for (environment, batch) in rest {
            let overlap = Int.random(in: 0..<Self.perBatch, using: &random)
            let first = max(1, batch * Self.perBatch + 1 - overlap)
            let body = Self.body(environment, first...(batch + 1) * Self.perBatch)
            let times = Int.random(in: 0..<10, using: &random) == 0 ? 2 : 1
            for time in 0..<times {
                while !Self.post(body, port, &connection) {
                    state.withLock { $0.failures += 1 }
                    usleep(20_000)
                }
                state.withLock { state in
                    if time == 0 { state.acknowledged += Self.perBatch } else { state.repeated += 1 }
                }
            }
        }
    }

    private static func post(_ body: [UInt8], _ port: Int, _ connection: inout RawConnection?) -> Bool {
        do {
            let open = try connection ?? RawConnection(port: port)
            connection = open
            return try open.request("POST", "/v1/records", body: body).status == 200
        } catch {
            connection = nil
            return false
        }
    }

    private static func body(_ environment: Int, _ numbers: ClosedRange<Int>) -> [UInt8] {
        numbers.flatMap { sequence in
            (#"{"v":1,"environment":"E\#(environment)","sequence":\#(sequence),"function":"f\#(environment % 7)","#
                + #""time":"2026-11-23T10:00:00.000Z","type":"function","record":"line \#(sequence)"}"# + "\n").utf8
        }
    }

    // MARK: The end

    private static func kept(_ collector: CollectorProcess) throws -> RecordLedger {
        let answer = try RawConnection(port: collector.port).request("GET", "/v1/records")
        var ledger = RecordLedger()
        for line in answer.body.split(separator: 10) {
            if let record = try? Record(line: Array(line)) { ledger.add(record) }
        }
        return ledger
    }

    private func figures(_ kept: RecordLedger, _ seen: [RecordLedger], _ counts: State, _ total: Int) -> [Figure] {
        let method =
            "\(self.environments) environments, \(self.batches) batches each, killed \(self.kills) times, seed \(self.seed); "
            + "\(counts.repeated) batches sent again, \(counts.failures) attempts without an answer"
        func figure(_ name: String, _ value: Int, _ goal: Int?) -> Figure {
            Figure(name: "spool: \(name)", value: Double(value), unit: "", goal: goal.map { "\($0)" }, method: method)
        }
        return [
            figure("records acknowledged", counts.acknowledged, total),
            figure("records kept", kept.records, total),
            figure("kept twice", kept.duplicates, 0),
            figure("seen by \(seen.count) viewers", seen.reduce(0) { $0 + $1.records }, total * seen.count),
            figure("seen twice", seen.reduce(0) { $0 + $1.duplicates }, 0),
        ]
    }
}
