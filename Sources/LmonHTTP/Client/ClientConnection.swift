import NIOCore
import NIOHTTP1

/// One connection of a client, for one call after the other. Lives on its loop.
final class ClientConnection: ChannelDuplexHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = HTTPClientRequestPart

    /// Weak: a client that is let go closes what it has kept.
    private weak var pool: ConnectionPool?
    private var descriptor: Int32?
    private let keepsAlive: Bool
    private var context: ChannelHandlerContext?
    private var call: HTTPCall?
    private var isUsed = false
    private var isRequestSent = false
    private var isResponseKeptAlive = false
    private var isReadHeld = false

    init(pool: ConnectionPool, keepsAlive: Bool) {
        self.pool = pool
        self.keepsAlive = keepsAlive
    }

    // MARK: Out

    func begin(_ call: HTTPCall) {
        // It may have timed out while the connection was made.
        guard !call.isOver else { return self.close() }
        guard let context, context.channel.isActive else {
            // Nothing has been sent yet.
            if self.isUsed, let pool { return pool.retry(call) }
            return call.fail(NetworkError(.closed, call.request.address))
        }
        self.call = call
        call.connection = self
        self.isRequestSent = false
        let written = context.eventLoop.makePromise(of: Void.self)
        // Fields that cannot be sent. Whatever else fails ends the connection, which is told of by itself.
        written.futureResult.assumeIsolatedUnsafeUnchecked().whenFailure { error in
            guard error is HTTPParserError else { return }
            call.fail(NetworkError(.malformed, call.request.address, detail: "\(error)"))
        }
        context.write(self.wrapOutboundOut(.head(self.head(call.request))), promise: written)
        switch call.request.body {
        case .whole(let bytes):
            if !bytes.isEmpty {
                context.write(self.wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: bytes)))), promise: nil)
            }
            self.isRequestSent = true
            context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: nil)
        case .stream:
            context.flush()
            for part in call.takeWaiting() { _ = self.write(part) }
            if context.channel.isWritable { call.drained() }
        }
    }

    private func head(_ request: HTTPClientRequest) -> NIOHTTP1.HTTPRequestHead {
        var fields = request.headers.storage
        if !fields.contains(name: "host") { fields.add(name: "Host", value: request.authority) }
        if !self.keepsAlive { fields.replaceOrAdd(name: "Connection", value: "close") }
        switch request.body {
        case .whole(let bytes):
            fields.remove(name: "transfer-encoding")
            if !bytes.isEmpty || !["GET", "HEAD", "DELETE", "OPTIONS"].contains(request.method) {
                fields.replaceOrAdd(name: "Content-Length", value: String(bytes.count))
            }
        case .stream where !fields.contains(name: "content-length"):
            fields.replaceOrAdd(name: "Transfer-Encoding", value: "chunked")
        case .stream: break
        }
        let method = HTTPMethod(rawValue: request.method)
        return NIOHTTP1.HTTPRequestHead(version: .http1_1, method: method, uri: request.target, headers: fields)
    }

    func write(_ part: HTTPCall.Outgoing) -> Bool {
        guard let context, !self.isRequestSent else { return true }
        switch part {
        case .bytes(let bytes):
            context.writeAndFlush(self.wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: bytes)))), promise: nil)
        case .end(let trailers):
            self.isRequestSent = true
            let fields = trailers.isEmpty ? nil : trailers.storage
            context.writeAndFlush(self.wrapOutboundOut(.end(fields)), promise: nil)
        }
        return context.channel.isWritable
    }

    func close() {
        self.context?.close(promise: nil)
    }

    // MARK: In

    func read(context: ChannelHandlerContext) {
        if self.call?.isPaused == true { self.isReadHeld = true } else { context.read() }
    }

    func resumeReading() {
        guard self.isReadHeld else { return }
        self.isReadHeld = false
        self.context?.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // A peer that speaks without having been asked is not to be understood.
        guard let call else { return self.close() }
        switch self.unwrapInboundIn(data) {
        case .head(let head):
            self.isResponseKeptAlive = head.isKeepAlive
            call.received(Int(head.status.code), HTTPHeaders(head.headers))
        case .body(let bytes): call.received(Array(bytes.readableBytesView))
        case .end(let trailers):
            self.call = nil
            if self.keepsAlive, self.isResponseKeptAlive, self.isRequestSent {
                self.isUsed = true
                if let pool { pool.keep(self, of: call.request) } else { self.close() }
                self.resumeReading()
            } else {
                self.close()
            }
            call.finish(trailers.map { HTTPHeaders($0) } ?? [:])
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { self.call?.drained() }
        context.fireChannelWritabilityChanged()
    }

    // MARK: Life

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.descriptor = try? context.pipeline.syncOperations
            .withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { $0 }
    }

    /// Whether the peer has not closed, as far as this machine knows; the loop may not have heard of it yet.
    var isAlive: Bool {
        guard let descriptor, self.context?.channel.isActive == true else { return false }
        return Descriptors.isSilent(descriptor)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.descriptor = nil
        self.pool?.forget(self)
        self.end(NetworkError(.closed, self.call?.request.address ?? ""))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.end(NetworkError(error, address: self.call?.request.address ?? ""))
        context.close(promise: nil)
    }

    private func end(_ error: NetworkError) {
        guard let call = self.call else { return }
        self.call = nil
        if self.isUsed, !call.hasAnswer, !call.isOver, call.request.isRepeatable, let pool {
            pool.retry(call)
        } else {
            call.fail(error)
        }
    }
}
