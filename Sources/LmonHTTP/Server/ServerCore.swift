import NIOCore
import NIOPosix

/// What the connections of a listener share.
final class ServerCore: @unchecked Sendable {
    // Unchecked: touched on its loop only.
    let loop: Loop
    let limits: HTTPServer.Limits
    let bodyMode: HTTPServer.BodyModeDecision?
    let handler: HTTPHandler
    private let security: (any ServerSecurity)?
    var activity = 0
    private(set) var connections: [ObjectIdentifier: ServerConnection] = [:]
    private(set) var isClosing = false
    private var descriptor: Int32?
    private var channel: (any Channel)?
    private var isListening = true
    private var waiters: [@Sendable () -> Void] = []
    private var bodies: BodyBudget<ObjectIdentifier>

    init(
        loop: Loop,
        limits: HTTPServer.Limits,
        bodyMode: HTTPServer.BodyModeDecision?,
        security: (any ServerSecurity)?,
        handler: @escaping HTTPHandler
    ) {
        self.loop = loop
        self.limits = limits
        self.bodies = BodyBudget(limit: limits.bodies)
        self.bodyMode = bodyMode
        self.security = security
        self.handler = handler
    }

    // MARK: Listening

    func start(_ descriptor: Int32) {
        self.descriptor = descriptor
        ServerBootstrap(group: self.loop.eventLoop)
            .serverChannelOption(.backlog, value: 1024)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try self.accept(channel) }
            }
            .withBoundSocket(descriptor).assumeIsolatedUnsafeUnchecked().whenComplete { result in
                switch result {
                case .success(let channel): self.started(channel)
                case .failure: self.stopped()
                }
            }
    }

    private func started(_ channel: any Channel) {
        self.channel = channel
        channel.closeFuture.assumeIsolatedUnsafeUnchecked().whenComplete { _ in self.stopped() }
        if self.isClosing { channel.close(promise: nil) }
    }

    private func stopped() {
        self.isListening = false
        self.channel = nil
        self.descriptor = nil
        self.finishClosing()
    }

    private func accept(_ channel: any Channel) throws {
        try self.security?.secure(channel)
        let isFull = self.connections.count >= self.limits.connections
        let connection = ServerConnection(server: self, isRefused: isFull || self.isClosing)
        self.connections[ObjectIdentifier(connection)] = connection
        try connection.install(in: channel.pipeline.syncOperations)
    }

    func forget(_ connection: ServerConnection) {
        guard self.connections.removeValue(forKey: ObjectIdentifier(connection)) != nil else { return }
        self.finishClosing()
    }

    // MARK: Bodies

    /// Whether a body may be read; if not, its connection is told later.
    func admitsBody(of connection: ServerConnection, bytes: Int) -> Bool {
        self.bodies.ask(ObjectIdentifier(connection), bytes: bytes)
    }

    func bodyEnded(of connection: ServerConnection) {
        for admitted in self.bodies.release(ObjectIdentifier(connection)) { self.connections[admitted]?.bodyAdmitted() }
    }

    // MARK: Closing

    func close(grace: Duration, then: @escaping @Sendable () -> Void) {
        self.waiters.append(then)
        if !self.isClosing {
            self.isClosing = true
            self.channel?.close(promise: nil)
            for connection in Array(self.connections.values) { connection.closeIfWaiting() }
            if !self.connections.isEmpty {
                self.loop.schedule(after: grace) {
                    for connection in Array(self.connections.values) { connection.abort() }
                }
            }
        }
        self.finishClosing()
    }

    private func finishClosing() {
        guard self.isClosing, !self.isListening, self.connections.isEmpty else { return }
        let waiters = self.waiters
        self.waiters = []
        for waiter in waiters { waiter() }
    }

    // MARK: Reading to the end

    func whenInputIsRead(until deadline: ContinuousClock.Instant, then: @escaping @Sendable () -> Void) {
        guard self.hasInput, .now < deadline else { return then() }
        // A timer, not `execute`: the loop looks at its sockets only when nothing is left to run.
        self.loop.schedule(after: .microseconds(20)) { self.whenInputIsRead(until: deadline, then: then) }
    }

    private var hasInput: Bool {
        if let descriptor = self.descriptor, Descriptors.hasConnections(descriptor) { return true }
        return self.connections.values.contains { $0.hasInput }
    }
}
