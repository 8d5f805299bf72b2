import NIOCore
import NIOHTTP1
import NIOPosix

/// The connections of a client. Used on its loop only.
final class ConnectionPool {
    private struct Address: Hashable {
        let isSecure: Bool
        let host: String
        let port: Int

        init(_ request: HTTPClientRequest) {
            self.isSecure = request.isSecure
            self.host = request.host
            self.port = request.port
        }
    }

    private let loop: Loop
    private let idleLimit: Int
    private let security: (any ClientSecurity)?
    private var idle: [Address: [ClientConnection]] = [:]

    init(loop: Loop, idleLimit: Int, security: (any ClientSecurity)?) {
        self.loop = loop
        self.idleLimit = idleLimit
        self.security = security
    }

    deinit {
        // The last release may be on any thread.
        let idle = LoopConfined(value: self.idle.values.flatMap(\.self))
        guard !idle.value.isEmpty else { return }
        self.loop.run {
            for connection in idle.value { connection.close() }
        }
    }

    func start(_ request: HTTPClientRequest, _ events: HTTPResponseEvents) -> HTTPCall {
        let call = HTTPCall(request, events, pool: self)
        guard !request.target.isEmpty, request.target.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            let detail = "its target is empty or holds a space or a control character"
            self.loop.execute { call.fail(NetworkError(.invalidRequest, request.address, detail: detail)) }
            return call
        }
        if let timeout = request.timeout {
            call.timer = self.loop.schedule(after: timeout) { call.fail(NetworkError(.timedOut, request.address)) }
        }
        let address = Address(request)
        while let connection = self.idle[address]?.popLast() {
            guard connection.isAlive else {
                connection.close()
                continue
            }
            // Later: the caller does not have the call yet.
            self.loop.execute { [connection = LoopConfined(value: connection)] in connection.value.begin(call) }
            return call
        }
        self.connect(call)
        return call
    }

    /// The connection has been closed by the peer before it answered anything: a kept one may have been dead all along.
    func retry(_ call: HTTPCall) {
        call.connection = nil
        self.connect(call)
    }

    private func connect(_ call: HTTPCall) {
        let request = call.request
        let confined = LoopConfined(value: self)
        ClientBootstrap(group: self.loop.eventLoop)
            .connectTimeout(request.timeout.map { TimeAmount($0) } ?? .seconds(10))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            // One for each address that the name has.
            .channelInitializer { channel in
                guard request.isSecure else {
                    return channel.eventLoop.makeCompletedFuture { try confined.value.install(in: channel) }
                }
                return confined.value.secured(channel, for: request).assumeIsolatedUnsafeUnchecked()
                    .flatMapThrowing { try confined.value.install(in: channel) }
                    .nonisolated()
            }
            .connect(host: request.host, port: request.port)
            .whenComplete { result in
                do {
                    let pipeline = try result.get().pipeline.syncOperations
                    try pipeline.handler(type: ClientConnection.self).begin(call)
                } catch {
                    call.fail(NetworkError(error, address: request.address))
                }
            }
    }

    private func install(in channel: any Channel) throws {
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHTTPClientHandlers()
        try pipeline.addHandler(ClientConnection(pool: self, keepsAlive: self.idleLimit > 0))
    }

    private func secured(_ channel: any Channel, for request: HTTPClientRequest) -> EventLoopFuture<Void> {
        guard let security else {
            let detail = "this build has no TLS, which https needs"
            return channel.eventLoop.makeFailedFuture(NetworkError(.invalidRequest, request.address, detail: detail))
        }
        return security.secure(channel, host: request.host, address: request.address)
    }

    // MARK: Idle connections

    func keep(_ connection: ClientConnection, of request: HTTPClientRequest) {
        let address = Address(request)
        guard self.idle[address, default: []].count < self.idleLimit else { return connection.close() }
        self.idle[address, default: []].append(connection)
    }

    func forget(_ connection: ClientConnection) {
        for address in self.idle.keys { self.idle[address]?.removeAll { $0 === connection } }
    }

    func closeIdle() {
        for connection in self.idle.values.flatMap(\.self) { connection.close() }
        self.idle = [:]
    }
}
