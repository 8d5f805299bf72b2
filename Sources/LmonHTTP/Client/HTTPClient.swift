import NIOCore
import NIOHTTP1
import NIOPosix

package struct HTTPResponse: Sendable {
    package let status: Int
    package let headers: HTTPHeaders
    package let body: [UInt8]
    package let trailers: HTTPHeaders
}

/// Requests over plain HTTP/1.1 from a loop, one connection each.
package struct HTTPClient: Sendable {
    private let loop: Loop

    package init(loop: Loop) {
        self.loop = loop
    }

    /// Sends a request and waits for the whole answer.
    ///
    /// `target` is path and query, percent-encoded; `timeout` counts from the start to the answer's last byte, nil waits for
    /// ever; a body longer than `limit` is an error.
    package func request(
        _ method: String,
        host: String,
        port: Int,
        target: String,
        headers: HTTPHeaders = [:],
        body: [UInt8] = [],
        timeout: Duration? = .seconds(30),
        limit: Int = 64 << 20
    ) async throws(NetworkError) -> HTTPResponse {
        let address = "\(host):\(port)"
        let eventLoop = self.loop.eventLoop
        var fields = headers.storage
        if headers["Host"] == nil { fields.add(name: "Host", value: address) }
        if !body.isEmpty || method != "GET" { fields.replaceOrAdd(name: "Content-Length", value: String(body.count)) }
        fields.replaceOrAdd(name: "Connection", value: "close")
        let head = NIOHTTP1.HTTPRequestHead(
            version: .http1_1,
            method: HTTPMethod(rawValue: method),
            uri: target,
            headers: fields
        )
        let promise = eventLoop.makePromise(of: HTTPResponse.self)
        let timer = timeout.map { timeout in
            eventLoop.scheduleTask(in: TimeAmount(timeout)) { promise.fail(NetworkError(.timedOut, address)) }
        }
        ClientBootstrap(group: eventLoop)
            .connectTimeout(timeout.map { TimeAmount($0) } ?? .seconds(10))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHTTPClientHandlers()
                    try pipeline.addHandler(ExchangeHandler(head, body, promise, address: address, limit: limit))
                }
            }
            .connect(host: host, port: port)
            .whenComplete { result in
                switch result {
                case .success(let channel):
                    promise.futureResult.whenComplete { _ in channel.close(promise: nil) }
                case .failure(let error): promise.fail(NetworkError(error, address: address))
                }
            }
        defer { timer?.cancel() }
        do {
            return try await promise.futureResult.get()
        } catch {
            throw NetworkError(error, address: address)
        }
    }
}

/// Sends one request as soon as the connection stands and collects its answer.
private final class ExchangeHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let request: NIOHTTP1.HTTPRequestHead
    private let requestBody: [UInt8]
    private let promise: EventLoopPromise<HTTPResponse>
    private let address: String
    private let limit: Int
    private var head: HTTPResponseHead?
    private var body: [UInt8] = []

    init(
        _ request: NIOHTTP1.HTTPRequestHead,
        _ body: [UInt8],
        _ promise: EventLoopPromise<HTTPResponse>,
        address: String,
        limit: Int
    ) {
        self.request = request
        self.requestBody = body
        self.promise = promise
        self.address = address
        self.limit = limit
    }

    func channelActive(context: ChannelHandlerContext) {
        context.write(self.wrapOutboundOut(.head(self.request)), promise: nil)
        if !self.requestBody.isEmpty {
            context.write(self.wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: self.requestBody)))), promise: nil)
        }
        context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch self.unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body(let part):
            guard self.body.count + part.readableBytes <= self.limit else {
                return self.promise.fail(NetworkError(.tooLarge, self.address))
            }
            self.body.append(contentsOf: part.readableBytesView)
        case .end(let trailers):
            guard let head = self.head, head.status.code >= 200 else { return }
            self.promise.succeed(
                HTTPResponse(
                    status: Int(head.status.code),
                    headers: HTTPHeaders(head.headers.map { (name: $0.name, value: $0.value) }),
                    body: self.body,
                    trailers: HTTPHeaders(trailers?.map { (name: $0.name, value: $0.value) } ?? [])
                )
            )
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.promise.fail(NetworkError(.closed, self.address))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.promise.fail(NetworkError(error, address: self.address))
        context.close(promise: nil)
    }
}
