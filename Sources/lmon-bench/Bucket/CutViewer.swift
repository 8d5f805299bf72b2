#if Remote
import LmonHTTP
import LmonRecord
import LmonRemote
import LmonS3
import Synchronization

/// A viewer of a bucket, the real one, that is ended at random and begun anew: each time it is to see every record once.
final class CutViewer: Sendable {
    private struct State {
        var ledger = RecordLedger()
        /// Of records that came an hour late.
        var late = 0
        /// Seen twice by one that was ended since.
        var duplicates = 0
        var lives = 0
        /// Ends when it has seen so many.
        var limit = Int.max
        var cuts: [Int]
        var isOver = false
        var broken: [String] = []
        var status: BucketReader.Status?
    }

    private let clock: ViewerClock
    private let variables: [String: String]
    private let lateNumbers: [String: ClosedRange<Int>]
    private let state: Mutex<State>

    /// `cuts`: after how many records it is ended, each time.
    init(
        _ variables: [String: String],
        clock: ViewerClock,
        late: [String: ClosedRange<Int>],
        cuts: [Int]
    ) {
        self.variables = variables
        self.clock = clock
        self.lateNumbers = late
        self.state = Mutex(State(cuts: cuts))
    }

    var ledger: RecordLedger { self.state.withLock { $0.ledger } }
    var late: Int { self.state.withLock { $0.late } }
    var duplicates: Int { self.state.withLock { $0.duplicates + $0.ledger.duplicates } }
    var lives: Int { self.state.withLock { $0.lives } }
    var broken: [String] { self.state.withLock { $0.broken } }
    var status: BucketReader.Status? { self.state.withLock { $0.status } }

    func stop() { self.state.withLock { $0.isOver = true } }

    /// Returns when it was stopped.
    func run() async throws {
        while !self.state.withLock({ $0.isOver }) {
            self.begin()
            try await self.live()
        }
    }

    private func begin() {
        self.state.withLock { state in
            state.duplicates += state.ledger.duplicates
            state.ledger = RecordLedger()
            state.late = 0
            state.lives += 1
            state.limit = state.cuts.popLast() ?? .max
        }
    }

    /// From a viewer's beginning to its end.
    private func live() async throws {
        let loop = Loop()
        let client = try S3Client(
            S3Location(BucketSoak.location),
            credentials: ViewerCredentials(variables: self.variables),
            loop: loop,
            security: nil
        )
        let (endings, ending) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let settings = BucketReader.Settings(prefix: BucketSoak.prefix, start: .beginning, follows: true)
        let tail = BucketTail(client, settings, loop: loop, clock: self.clock) { output in
            let goesOn = self.take(output)
            if !goesOn { ending.yield() }
            return goesOn
        }
        await tail.start()
        let watching = Task {
            while !self.state.withLock({ $0.isOver }) { try await Task.sleep(for: .milliseconds(20)) }
            ending.yield()
        }
        for await _ in endings { break }
        watching.cancel()
        await tail.stop()
        await loop.shutdown()
    }

    private func take(_ output: BucketTail.Output) -> Bool {
        self.state.withLock { state in
            switch output {
            case .records(let records):
                for record in records {
                    state.ledger.add(record)
                    if self.lateNumbers[record.environment]?.contains(record.sequence) == true { state.late += 1 }
                }
            case .notice(.broken(let text)): state.broken.append(text)
            case .notice(.status(let status)): state.status = status
            case .notice: break
            // Its first request of all has failed: who started it starts it again.
            case .ended: return false
            }
            return !state.isOver && state.ledger.records < state.limit
        }
    }
}
#endif
