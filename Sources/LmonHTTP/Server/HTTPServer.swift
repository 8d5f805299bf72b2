/// A route table's outside: called on the loop for each request; the responder may be kept. Must not block.
package typealias HTTPHandler = @Sendable (HTTPRequest, Responder) -> Void

/// An HTTP/1.1 listener on a loop.
///
/// The handler gets one request of a connection at a time, in order: pipelined ones wait for the answer to the one before.
package final class HTTPServer: Sendable {
    package typealias BodyModeDecision = @Sendable (HTTPRequestHead) -> HTTPBodyMode

    package struct Limits: Hashable, Sendable {
        /// Further connections are answered 503.
        package var connections: Int
        /// A request must be complete within so many seconds of its head; long polls and idle connections may last.
        package var secondsForRequest: Int
        /// The longest body of a request in `.whole` mode, unless `bodyMode` says otherwise.
        package var body: Int
        /// Bytes of all bodies that are being received in `.whole` mode; further ones wait unread. A body that is longer is
        /// received alone.
        package var bodies: Int
        /// Bytes of a request's target and header fields together; more is answered 431.
        package var head: Int
        /// From the first byte of a head to its last.
        package var secondsForHead: Int

        package init(
            connections: Int = 4096,
            secondsForRequest: Int = 30,
            body: Int = 1 << 20,
            bodies: Int = .max,
            head: Int = 64 << 10,
            secondsForHead: Int = 10
        ) {
            self.connections = connections
            self.secondsForRequest = secondsForRequest
            self.body = body
            self.bodies = bodies
            self.head = head
            self.secondsForHead = secondsForHead
        }
    }

    package let port: Int
    private let loop: Loop
    private let core: ServerCore

    // MARK: Opening

    /// Opens a listener within the call, from any thread; port 0 takes any free one. Connections made before the loop has
    /// taken it over wait in the socket's backlog.
    ///
    /// - Parameters:
    ///   - host: an address or `localhost`; use loopback unless told otherwise.
    ///   - port: 0 for any free one.
    ///   - loop: where everything is called.
    ///   - limits: what clients are granted.
    ///   - bodyMode: how a request's body is wanted, decided from its head; whole up to `limits.body` by default.
    ///   - security: what answers to https; plain HTTP without.
    ///   - handler: called on the loop.
    /// - Throws: `addressInUse` if somebody else has the port.
    package init(
        host: String,
        port: Int,
        on loop: Loop,
        limits: Limits = Limits(),
        bodyMode: BodyModeDecision? = nil,
        security: (any ServerSecurity)? = nil,
        handler: @escaping HTTPHandler
    ) throws(NetworkError) {
        let socket = try ListeningSocket(host: host, port: port)
        let core = ServerCore(
            loop: loop,
            limits: limits,
            bodyMode: bodyMode,
            security: security,
            handler: handler
        )
        self.port = socket.port
        self.loop = loop
        self.core = core
        loop.run { core.start(socket.descriptor) }
    }

    /// The same for code that may wait anyway.
    package static func listen(
        host: String,
        port: Int,
        on loop: Loop,
        limits: Limits = Limits(),
        bodyMode: BodyModeDecision? = nil,
        handler: @escaping HTTPHandler
    ) async throws(NetworkError) -> HTTPServer {
        try HTTPServer(host: host, port: port, on: loop, limits: limits, bodyMode: bodyMode, handler: handler)
    }

    /// The same with a callback: `then` is called on the loop, later.
    package static func listen(
        host: String,
        port: Int,
        on loop: Loop,
        limits: Limits = Limits(),
        bodyMode: BodyModeDecision? = nil,
        handler: @escaping HTTPHandler,
        then: @escaping @Sendable (Result<HTTPServer, NetworkError>) -> Void
    ) {
        let result = Result { () throws(NetworkError) -> HTTPServer in
            try HTTPServer(host: host, port: port, on: loop, limits: limits, bodyMode: bodyMode, handler: handler)
        }
        loop.execute { then(result) }
    }

    /// Opens a listener on 127.0.0.1 within the call.
    package static func openLoopback(
        port: Int = 0,
        on loop: Loop,
        limits: Limits = Limits(),
        bodyMode: BodyModeDecision? = nil,
        handler: @escaping HTTPHandler
    ) throws(NetworkError) -> HTTPServer {
        try HTTPServer(host: "127.0.0.1", port: port, on: loop, limits: limits, bodyMode: bodyMode, handler: handler)
    }

    // MARK: Closing

    /// Stops listening, closes connections that wait for a request or an answer, and lets streamed answers under way and
    /// requests that are still coming finish for up to a second. Returns when all are gone.
    package func close() async {
        await withCheckedContinuation { continuation in
            self.close { continuation.resume() }
        }
    }

    /// The same; `then` is called on the loop when the last connection is gone.
    package func close(then: @escaping @Sendable () -> Void) {
        self.loop.run { self.core.close(grace: .seconds(1), then: then) }
    }

    // MARK: Looking, from the loop

    /// Counts pieces of requests as they arrive: as long as it stands still nothing comes.
    package var activity: Int { self.core.activity }

    package var connectionCount: Int { self.core.connections.count }

    /// Calls `then` on the loop once everything has been read that clients had sent when this was called: within the call
    /// if nothing is waiting, at the latest after `limit`.
    package func whenInputIsRead(limit: Duration = .milliseconds(100), then: @escaping @Sendable () -> Void) {
        self.core.whenInputIsRead(until: .now + limit, then: then)
    }
}
