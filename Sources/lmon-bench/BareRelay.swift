import NIOCore
import NIOHTTP1
import NIOPosix

/// The least that can carry an invoke: SwiftNIO on one event loop, an invocation in, the event out to a runtime that
/// waits, its answer back. No state beyond the open requests; the emulator is measured against it.
final class BareRelay {
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let channel: any Channel
    let port: Int

    init() throws {
        let exchange = Exchange()
        self.channel = try ServerBootstrap(group: self.group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: false)
                    try channel.pipeline.syncOperations.addHandler(RelayHandler(exchange))
                }
            }
            .bind(host: "127.0.0.1", port: 0).wait()
        self.port = self.channel.localAddress?.port ?? 0
    }

    /// Seconds of CPU that the loop has spent so far.
    func cpuTime() throws -> Double {
        try self.channel.eventLoop.submit { ThreadTime.seconds() }.wait()
    }

    func stop() throws {
        try self.channel.close().wait()
        try self.group.syncShutdownGracefully()
    }
}

/// The requests that wait: runtimes for an event, callers for a runtime.
private final class Exchange: @unchecked Sendable {
    // Unchecked: the group has one loop, and only its handlers touch this.
    var runtimes = CircularBuffer<RelayHandler>()
    var callers = CircularBuffer<(context: ChannelHandlerContext, event: ByteBuffer)>()
}

private final class RelayHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let exchange: Exchange
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()
    private var context: ChannelHandlerContext?
    /// Who waits for what this runtime is doing.
    private var caller: ChannelHandlerContext?

    init(_ exchange: Exchange) {
        self.exchange = exchange
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch self.unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            self.body.clear()
        case .body(var part): self.body.writeBuffer(&part)
        case .end: self.route(context)
        }
    }

    private func route(_ context: ChannelHandlerContext) {
        guard let head = self.head else { return }
        if head.uri.hasSuffix("/next") {
            self.context = context
            self.exchange.runtimes.append(self)
            self.deliver()
        } else if head.uri.hasSuffix("/response") {
            if let caller = self.caller { Self.answer(caller, .ok, self.body) }
            self.caller = nil
            Self.answer(context, .accepted, ByteBuffer(string: "{\"status\":\"OK\"}\n"))
        } else {
            self.exchange.callers.append((context, self.body))
            self.deliver()
        }
    }

    private func deliver() {
        guard !self.exchange.callers.isEmpty, let runtime = self.exchange.runtimes.popFirst() else { return }
        let (caller, event) = self.exchange.callers.removeFirst()
        runtime.caller = caller
        guard let context = runtime.context else { return }
        Self.answer(context, .ok, event, requestID: "8476a536-e9f4-11e8-9739-2dfe598c3fcd")
    }

    private static func answer(
        _ context: ChannelHandlerContext,
        _ status: HTTPResponseStatus,
        _ body: ByteBuffer,
        requestID: String? = nil
    ) {
        var headers = HTTPHeaders([("Content-Length", String(body.readableBytes))])
        if let requestID { headers.add(name: "Lambda-Runtime-Aws-Request-Id", value: requestID) }
        let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
        context.write(NIOAny(HTTPServerResponsePart.head(head)), promise: nil)
        context.write(NIOAny(HTTPServerResponsePart.body(.byteBuffer(body))), promise: nil)
        context.writeAndFlush(NIOAny(HTTPServerResponsePart.end(nil)), promise: nil)
    }
}
