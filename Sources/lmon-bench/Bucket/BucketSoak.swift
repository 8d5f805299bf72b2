#if Remote
import Foundation
import LmonAgent
import LmonHTTP
import LmonRecord
import LmonRemote
import Synchronization

/// Many environments that put into one bucket, by the agent's own code, and viewers that read it, by the viewer's own, while
/// the bucket fails: at the end every acknowledged number is in the bucket, and each viewer has seen each once. Some
/// environments are frozen for an hour with a batch on its way; time is made to pass faster for that.
struct BucketSoak: Sendable {
    let environments: Int
    let batches: Int
    let seed: UInt64
    /// Hours for who waits take so much less here.
    let speed: Double
    let forgetsOneIn: Int?

    static let prefix = "run/"
    static let location = "s3://\(FaultyBucket.name)/run"
    private static let viewers = 4
    private static let agentLoops = 2
    private static let freeze: Double = 3_600_000

    private struct State {
        var acknowledged = 0
        var ended = 0
    }

    private final class Progress: Sendable {
        private let state = Mutex(State())

        var acknowledged: Int { self.state.withLock { $0.acknowledged } }
        var ended: Int { self.state.withLock { $0.ended } }

        func took(_ records: Int) { self.state.withLock { $0.acknowledged += records } }
        func end() { self.state.withLock { $0.ended += 1 } }
    }

    private var total: Int { self.environments * self.batches * SoakEnvironment.perBatch }

    /// Some are frozen in their middle, which leaves a hole in their numbers, and some with their last batch, which does not.
    private var frozen: [Int: Int] {
        let count = min(self.environments, max(2, self.environments / 20))
        return Dictionary(
            uniqueKeysWithValues: (0..<count).map { ($0, $0.isMultiple(of: 2) ? self.batches / 2 : self.batches - 1) }
        )
    }

    func figures() async throws -> [Figure] {
        let clock = ViewerClock(speed: self.speed)
        let bucket = FaultyBucket(clock: clock, seed: self.seed, forgetsOneIn: self.forgetsOneIn)
        let variables = [
            "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:\(try bucket.open())", "AWS_REGION": "eu-central-1",
            "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "HOME": "/nowhere",
        ]
        let progress = Progress()
        let late = self.late
        let loops = self.start(variables, clock, bucket, progress)
        let viewers = self.makeViewers(variables, clock, late)
        let viewing = Task {
            try await withThrowingTaskGroup { group in
                for viewer in viewers { group.addTask { try await viewer.run() } }
                try await group.waitForAll()
            }
        }
        await self.report(progress, viewers) { progress.ended == self.environments }
        await self.waitForViewers(viewers, progress)
        for viewer in viewers { viewer.stop() }
        try await viewing.value
        for loop in loops { await loop.shutdown() }
        let outcome = BucketSoakOutcome(
            run: self,
            total: self.total,
            acknowledged: progress.acknowledged,
            late: late,
            viewers: viewers,
            bucket: await Self.kept(bucket)
        )
        await bucket.close()
        return outcome.figures
    }

    // MARK: Parts

    private var late: [String: ClosedRange<Int>] {
        Dictionary(
            uniqueKeysWithValues: self.frozen.map {
                (SoakEnvironment.name($0.key), SoakEnvironment.numbers($0.value))
            }
        )
    }

    private func start(
        _ variables: [String: String],
        _ clock: ViewerClock,
        _ bucket: FaultyBucket,
        _ progress: Progress
    ) -> [Loop] {
        var own = variables
        own["LMON_SPOOL"] = Self.location
        let configuration = AgentConfiguration(own)
        let shared = (0..<Self.agentLoops).map { _ in Loop() }
        var loops = shared
        for number in 0..<self.environments {
            var freeze: SoakEnvironment.Freeze?
            var loop = shared[number % shared.count]
            if let batch = self.frozen[number] {
                // Alone, for it will stand still.
                loop = Loop()
                loops.append(loop)
                let name = SoakEnvironment.name(number)
                freeze = SoakEnvironment.Freeze(
                    batch: batch,
                    length: .milliseconds(Self.freeze / self.speed),
                    begin: { bucket.freeze(name, true) },
                    end: { bucket.freeze(name, false) }
                )
            }
            let environment = SoakEnvironment(
                number,
                batches: self.batches,
                // So that all of them together take about as long as the hour.
                pause: .milliseconds(Self.freeze / self.speed / Double(self.batches)),
                freeze: freeze,
                clock: clock,
                on: loop,
                taken: { progress.took($0) },
                ended: { progress.end() }
            )
            environment.start(configuration)
        }
        return loops
    }

    /// Half of them are ended three times; all of them lose connections.
    private func makeViewers(
        _ variables: [String: String],
        _ clock: ViewerClock,
        _ late: [String: ClosedRange<Int>]
    ) -> [CutViewer] {
        var random = SplitMix(seed: self.seed &* 7)
        return (0..<Self.viewers).map { number in
            let cuts =
                number.isMultiple(of: 2) ? [] : (0..<3).map { _ in Int.random(in: 1...self.total / 2, using: &random) }
            return CutViewer(variables, clock: clock, late: late, cuts: cuts)
        }
    }

    // MARK: Waiting

    private func report(_ progress: Progress, _ viewers: [CutViewer], until isDone: () -> Bool) async {
        var saidAt = ContinuousClock.now
        while !isDone() {
            try? await Task.sleep(for: .milliseconds(20))
            guard saidAt.duration(to: .now) > .seconds(10) else { continue }
            saidAt = .now
            let seen = viewers.map { "\($0.ledger.records)" }.joined(separator: ", ")
            Note.line("acknowledged \(progress.acknowledged) of \(self.total), seen \(seen)")
        }
    }

    /// Until each viewer has all, or for a long while nothing new; and then for as long as its lists of the last hours take,
    /// in which what must not come would come.
    private func waitForViewers(_ viewers: [CutViewer], _ progress: Progress) async {
        let recheck = Duration.milliseconds(300_000 / self.speed)
        var seen = 0
        var since = ContinuousClock.now
        await self.report(progress, viewers) {
            let records = viewers.map(\.ledger.records)
            if records.allSatisfy({ $0 >= self.total }) { return true }
            if records.reduce(0, +) != seen { (seen, since) = (records.reduce(0, +), .now) }
            return since.duration(to: .now) > recheck * 4 + .seconds(10)
        }
        try? await Task.sleep(for: recheck * 1.5 + .seconds(1))
    }

    private static func kept(_ bucket: FaultyBucket) async -> BucketSoakOutcome.Kept {
        await withCheckedContinuation { continuation in
            bucket.loop.execute {
                continuation.resume(
                    returning: BucketSoakOutcome.Kept(
                        ledger: bucket.ledger,
                        objects: bucket.shelf.objects.count,
                        counts: bucket.counts,
                        faults: bucket.faultCounts
                    )
                )
            }
        }
    }
}
#endif
