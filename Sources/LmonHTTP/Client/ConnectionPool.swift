import NIOCore
import NIOHTTP1
import NIOPosix

/// The connections of a client. Used on its loop only.
final class ConnectionPool {
    private struct Address: Hashable {
        let host: String
        let port: Int
    }

    private let loop: Loop
    private let idleLimit: Int
    private var idle: [Address: [ClientConnection]] = [:]

    init(loop: Loop, idleLimit: Int) {
        self.loop = loop
        self.idleLimit = idleLimit
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
        let address = Address(host: request.host, port: request.port)
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
        let connection = LoopConfined(value: ClientConnection(pool: self, keepsAlive: self.idleLimit > 0))
        ClientBootstrap(group: self.loop.eventLoop)
            .connectTimeout(request.timeout.map { TimeAmount($0) } ?? .seconds(10))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHTTPClientHandlers()
                    try pipeline.addHandler(connection.value)
                }
            }
            .connect(host: request.host, port: request.port)
            .whenComplete { result in
                switch result {
                case .success: connection.value.begin(call)
                case .failure(let error): call.fail(NetworkError(error, address: request.address))
                }
            }
    }

    // MARK: Idle connections

    func keep(_ connection: ClientConnection, of request: HTTPClientRequest) {
        let address = Address(host: request.host, port: request.port)
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
