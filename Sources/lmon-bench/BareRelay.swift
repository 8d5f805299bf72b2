import NIOCore
import NIOHTTP1
import NIOPosix

/// The least that can carry an invoke: SwiftNIO on one event loop, an invocation in, the event out to the runtime that
/// waits, its answer back. No state beyond the two open requests; the emulator is measured against it.
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

    func stop() throws {
        try self.channel.close().wait()
        try self.group.syncShutdownGracefully()
    }
}

/// The two requests that wait: the runtime's for an event, the caller's for an answer.
private final class Exchange: @unchecked Sendable {
    // Unchecked: the group has one loop, and only its handlers touch this.
    var runtime: ChannelHandlerContext?
    var caller: ChannelHandlerContext?
    var pending: ByteBuffer?
}

private final class RelayHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let exchange: Exchange
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()

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
            self.exchange.runtime = context
            self.deliver()
        } else if head.uri.hasSuffix("/response") {
            if let caller = self.exchange.caller { Self.answer(caller, .ok, self.body) }
            self.exchange.caller = nil
            Self.answer(context, .accepted, ByteBuffer(string: "{\"status\":\"OK\"}\n"))
        } else {
            self.exchange.caller = context
            self.exchange.pending = self.body
            self.deliver()
        }
    }

    private func deliver() {
        guard let runtime = self.exchange.runtime, let event = self.exchange.pending else { return }
        self.exchange.runtime = nil
        self.exchange.pending = nil
        Self.answer(runtime, .ok, event, requestID: "8476a536-e9f4-11e8-9739-2dfe598c3fcd")
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
