#if Remote
import Foundation
import LmonAgent
import LmonHTTP
import LmonRecord
import LmonRemote
import Synchronization

/// One execution environment: the agent's own way into a bucket, given a batch after the one before was taken. Used on its
/// loop only.
final class SoakEnvironment: @unchecked Sendable {
    // Unchecked: used on the loop only.
    /// Stands still with this batch on its way.
    struct Freeze {
        let batch: Int
        let length: Duration
        let begin: @Sendable () -> Void
        let end: @Sendable () -> Void
    }

    let name: String
    private let function: String
    private let batches: Int
    private let pause: Duration
    private let freeze: Freeze?
    private let core: MonitorCore
    private let clock: ViewerClock
    private let taken: @Sendable (Int) -> Void
    private let ended: @Sendable () -> Void
    private var sinks: AgentSinks?
    private var batch = 0

    static let perBatch = 5

    /// `pause` lies between its batches; before it is frozen there is none. `taken` is told how many records each batch had that was acknowledged.
    init(
        _ number: Int,
        batches: Int,
        pause: Duration,
        freeze: Freeze?,
        clock: ViewerClock,
        on loop: Loop,
        taken: @escaping @Sendable (Int) -> Void,
        ended: @escaping @Sendable () -> Void
    ) {
        self.name = Self.name(number)
        self.function = "f\(number % 7)"
        self.batches = batches
        self.pause = pause
        self.freeze = freeze
        self.clock = clock
        self.core = MonitorCore(loop: loop, retainedRecords: 0)
        self.taken = taken
        self.ended = ended
    }

    static func name(_ number: Int) -> String { "E\(number)" }

    static func numbers(_ batch: Int) -> ClosedRange<Int> {
        batch * Self.perBatch + 1...(batch + 1) * Self.perBatch
    }

    func start(_ configuration: AgentConfiguration) {
        self.core.loop.execute {
            let sinks = AgentSinks(
                configuration,
                core: self.core,
                now: { Timestamp(microseconds: self.clock.now * 1000) },
                note: { self.told($0) }
            )
            sinks.attach(to: self.core)
            self.sinks = sinks
            self.next()
        }
    }

    private func told(_ note: DeliveryNote) {
        guard note.outcome == "taken" else { return }
        self.taken(note.records)
        let isEarly = self.freeze.map { self.batch <= $0.batch } ?? false
        // After the sink has settled it.
        self.core.loop.schedule(after: isEarly ? .zero : self.pause) { self.next() }
    }

    private func next() {
        guard self.batch < self.batches else { return self.ended() }
        let batch = self.batch
        self.batch += 1
        let isFrozen = self.freeze?.batch == batch
        if isFrozen { self.freeze?.begin() }
        self.core.assumeIsolated { $0.relay(self.records(batch)) }
        self.sinks?.ship(isLast: false) {}
        if isFrozen { self.standStill() }
    }

    /// As SIGSTOP and SIGCONT do it: nothing of the loop runs meanwhile.
    private func standStill() {
        guard let freeze else { return }
        Thread.sleep(forTimeInterval: freeze.length / .seconds(1))
        freeze.end()
        self.sinks?.thawed()
    }

    private func records(_ batch: Int) -> [Record] {
        let time = Timestamp(microseconds: self.clock.now * 1000)
        return Self.numbers(batch).map { number in
            let line = Observation(
                environment: self.name,
                function: self.function,
                time: time,
                type: .function,
                payload: Array("\"line \(number)\"".utf8)
            )
            return Record(line, sequence: number, observed: time)
        }
    }
}
#endif
