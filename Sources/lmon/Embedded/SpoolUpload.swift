import LmonAgent
import LmonHTTP

/// Sends all of a core's records to a remote spool for as long as a session runs: the agent's sinks where nothing is frozen,
/// so that whatever there is leaves every moment, and nobody waits for it.
actor SpoolUpload {
    private nonisolated let loop: Loop
    private let core: MonitorCore
    private let text: String
    private let configuration: AgentConfiguration
    private let told: @Sendable (String) -> Void
    private var sinks: AgentSinks?
    private var timer: LoopTimer?
    /// Why records wait; nil while they are taken.
    private var trouble: String?
    /// Whoever waits for the end.
    private var closing: [CheckedContinuation<Void, Never>] = []

    nonisolated var unownedExecutor: UnownedSerialExecutor { self.loop.asUnownedSerialExecutor() }

    /// An object is a request that is paid for; a collector's batches are not.
    private static let objectPause = Duration.seconds(1)
    private static let batchPause = Duration.milliseconds(100)
    /// So long is waited at the end for a spool that does not answer.
    private static let lastWait = Duration.seconds(5)

    /// Attaches to the core; nothing is opened before there is something to send. `told` is called on the core's loop.
    static func start(
        to target: SpoolTarget,
        core: MonitorCore,
        told: @escaping @Sendable (String) -> Void
    ) async -> SpoolUpload {
        let upload = SpoolUpload(target, core, told)
        await upload.begin()
        return upload
    }

    private init(
        _ target: SpoolTarget,
        _ core: MonitorCore,
        _ told: @escaping @Sendable (String) -> Void
    ) {
        self.loop = core.loop
        self.core = core
        self.text = target.text
        self.configuration = target.configuration
        self.told = told
    }

    private func begin() {
        let sinks = AgentSinks(self.configuration, core: self.core) { [weak self] note in
            self?.assumeIsolated { $0.tell(note) }
        }
        sinks.attach(to: self.core)
        self.sinks = sinks
        self.shipSoon()
    }

    private func shipSoon() {
        let pause = self.configuration.s3 == nil ? Self.batchPause : Self.objectPause
        self.timer = self.loop.schedule(after: pause) { [weak self] in
            self?.assumeIsolated {
                $0.sinks?.ship(isLast: false) {}
                $0.shipSoon()
            }
        }
    }

    private func tell(_ note: DeliveryNote) {
        let reason = [note.status.map { "answered \($0)" }, note.message].compactMap(\.self).joined(separator: ", ")
        switch note.outcome {
        case "failed":
            if self.trouble == nil { self.told("\(self.text): \(reason); records wait, and are tried again") }
            self.trouble = reason
        case "refused": self.told("\(self.text): \(note.records) records were refused: \(reason)")
        default:
            if self.trouble != nil { self.told("\(self.text): takes records again") }
            self.trouble = nil
        }
    }

    // MARK: The end

    /// Sends what there is, for a few seconds at most; what did not get there, in one line. Who calls it meanwhile waits for
    /// the same end.
    func close() async -> String? {
        self.timer?.cancel()
        guard let sinks else { return nil }
        await withCheckedContinuation { continuation in
            self.closing.append(continuation)
            if self.closing.count == 1 { self.sendLast(sinks) }
        }
        guard sinks.pending > 0 else { return nil }
        let reason = self.trouble ?? "there was no answer in time"
        return "\(sinks.pending) records did not get to \(self.text): \(reason)"
    }

    private func sendLast(_ sinks: AgentSinks) {
        let deadline = self.loop.schedule(after: Self.lastWait) { [weak self] in
            self?.assumeIsolated { $0.closed() }
        }
        sinks.shipLast(self.core) { [weak self] in
            deadline.cancel()
            self?.assumeIsolated { $0.closed() }
        }
    }

    private func closed() {
        let waiting = self.closing
        self.closing = []
        for continuation in waiting { continuation.resume() }
    }
}
