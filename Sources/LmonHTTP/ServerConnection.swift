import NIOCore
import NIOHTTP1

/// One accepted connection: takes requests apart, hands them to the handler, and writes answers in order.
///
/// The pipeline's pipelining handler holds back the next request until this one is answered.
final class ServerConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private enum Receiving {
        case nothing
        case whole(HTTPRequestHead, NIOHTTP1.HTTPRequestHead, body: [UInt8], limit: Int)
        case stream(HTTPBodyStream)
        /// The request was refused while its body was still coming.
        case refused
    }

    private let server: HTTPServer.State
    private var context: ChannelHandlerContext?
    private var receiving = Receiving.nothing
    private weak var responder: Responder?
    /// Counted by the server's sweep: how many sweeps the request under way has been incomplete.
    var sweepsWhileReceiving = 0
    private var isClosing = false
    private var peer = ""

    init(_ server: HTTPServer.State) {
        self.server = server
    }

    var isReceiving: Bool {
        switch self.receiving {
        case .nothing: false
        case .whole, .stream, .refused: true
        }
    }

    /// True while a streamed answer is under way.
    var isAnswering: Bool { self.responder?.isStreaming ?? false }

    /// Whether another request may follow on this connection.
    var isReusable: Bool { !self.isReceiving && !self.isClosing && !self.server.isClosing }

    var isWritable: Bool { self.context?.channel.isWritable ?? false }

    // MARK: In

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.peer = context.channel.remoteAddress.map { "\($0.ipAddress ?? ""):\($0.port ?? 0)" } ?? ""
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        if !self.server.add(self) { context.close(promise: nil) }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.server.remove(self)
        let receiving = self.receiving
        self.receiving = .nothing
        let responder = self.responder
        self.responder = nil
        // First, so that a route which answers a body that was cut off does not write to a closed connection.
        responder?.peerClosed()
        if case .stream(let stream) = receiving { stream.finish(.truncated) }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { self.responder?.drained() }
        context.fireChannelWritabilityChanged()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.server.activity &+= 1
        switch self.unwrapInboundIn(data) {
        case .head(let head): self.begin(head, context)
        case .body(let part): self.receive(part, context)
        case .end(let trailers): self.complete(trailers, context)
        }
    }

    private func begin(_ nioHead: NIOHTTP1.HTTPRequestHead, _ context: ChannelHandlerContext) {
        self.sweepsWhileReceiving = 0
        let head = HTTPRequestHead(
            method: nioHead.method.rawValue,
            target: nioHead.uri,
            headers: HTTPHeaders(nioHead.headers.map { (name: $0.name, value: $0.value) }),
            peer: self.peer
        )
        switch self.server.bodyMode(head) {
        case .whole(let limit):
            if let length = head.headers["content-length"].flatMap({ Int($0) }), length > limit {
                return self.refuse(nioHead, status: 413)
            }
            self.receiving = .whole(head, nioHead, body: [], limit: limit)
            self.continueIfExpected(head, context)
        case .stream:
            let stream = HTTPBodyStream { [weak self] isReading in
                guard let channel = self?.context?.channel else { return }
                try? channel.syncOptions?.setOption(.autoRead, value: isReading)
            }
            self.receiving = .stream(stream)
            self.continueIfExpected(head, context)
            self.dispatch(HTTPRequest(head: head, body: [], stream: stream, trailers: [:]), nioHead, context)
        }
    }

    private func continueIfExpected(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        guard head.headers["expect"]?.lowercased() == "100-continue" else { return }
        self.writeAndFlush(.head(HTTPResponseHead(version: .http1_1, status: .continue)))
    }

    private func receive(_ part: ByteBuffer, _ context: ChannelHandlerContext) {
        switch self.receiving {
        case .whole(let head, let nioHead, var body, let limit):
            // Let go of the stored copy first: the array must not be shared while it grows.
            self.receiving = .nothing
            guard body.count + part.readableBytes <= limit else { return self.refuse(nioHead, status: 413) }
            body.append(contentsOf: part.readableBytesView)
            self.receiving = .whole(head, nioHead, body: body, limit: limit)
        case .stream(let stream): stream.receive(Array(part.readableBytesView))
        case .nothing, .refused: break
        }
    }

    private func complete(_ trailers: NIOHTTP1.HTTPHeaders?, _ context: ChannelHandlerContext) {
        let receiving = self.receiving
        self.receiving = .nothing
        let fields = trailers.map { HTTPHeaders($0.map { (name: $0.name, value: $0.value) }) } ?? [:]
        switch receiving {
        case .whole(let head, let nioHead, let body, _):
            self.dispatch(HTTPRequest(head: head, body: body, stream: nil, trailers: fields), nioHead, context)
        case .stream(let stream): stream.finish(.complete(trailers: fields))
        case .nothing, .refused: break
        }
    }

    private func dispatch(
        _ request: HTTPRequest,
        _ head: NIOHTTP1.HTTPRequestHead,
        _ context: ChannelHandlerContext
    ) {
        let responder = Responder(connection: self, loop: context.eventLoop, head: head)
        self.responder = responder
        self.server.handler(request, responder)
    }

    /// Answers before the request is complete; nothing more can be read on this connection.
    private func refuse(_ nioHead: NIOHTTP1.HTTPRequestHead, status: Int) {
        guard let context = self.context else { return }
        self.receiving = .refused
        Responder(connection: self, loop: context.eventLoop, head: nioHead).respond(status: status)
    }

    // MARK: Out

    func writeAndFlush(_ part: HTTPServerResponsePart) {
        self.context?.writeAndFlush(self.wrapOutboundOut(part), promise: nil)
    }

    /// Writes a whole answer in one go.
    func finish(head: HTTPResponseHead, body: [UInt8]?, close: Bool) {
        guard let context = self.context else { return }
        context.write(self.wrapOutboundOut(.head(head)), promise: nil)
        if let body, !body.isEmpty {
            context.write(self.wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
        }
        self.finish(end: nil, close: close)
    }

    func finish(end: NIOHTTP1.HTTPHeaders?, close: Bool) {
        guard let context = self.context else { return }
        self.responder = nil
        guard close || self.server.isClosing else {
            return context.writeAndFlush(self.wrapOutboundOut(.end(end)), promise: nil)
        }
        self.isClosing = true
        let channel = context.channel
        // A request that is still coming would make a plain close a reset, which takes the answer with it.
        let mode = self.isReceiving ? CloseMode.output : .all
        context.writeAndFlush(self.wrapOutboundOut(.end(end))).whenComplete { _ in
            channel.close(mode: mode, promise: nil)
        }
    }

    /// Cuts the connection; what the socket has taken still goes out.
    func close() {
        self.isClosing = true
        self.context?.close(promise: nil)
    }
}
