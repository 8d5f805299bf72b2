import NIOCore
import NIOHTTP1
import NIOPosix

package struct HTTPResponse: Sendable {
    package let status: Int
    package let headers: HTTPHeaders
    package let body: [UInt8]
    package let trailers: HTTPHeaders
}

/// Requests over HTTP/1.1 from a loop. Connections are kept and used again.
package final class HTTPClient: Sendable {
    private let loop: Loop
    private let pool: LoopConfined<ConnectionPool>

    /// At most `idleLimit` connections to one host and port are kept while they are not used; 0 closes each at once.
    /// Without `security` a request for https fails.
    package init(loop: Loop, idleLimit: Int = 8, security: (any ClientSecurity)? = nil) {
        self.loop = loop
        self.pool = LoopConfined(value: ConnectionPool(loop: loop, idleLimit: idleLimit, security: security))
    }

    /// Closes idle connections; for when no more requests are made.
    package func close() {
        let pool = self.pool
        self.loop.run { pool.value.closeIdle() }
    }

    /// Sends a request and waits for the whole answer.
    ///
    /// `target` is path and query, percent-encoded; `timeout` counts from the start to the answer's last byte, nil waits for
    /// ever; a body longer than `limit` is an error. Cancelling the task gives the request up.
    package func request(
        _ method: String,
        isSecure: Bool = false,
        host: String,
        port: Int,
        target: String,
        headers: HTTPHeaders = [:],
        body: [UInt8] = [],
        timeout: Duration? = .seconds(30),
        limit: Int = 64 << 20
    ) async throws(NetworkError) -> HTTPResponse {
        let request = HTTPClientRequest(
            method,
            isSecure: isSecure,
            host: host,
            port: port,
            target: target,
            headers: headers,
            body: .whole(body),
            timeout: timeout
        )
        let pool = self.pool
        let whole = LoopConfined(value: WholeResponse(limit: limit, address: request.address))
        let result: Result<HTTPResponse, NetworkError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                self.loop.run { whole.value.start(request, pool.value) { continuation.resume(returning: $0) } }
            }
        } onCancel: {
            self.loop.execute { whole.value.cancel() }
        }
        return try result.get()
    }

    /// Sends a request whose body or answer comes piece by piece. From the loop; `events` are called there.
    package func start(_ request: HTTPClientRequest, _ events: HTTPResponseEvents) -> HTTPCall {
        self.pool.value.start(request, events)
    }
}

/// Collects an answer.
private final class WholeResponse {
    private let limit: Int
    private let address: String
    private var completed: (Result<HTTPResponse, NetworkError>) -> Void = { _ in }
    private var status = 0
    private var headers: HTTPHeaders = [:]
    private var body: [UInt8] = []
    private var isTooLarge = false
    private var isCancelled = false
    private var call: HTTPCall?

    init(limit: Int, address: String) {
        self.limit = limit
        self.address = address
    }

    func start(
        _ request: HTTPClientRequest,
        _ pool: ConnectionPool,
        completed: @escaping (Result<HTTPResponse, NetworkError>) -> Void
    ) {
        guard !self.isCancelled else { return completed(.failure(NetworkError(.cancelled, self.address))) }
        self.completed = completed
        self.call = pool.start(request, self.events)
    }

    func cancel() {
        self.isCancelled = true
        self.call?.cancel()
    }

    private var events: HTTPResponseEvents {
        HTTPResponseEvents(
            onHead: {
                self.status = $0; self.headers = $1
            },
            onBytes: { self.receive($0) },
            onEnd: { self.end($0) }
        )
    }

    private func receive(_ bytes: [UInt8]) {
        guard self.body.count + bytes.count <= self.limit else {
            self.isTooLarge = true
            self.call?.cancel()
            return
        }
        self.body += bytes
    }

    private func end(_ result: Result<HTTPHeaders, NetworkError>) {
        self.call = nil
        switch result {
        case .success(let trailers):
            let (status, headers, body) = (self.status, self.headers, self.body)
            self.completed(.success(HTTPResponse(status: status, headers: headers, body: body, trailers: trailers)))
        case .failure(let error):
            self.completed(.failure(self.isTooLarge ? NetworkError(.tooLarge, self.address) : error))
        }
    }
}
