import Dispatch
package import LmonHTTP
package import LmonStore

/// Takes records from agents, keeps them, and hands them to viewers, over HTTP.
///
/// A batch is answered once it is on the disk. Lives on its loop; what waits for the disk or computes does so elsewhere.
package actor Collector {
    package nonisolated let port: Int
    let configuration: CollectorConfiguration
    let loop: Loop
    let store: CollectorStore
    private let server: HTTPServer
    let commits: CommitQueue
    let streams: Streams
    var metrics = CollectorMetrics()
    private let hosts: HostCheck?
    let parsing = DispatchQueue(label: "lmon.collector.parse", qos: .userInitiated)
    /// Bytes of batches that are not answered yet: what they have, or may come to.
    var pendingBytes = 0
    var pendingBatches = 0
    private var whenAnswered: (@Sendable () -> Void)?
    private(set) var isStopping = false
    /// Of the last commit.
    var failure: CollectorStoreError?
    private var timers: [LoopTimer] = []

    package nonisolated var unownedExecutor: UnownedSerialExecutor { self.loop.asUnownedSerialExecutor() }

    /// Opens the port within the call; requests are served from then on. The store is the collector's until `stop`.
    ///
    /// - Throws: `addressInUse` and others, if the port cannot be had.
    package init(
        _ configuration: CollectorConfiguration,
        store: CollectorStore,
        on loop: Loop
    ) throws(NetworkError) {
        self.configuration = configuration
        self.loop = loop
        self.store = store
        self.streams = Streams(store, configuration.limits, on: loop)
        // A page in a browser has no token; and a proxy in front of this port may pass on the name that it is known by.
        let isOpen = HostCheck.isLoopback(configuration.host) && configuration.tokens == nil
        self.hosts = isOpen ? HostCheck() : nil
        let owner = Owner()
        self.commits = CommitQueue(store, configuration.retention) { commit in
            loop.execute { owner.collector?.assumeIsolated { $0.committed(commit) } }
        }
        let server = try HTTPServer(
            host: configuration.host,
            port: configuration.port,
            on: loop,
            bodyMode: { $0.path == Self.recordsPath && $0.method == "POST" ? .stream : .whole(limit: 64 << 10) },
            security: configuration.security,
            handler: { request, responder in
                guard let collector = owner.collector else {
                    return responder.respond(.later(503, "the collector starts or ends"))
                }
                collector.assumeIsolated { $0.handle(request, responder) }
            }
        )
        self.server = server
        self.port = server.port
        loop.execute { owner.collector = self }
        self.loop.execute { self.assumeIsolated { $0.start() } }
    }

    /// So that what is made before the collector can call it. Used on the loop only.
    private final class Owner: @unchecked Sendable {
        // Unchecked: used on the loop only.
        weak var collector: Collector?
    }

    static let recordsPath = "/v1/records"

    private func start() {
        self.beat()
        self.trim()
    }

    private func beat() {
        self.streams.beat()
        self.repeated(self.configuration.limits.heartbeat) { $0.beat() }
    }

    private func trim() {
        self.commits.trim()
        self.repeated(self.configuration.limits.trimming) { $0.trim() }
    }

    private func repeated(_ span: Duration, _ body: @escaping @Sendable (isolated Collector) -> Void) {
        guard !self.isStopping else { return }
        self.timers.append(
            self.loop.schedule(after: span) { [weak self] in self?.assumeIsolated { body($0) } }
        )
        // The one before has done its work.
        if self.timers.count > 2 { self.timers.removeFirst() }
    }

    // MARK: Stopping

    /// Ends it: viewers are told, batches that have begun to come are finished and answered, nothing else is taken. Returns
    /// when the store is closed.
    package func stop() async {
        self.isStopping = true
        for timer in self.timers { timer.cancel() }
        self.streams.stop()
        await withCheckedContinuation { continuation in
            let then: @Sendable () -> Void = { continuation.resume() }
            guard self.pendingBatches > 0 else { return then() }
            self.whenAnswered = then
            // An agent that went silent in the middle is not waited for.
            self.loop.schedule(after: .seconds(5)) { self.assumeIsolated { $0.answeredAll() } }
        }
        await withCheckedContinuation { continuation in self.commits.whenIdle { continuation.resume() } }
        await self.server.close()
        self.store.close()
    }

    func answeredAll() {
        self.whenAnswered?()
        self.whenAnswered = nil
    }

    // MARK: Requests

    private func handle(_ request: HTTPRequest, _ responder: Responder) {
        do throws(Refusal) {
            if let refusal = self.hosts?.refusal(of: request.head) {
                throw Refusal(status: 403, message: refusal.description)
            }
            guard let route = Route(request.path) else {
                throw Refusal(status: 404, message: "there is no \(request.path)")
            }
            guard let role = route.role(request.method) else {
                let allowed = route.methods.joined(separator: ", ")
                throw Refusal(status: 405, message: "\(request.path) takes \(allowed)", headers: ["Allow": allowed])
            }
            try self.admit(request, role)
            switch (route, request.method) {
            case (.records, "POST"): try self.ingest(request, responder)
            case (.records, _): try self.stream(request, responder)
            case (.functions, _): self.tellFunctions(responder)
            case (.health, _): self.tellHealth(responder)
            case (.metrics, _): self.tellMetrics(responder)
            }
        } catch {
            if request.path == Self.recordsPath, request.method == "POST" { self.count(error.status) }
            responder.respond(error)
        }
    }

    private func admit(_ request: HTTPRequest, _ role: CollectorTokens.Role?) throws(Refusal) {
        guard let role, let tokens = self.configuration.tokens else { return }
        switch tokens.verdict(request.headers["Authorization"], for: role) {
        case .allowed: return
        case .unknown:
            throw Refusal(status: 401, message: "a token is needed", headers: ["WWW-Authenticate": "Bearer"])
        case .otherRole:
            throw Refusal(
                status: 403,
                message: role == .agent
                    ? "this token is a viewer's: it cannot send" : "this token is an agent's: it cannot read"
            )
        }
    }

    private func stream(_ request: HTTPRequest, _ responder: Responder) throws(Refusal) {
        guard !self.isStopping else { throw .later(503, "the collector ends") }
        let query = try StreamQuery(request.head.query)
        self.metrics.viewersOpened += 1
        self.streams.open(query, responder)
    }
}
