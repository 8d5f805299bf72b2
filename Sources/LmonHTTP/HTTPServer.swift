import NIOCore
import NIOHTTP1
import NIOPosix

/// A route table's outside: called on the loop for each request; the responder may be kept.
package typealias HTTPHandler = @Sendable (HTTPRequest, Responder) -> Void

/// An HTTP/1.1 listener on a loop.
package final class HTTPServer: Sendable {
    package struct Limits: Sendable {
        /// Further connections are closed as they come.
        package var connections: Int
        /// A request must be complete within so many seconds of its head; long polls and idle connections may last.
        package var secondsForRequest: Int
        /// The longest body of a request in `.whole` mode, unless `bodyMode` says otherwise.
        package var body: Int

        package init(connections: Int = 4096, secondsForRequest: Int = 30, body: Int = 1 << 20) {
            self.connections = connections
            self.secondsForRequest = secondsForRequest
            self.body = body
        }
    }

    package let port: Int
    private let state: LoopConfined<State>
    private let loop: Loop

    private init(port: Int, state: State, loop: Loop) {
        self.port = port
        self.state = LoopConfined(value: state)
        self.loop = loop
    }

    // MARK: Opening

    /// Opens a listener; port 0 takes any free one.
    ///
    /// - Parameters:
    ///   - host: an address or a name, resolved at once; use loopback unless told otherwise.
    ///   - bodyMode: how a request's body is wanted, decided from its head; whole up to `limits.body` by default.
    ///   - handler: called on the loop.
    package static func listen(
        host: String,
        port: Int,
        on loop: Loop,
        limits: Limits = Limits(),
        bodyMode: (@Sendable (HTTPRequestHead) -> HTTPBodyMode)? = nil,
        handler: @escaping HTTPHandler
    ) async throws(NetworkError) -> HTTPServer {
        let result: Result<HTTPServer, NetworkError> = await withCheckedContinuation { continuation in
            loop.execute {
                Self.listen(host: host, port: port, on: loop, limits: limits, bodyMode: bodyMode, handler: handler) {
                    continuation.resume(returning: $0)
                }
            }
        }
        return try result.get()
    }

    /// The same from the loop itself; `then` is called on the loop.
    package static func listen(
        host: String,
        port: Int,
        on loop: Loop,
        limits: Limits = Limits(),
        bodyMode: (@Sendable (HTTPRequestHead) -> HTTPBodyMode)? = nil,
        handler: @escaping HTTPHandler,
        then: @escaping @Sendable (Result<HTTPServer, NetworkError>) -> Void
    ) {
        let limit = limits.body
        let state = State(limits: limits, bodyMode: bodyMode ?? { _ in .whole(limit: limit) }, handler: handler)
        let confined = LoopConfined(value: state)
        Self.bootstrap(state, loop).bind(host: host, port: port).whenComplete { result in
            switch result {
            case .success(let channel):
                confined.value.start(channel)
                then(.success(HTTPServer(port: channel.localAddress?.port ?? 0, state: confined.value, loop: loop)))
            case .failure(let error): then(.failure(NetworkError(error, address: "\(host):\(port)")))
            }
        }
    }

    /// Opens a listener on 127.0.0.1 within the call, for code on the loop that needs the port at once. Connections made
    /// before the loop has taken it over wait in the socket's backlog.
    package static func openLoopback(
        port: Int = 0,
        on loop: Loop,
        limits: Limits = Limits(),
        bodyMode: (@Sendable (HTTPRequestHead) -> HTTPBodyMode)? = nil,
        handler: @escaping HTTPHandler
    ) throws(NetworkError) -> HTTPServer {
        let socket = try LoopbackSocket(port: port)
        let limit = limits.body
        let state = State(limits: limits, bodyMode: bodyMode ?? { _ in .whole(limit: limit) }, handler: handler)
        let confined = LoopConfined(value: state)
        Self.bootstrap(state, loop).withBoundSocket(socket.descriptor).whenSuccess { confined.value.start($0) }
        return HTTPServer(port: socket.port, state: state, loop: loop)
    }

    private static func bootstrap(_ state: State, _ loop: Loop) -> ServerBootstrap {
        let confined = LoopConfined(value: state)
        return ServerBootstrap(group: loop.eventLoop)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: true, withErrorHandling: true)
                    try pipeline.addHandler(ServerConnection(confined.value))
                }
            }
    }

    /// Counts pieces of requests as they arrive: as long as it stands still nothing comes. From the loop.
    package var activity: Int { self.state.value.activity }

    // MARK: Closing

    /// Stops listening, closes connections that wait, and lets answers under way finish for up to a second.
    package func close() async {
        await withCheckedContinuation { continuation in
            self.close { continuation.resume() }
        }
    }

    /// The same; `then` is called on the loop when the last connection is gone.
    package func close(then: @escaping @Sendable () -> Void) {
        let state = self.state
        let loop = self.loop.eventLoop
        self.loop.execute { state.value.close(on: loop, then: then) }
    }

    // MARK: State

    /// What the connections of a server share. Used on the loop only.
    final class State {
        let limits: Limits
        let bodyMode: @Sendable (HTTPRequestHead) -> HTTPBodyMode
        let handler: HTTPHandler
        var activity = 0
        private(set) var isClosing = false
        private var connections: [ObjectIdentifier: ServerConnection] = [:]
        private var channel: (any Channel)?
        private var sweep: RepeatedTask?
        private var closed: [@Sendable () -> Void] = []

        init(
            limits: Limits,
            bodyMode: @escaping @Sendable (HTTPRequestHead) -> HTTPBodyMode,
            handler: @escaping HTTPHandler
        ) {
            self.limits = limits
            self.bodyMode = bodyMode
            self.handler = handler
        }

        func start(_ channel: any Channel) {
            guard !self.isClosing else { return channel.close(promise: nil) }
            self.channel = channel
            let confined = LoopConfined(value: WeakState(self))
            let interval = TimeAmount.milliseconds(Int64(self.limits.secondsForRequest) * 250)
            self.sweep = channel.eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
                confined.value.state?.closeSlowConnections()
            }
        }

        func add(_ connection: ServerConnection) -> Bool {
            guard !self.isClosing, self.connections.count < self.limits.connections else { return false }
            self.connections[ObjectIdentifier(connection)] = connection
            return true
        }

        func remove(_ connection: ServerConnection) {
            self.connections[ObjectIdentifier(connection)] = nil
            self.endIfEmpty()
        }

        /// Runs four times within the time that a request may take.
        private func closeSlowConnections() {
            for connection in self.connections.values where connection.isReceiving {
                connection.sweepsWhileReceiving += 1
                if connection.sweepsWhileReceiving > 4 { connection.close() }
            }
        }

        func close(on loop: any EventLoop, then: @escaping @Sendable () -> Void) {
            self.closed.append(then)
            if !self.isClosing {
                self.isClosing = true
                self.sweep?.cancel()
                self.channel?.close(promise: nil)
                for connection in Array(self.connections.values) where !connection.isAnswering { connection.close() }
                let confined = LoopConfined(value: self)
                if !self.connections.isEmpty {
                    loop.scheduleTask(in: .seconds(1)) { confined.value.closeRest() }
                }
            }
            self.endIfEmpty()
        }

        private func closeRest() {
            for connection in Array(self.connections.values) { connection.close() }
        }

        private func endIfEmpty() {
            guard self.isClosing, self.connections.isEmpty else { return }
            let closed = self.closed
            self.closed = []
            for body in closed { body() }
        }
    }

    private final class WeakState {
        weak var state: State?

        init(_ state: State) {
            self.state = state
        }
    }
}
