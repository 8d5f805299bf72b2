/// What a client asks for.
package struct HTTPClientRequest: Sendable {
    package enum Body: Sendable {
        case whole([UInt8])
        /// Written piece by piece to the call; chunked unless the headers carry a `Content-Length`.
        case stream
    }

    package let method: String
    /// https.
    package let isSecure: Bool
    package let host: String
    package let port: Int
    /// Path and query, percent-encoded.
    package let target: String
    package let headers: HTTPHeaders
    package let body: Body
    /// From the start to the answer's last byte; nil waits for ever.
    package let timeout: Duration?

    package init(
        _ method: String,
        isSecure: Bool = false,
        host: String,
        port: Int,
        target: String,
        headers: HTTPHeaders = [:],
        body: Body = .whole([]),
        timeout: Duration? = .seconds(30)
    ) {
        self.method = method
        self.isSecure = isSecure
        self.host = host
        self.port = port
        self.target = target
        self.headers = headers
        self.body = body
        self.timeout = timeout
    }

    var address: String { "\(self.bracketedHost):\(self.port)" }

    /// What a URL has before its path: the port only where it is not the usual one.
    var authority: String { self.port == (self.isSecure ? 443 : 80) ? self.bracketedHost : self.address }

    private var bracketedHost: String { self.host.contains(":") ? "[\(self.host)]" : self.host }

    /// Whether sending it twice does no more than sending it once.
    var isRepeatable: Bool {
        guard case .whole = self.body else { return false }
        return ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"].contains(self.method)
    }
}

/// What comes back. Called on the loop, in this order; `onEnd` exactly once, with the trailers or with what went wrong.
package struct HTTPResponseEvents {
    let onHead: (_ status: Int, _ headers: HTTPHeaders) -> Void
    let onBytes: ([UInt8]) -> Void
    let onEnd: (Result<HTTPHeaders, NetworkError>) -> Void

    package init(
        onHead: @escaping (_ status: Int, _ headers: HTTPHeaders) -> Void,
        onBytes: @escaping ([UInt8]) -> Void,
        onEnd: @escaping (Result<HTTPHeaders, NetworkError>) -> Void
    ) {
        self.onHead = onHead
        self.onBytes = onBytes
        self.onEnd = onEnd
    }
}

/// One request on its way. Used on the loop only.
package final class HTTPCall: @unchecked Sendable {
    // Unchecked: every use is on the loop.
    enum Outgoing {
        case bytes([UInt8])
        case end(HTTPHeaders)
    }

    let request: HTTPClientRequest
    private let events: HTTPResponseEvents
    private(set) var isOver = false
    private(set) var hasAnswer = false
    private(set) var isPaused = false
    /// What was written before there was a connection.
    private(set) var waiting: [Outgoing] = []
    var connection: ClientConnection?
    var timer: LoopTimer?
    private var drainHandler: (() -> Void)?
    /// The writer was told to wait.
    private var waitsForDrain = true
    /// Kept as long as a call is under way.
    private var pool: ConnectionPool?

    init(_ request: HTTPClientRequest, _ events: HTTPResponseEvents, pool: ConnectionPool) {
        self.pool = pool
        self.request = request
        self.events = events
    }

    // MARK: A streamed request

    /// Sends a piece of the body. False: the peer is slow; wait for `onDrained` before the next piece.
    @discardableResult
    package func write(_ bytes: [UInt8]) -> Bool {
        guard !self.isOver, !bytes.isEmpty, case .stream = self.request.body else { return true }
        guard let connection else {
            self.waiting.append(.bytes(bytes))
            return false
        }
        let isWritable = connection.write(.bytes(bytes))
        // Only now: while it was written, a full socket may have taken all of it, which is no news.
        if !isWritable { self.waitsForDrain = true }
        return isWritable
    }

    package func end(trailers: HTTPHeaders = [:]) {
        guard !self.isOver, case .stream = self.request.body else { return }
        if let connection { _ = connection.write(.end(trailers)) } else { self.waiting.append(.end(trailers)) }
    }

    /// Called each time more can be written, first when the connection stands.
    package func onDrained(_ body: @escaping () -> Void) {
        self.drainHandler = body
    }

    // MARK: Control

    /// Reads no more of the answer until `resume`; what the peer sends stays in the socket.
    package func pause() { self.isPaused = true }

    package func resume() {
        self.isPaused = false
        self.connection?.resumeReading()
    }

    /// Gives up: the connection is closed, and `onEnd` told so unless all was over.
    package func cancel() {
        self.fail(NetworkError(.cancelled, self.request.address))
    }

    // MARK: Called by the connection

    func takeWaiting() -> [Outgoing] {
        defer { self.waiting = [] }
        return self.waiting
    }

    func drained() {
        guard self.waitsForDrain else { return }
        self.waitsForDrain = false
        self.drainHandler?()
    }

    func received(_ status: Int, _ headers: HTTPHeaders) {
        self.hasAnswer = true
        if !self.isOver { self.events.onHead(status, headers) }
    }

    func received(_ bytes: [UInt8]) {
        if !self.isOver { self.events.onBytes(bytes) }
    }

    func finish(_ trailers: HTTPHeaders) { self.over(.success(trailers)) }

    func fail(_ error: NetworkError) {
        let connection = self.connection
        self.over(.failure(error))
        connection?.close()
    }

    private func over(_ result: Result<HTTPHeaders, NetworkError>) {
        guard !self.isOver else { return }
        self.isOver = true
        self.timer?.cancel()
        self.timer = nil
        self.connection = nil
        self.drainHandler = nil
        self.pool = nil
        self.events.onEnd(result)
    }
}
