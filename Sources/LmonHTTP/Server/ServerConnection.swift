import NIOCore
import NIOHTTP1

/// One client's connection: requests in, in order; answers out, in the same order. Lives on its loop.
///
/// There is one exchange at a time. What arrives meanwhile waits, and while something waits nothing more is read.
final class ServerConnection: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What has been decoded but is not its turn yet.
    enum Waiting {
        case part(HTTPServerRequestPart)
        case broken(status: Int)
    }

    let server: ServerCore
    var context: ChannelHandlerContext?
    var exchange: ServerExchange?
    /// The connection ends once the exchange has.
    var isLast = false
    private var exchangeNumber = 0
    var waiting = CircularBuffer<Waiting>()
    private var isTaking = false
    /// Bytes that have been read are being handled: whole answers to them leave together at the end.
    var isReading = false
    private var isReadHeld = false
    /// A body waits for room.
    private var isBodyHeld = false
    /// What the decoder has of a head so far is not nothing.
    var isInHead = false
    private(set) var partsSeen = 0
    private var lastPartWasEnd = true
    var isInputClosed = false
    /// The last answer is out; what the client still sends is thrown away, so that no reset overtakes the answer.
    var isLingering = false
    var timer: LoopTimer?
    private var descriptor: Int32?
    private var peer = ""

    init(server: ServerCore, isRefused: Bool) {
        self.server = server
        self.isLast = isRefused
        if isRefused { self.waiting.append(.broken(status: 503)) }
    }

    func install(in pipeline: ChannelPipeline.SynchronousOperations) throws {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = self.server.limits.head
        limits.maxHeaderListSize = self.server.limits.head
        try pipeline.addHandlers([ByteToMessageHandler(RequestDecoder(limits: limits, connection: self)), self])
    }

    // MARK: Life

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.peer = context.channel.remoteAddress.map { "\($0.ipAddress ?? ""):\($0.port ?? 0)" } ?? ""
        self.descriptor = try? context.pipeline.syncOperations
            .withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { $0 }
    }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        self.takeWaiting()
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.timer?.cancel()
        self.descriptor = nil
        self.waiting.removeAll()
        self.peerClosed()
        self.exchange = nil
        self.server.bodyEnded(of: self)
        self.server.forget(self)
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        // A channel that never became active is told of nothing else.
        self.server.forget(self)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let event = event as? ChannelEvent, event == .inputClosed else {
            return context.fireUserInboundEventTriggered(event)
        }
        self.isInputClosed = true
        self.endReading()
        if self.isLingering || (self.exchange == nil && self.waiting.isEmpty) {
            self.abort()
        } else {
            self.peerClosed()
            // An answer may still be read by a client that only closed its sending side.
            if self.exchange?.isRequestComplete == false { self.abort() }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case HTTPParserError.invalidEOFState: break  // The end of input tells all that matters.
        case HTTPParserError.headerOverflow: self.enqueue(.broken(status: 431))
        case is HTTPParserError: self.enqueue(.broken(status: 400))
        default: self.abort()
        }
    }

    /// Closes unless something is on its way: a request that is still coming, or a streamed answer.
    func closeIfWaiting() {
        self.isLast = true
        guard let exchange else {
            // The rest of an answer may still be on its way.
            if !self.isLingering { self.closeWhenFlushed() }
            return
        }
        if exchange.isRequestComplete, exchange.output == .pending { self.abort() }
    }

    func abort() {
        self.endReading()
        self.context?.close(promise: nil)
    }

    var hasInput: Bool {
        guard let descriptor, !self.isInputClosed, !self.isLingering else { return false }
        return Descriptors.hasBytes(descriptor)
    }

    /// Tells the handler that nobody waits for its answer any more.
    func peerClosed() {
        guard var exchange = self.exchange, let onClose = exchange.onClose else {
            self.exchange?.isPeerGone = true
            self.exchange?.failStream()
            return
        }
        exchange.onClose = nil
        exchange.isPeerGone = true
        self.exchange = exchange
        exchange.failStream()
        onClose()
    }

    // MARK: Reading

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.server.activity &+= 1
        self.partsSeen &+= 1
        self.isReading = true
        let part = self.unwrapInboundIn(data)
        if case .end = part { self.lastPartWasEnd = true } else { self.lastPartWasEnd = false }
        self.enqueue(.part(part))
    }

    /// Called after each read, with whether it made up any part, and left bytes that make up none yet.
    func decoded(anything: Bool, isLeftOver: Bool) {
        self.isInHead = self.lastPartWasEnd && (!anything || isLeftOver)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        self.endReading()
        if self.exchange == nil {
            self.watchHead()
        } else if self.exchange?.isRequestComplete == false {
            self.watch(.seconds(self.server.limits.secondsForRequest))
        }
        context.fireChannelReadComplete()
    }

    private func endReading() {
        guard self.isReading else { return }
        self.isReading = false
        self.context?.flush()
    }

    /// Held back while something waits for its turn or a streamed body is not taken.
    func read(context: ChannelHandlerContext) {
        if self.waiting.isEmpty, !self.isBodyHeld, self.exchange?.isStreamHeld != true {
            context.read()
        } else {
            self.isReadHeld = true
        }
    }

    func resumeReading() {
        guard self.isReadHeld, !self.isBodyHeld, self.waiting.isEmpty, self.exchange?.isStreamHeld != true else {
            return
        }
        self.isReadHeld = false
        self.context?.read()
    }

    private func enqueue(_ item: Waiting) {
        guard !self.isLingering else { return }
        if self.waiting.isEmpty, !self.isTaking, self.isNextTurn {
            self.isTaking = true
            self.take(item)
            self.isTaking = false
            if !self.waiting.isEmpty { self.takeWaiting() }
        } else {
            self.waiting.append(item)
        }
    }

    func takeWaiting() {
        guard !self.isTaking else { return }
        self.isTaking = true
        while let item = self.waiting.first, self.isNextTurn {
            self.waiting.removeFirst()
            self.take(item)
        }
        self.isTaking = false
        if self.isInputClosed, self.exchange == nil, self.waiting.isEmpty, !self.isLingering {
            self.closeWhenFlushed()
        } else {
            self.resumeReading()
        }
    }

    private var isNextTurn: Bool {
        self.exchange?.isRequestComplete != true
    }

    private func take(_ item: Waiting) {
        switch item {
        case .part(.head(let head)): self.begin(head)
        case .part(.body(let bytes)): self.receive(bytes)
        case .part(.end(let trailers)): self.requestEnded(trailers)
        case .broken(let status): self.refuse(status)
        }
    }

    // MARK: Exchanges

    private func begin(_ head: NIOHTTP1.HTTPRequestHead) {
        self.stopWatching()
        guard !self.isLast else { return }
        self.exchangeNumber += 1
        let requestHead = HTTPRequestHead(
            method: head.method.rawValue,
            target: head.uri,
            headers: HTTPHeaders(head.headers),
            peer: self.peer
        )
        let mode = self.server.bodyMode?(requestHead) ?? .whole(limit: self.server.limits.body)
        let response = ResponseContext(
            isHead: head.method == .HEAD,
            isOldClient: head.version.major < 1 || head.version == .http1_0,
            // The decoder stops after a request for another protocol.
            keepsAlive: head.isKeepAlive && head.method != .CONNECT && !head.headers.contains(name: "upgrade")
        )
        self.exchange = ServerExchange(number: self.exchangeNumber, head: requestHead, response: response)
        let expectsContinue = head.headers.first(name: "expect")?.lowercased() == "100-continue"
        self.exchange?.expectsContinue = expectsContinue && !response.isOldClient
        switch mode {
        case .stream: self.beginStream()
        case .whole(let limit): self.beginWhole(head, limit: limit)
        }
    }

    private func beginWhole(_ head: NIOHTTP1.HTTPRequestHead, limit: Int) {
        let length = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
        guard length <= limit else { return self.refuse(413) }
        let isChunked = head.headers.contains(name: "transfer-encoding")
        self.isBodyHeld = !self.server.admitsBody(of: self, bytes: isChunked ? limit : length)
        var body: [UInt8] = []
        if length > 0, !self.isBodyHeld { body.reserveCapacity(length) }
        self.exchange?.input = .whole(body, limit: limit)
        if !self.isBodyHeld { self.sendContinue() }
    }

    /// There is room for the body that waited.
    func bodyAdmitted() {
        self.isBodyHeld = false
        self.sendContinue()
        self.resumeReading()
    }

    private func beginStream() {
        guard let exchange else { return }
        let stream = HTTPBodyStream(connection: self, number: exchange.number)
        self.exchange?.input = .stream(stream)
        let request = HTTPRequest(head: exchange.head, body: [], stream: stream, trailers: [:])
        self.server.handler(request, Responder(connection: self, number: exchange.number))
    }

    /// Says `100 Continue` once, if the client waits for it.
    func sendContinue() {
        guard self.exchange?.expectsContinue == true, let context else { return }
        self.exchange?.expectsContinue = false
        guard self.exchange?.output == .pending else { return }
        var buffer = context.channel.allocator.buffer(capacity: 32)
        buffer.writeStaticString("HTTP/1.1 100 Continue\r\n\r\n")
        context.writeAndFlush(self.wrapOutboundOut(buffer), promise: nil)
    }

    private func receive(_ bytes: ByteBuffer) {
        // First, since looking at the other cases would take a reference to the body, and appending then copy it.
        if let isAccepted = self.exchange?.append(bytes) {
            if !isAccepted { self.refuse(413) }
            return
        }
        switch self.exchange?.input {
        case .stream(let stream): stream.receive(Array(bytes.readableBytesView))
        case .discarded(let left):
            self.exchange?.input = .discarded(left: left - bytes.readableBytes)
            if left < bytes.readableBytes { self.linger() }
        case .whole, .ended, nil: break
        }
    }

    private func requestEnded(_ trailers: NIOHTTP1.HTTPHeaders?) {
        guard let exchange else { return }
        self.stopWatching()
        self.exchange?.input = .ended
        let trailers = trailers.map { HTTPHeaders($0) } ?? [:]
        switch exchange.input {
        case .whole(let body, _):
            let request = HTTPRequest(head: exchange.head, body: body, stream: nil, trailers: trailers)
            self.server.handler(request, Responder(connection: self, number: exchange.number))
            self.server.bodyEnded(of: self)
        case .stream(let stream): stream.finish(.complete(trailers: trailers))
        case .discarded, .ended: break
        }
        self.endExchangeIfComplete()
    }

    func endExchangeIfComplete() {
        guard let exchange, exchange.output == .complete else { return }
        if exchange.isRequestComplete {
            self.exchange = nil
            if !exchange.response.keepsAlive || self.server.isClosing {
                return self.closeAfterAnswer()
            }
            self.watchHead()
            if !self.waiting.isEmpty || self.isReadHeld || self.isInputClosed { self.takeWaiting() }
        } else if !exchange.response.keepsAlive || exchange.expectsContinue {
            self.linger()
        } else if !exchange.isDiscarding {
            exchange.failStream()
            self.exchange?.input = .discarded(left: ServerExchange.discardLimit)
            self.resumeReading()
        }
    }

    // MARK: Writing

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable, self.exchange?.waitsForDrain == true, let onDrained = self.exchange?.onDrained {
            self.exchange?.waitsForDrain = false
            onDrained()
        }
        context.fireChannelWritabilityChanged()
    }
}
