package import LmonHTTP
package import LmonRecord
import LmonS3

/// Performs what a `BucketReader` decides: asks, waits, and hands on what comes of it. Lives on a loop of its own, so that
/// whoever takes its records may hold it up.
package actor BucketTail {
    package enum Output: Sendable {
        case records([Record])
        case notice(BucketReader.Notice)
        /// Nothing comes after this; the reason if it could not begin.
        case ended(String?)
    }

    private nonisolated let loop: Loop
    private let client: S3Client
    private let output: @Sendable (Output) -> Bool
    private var reader: BucketReader
    private var timer: LoopTimer?
    private var tasks: [Int: Task<Void, Never>] = [:]
    private var nextTask = 0
    private var isStopped = false
    private let clock: ViewerClock

    package nonisolated var unownedExecutor: UnownedSerialExecutor { self.loop.asUnownedSerialExecutor() }

    /// `output` is called on the loop, in order; it may block, and says false when nobody wants more.
    package init(
        _ client: S3Client,
        _ settings: BucketReader.Settings,
        loop: Loop,
        clock: ViewerClock = ViewerClock(),
        output: @escaping @Sendable (Output) -> Bool
    ) {
        self.loop = loop
        self.client = client
        self.clock = clock
        self.reader = BucketReader(settings)
        self.output = output
    }

    package func start() { self.handle(.began) }

    /// Nothing is handed on after this, and nothing of the loop is used any more once it returns.
    package func stop() async {
        self.isStopped = true
        self.timer?.cancel()
        for task in self.tasks.values { task.cancel() }
        // None is begun any more.
        for task in self.tasks.values { await task.value }
        await self.client.close()
    }

    // MARK: The reader

    private func handle(_ event: BucketReader.Event) {
        guard !self.isStopped else { return }
        for action in self.reader.handle(event, now: self.clock.now) where !self.isStopped { self.perform(action) }
    }

    private func perform(_ action: BucketReader.Action) {
        switch action {
        case .list(let listing): self.run { await self.list(listing) }
        case .fetch(let key, let size): self.run { await self.fetch(key, size) }
        case .setTimer(let time): self.setTimer(at: time)
        case .deliver(let records): self.give(.records(records))
        case .say(let notice): self.give(.notice(notice))
        case .end: self.give(.ended(nil))
        case .fail(let reason): self.give(.ended(reason))
        }
    }

    private func give(_ output: Output) {
        guard self.output(output) else { return self.isStopped = true }
    }

    private func setTimer(at time: Int64) {
        self.timer?.cancel()
        self.timer = self.loop.schedule(after: self.clock.wait(until: time)) { [weak self] in
            self?.assumeIsolated { $0.handle(.timerFired) }
        }
    }

    private func run(_ body: @escaping @Sendable () async -> Void) {
        let number = self.nextTask
        self.nextTask += 1
        self.tasks[number] = Task {
            await body()
            self.tasks[number] = nil
        }
    }

    private func list(_ listing: BucketReader.Listing) async {
        do {
            let (page, time) = try await self.client.list(listing)
            self.handle(.listed(listing.id, page, serverTime: time?.millisecondsSinceEpoch))
        } catch {
            self.handle(.listFailed(listing.id, error))
        }
    }

    private func fetch(_ key: String, _ size: Int) async {
        do {
            self.handle(.fetched(key, try await self.client.batch(key: key, size: size)))
        } catch {
            self.handle(.fetchFailed(key, error))
        }
    }
}
