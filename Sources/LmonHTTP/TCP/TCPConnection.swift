import NIOCore
import NIOPosix

/// One TCP connection as bytes in both directions. Used on its loop only; handlers are called there.
package final class TCPConnection: @unchecked Sendable {
    // Unchecked: every use is on the connection's loop.
    private let channel: any Channel
    package let peer: String
    /// Bytes written but not yet taken by the socket.
    package private(set) var pendingBytes = 0
    /// A write has failed: the peer did not get all that was written.
    package private(set) var hasLostBytes = false
    private var isWriting = false
    private var bytesHandler: (([UInt8]) -> Void)?
    private var closeHandler: (() -> Void)?
    private var drainHandler: (() -> Void)?
    package private(set) var isOpen = true

    fileprivate init(_ channel: any Channel) {
        self.channel = channel
        self.peer = channel.remoteAddress.map { "\($0.ipAddress ?? ""):\($0.port ?? 0)" } ?? ""
    }

    package func onBytes(_ body: @escaping ([UInt8]) -> Void) { self.bytesHandler = body }

    /// Called once when the connection is gone, whichever side ended it.
    package func onClose(_ body: @escaping () -> Void) { self.closeHandler = body }

    /// Called each time everything that was written has been taken by the socket, or has failed (`hasLostBytes`); never
    /// within `write`.
    package func onDrained(_ body: @escaping () -> Void) { self.drainHandler = body }

    package func write(_ bytes: [UInt8]) {
        self.write(SharedBytes(bytes))
    }

    package func write(_ bytes: SharedBytes) {
        guard self.isOpen, bytes.count > 0 else { return }
        self.pendingBytes += bytes.count
        let confined = LoopConfined(value: self)
        self.isWriting = true
        self.channel.writeAndFlush(bytes.buffer).whenComplete { result in
            if case .failure = result { confined.value.hasLostBytes = true }
            confined.value.wrote(bytes.count)
        }
        self.isWriting = false
    }

    private func wrote(_ count: Int) {
        self.pendingBytes -= count
        guard self.pendingBytes == 0, self.drainHandler != nil else { return }
        guard self.isWriting else { return self.drained() }
        // Later: a handler that writes again would call itself, deeper and deeper.
        let confined = LoopConfined(value: self)
        self.channel.eventLoop.execute { confined.value.drained() }
    }

    private func drained() {
        if self.pendingBytes == 0 { self.drainHandler?() }
    }

    /// Stops reading; a few pieces that had been read may still come.
    package func pause() { self.setReading(false) }

    package func resume() { self.setReading(true) }

    private func setReading(_ isReading: Bool) {
        try? self.channel.syncOptions?.setOption(.autoRead, value: isReading)
    }

    /// Closes at once; what is pending is dropped.
    package func close() {
        self.channel.close(promise: nil)
    }

    fileprivate func received(_ bytes: [UInt8]) { self.bytesHandler?(bytes) }

    fileprivate func closed() {
        guard self.isOpen else { return }
        self.isOpen = false
        let handler = self.closeHandler
        self.bytesHandler = nil
        self.closeHandler = nil
        self.drainHandler = nil
        handler?()
    }
}

/// Bytes that go out on several connections: copied once, however many share them.
package struct SharedBytes: Sendable {
    fileprivate let buffer: ByteBuffer

    package init(_ bytes: [UInt8]) {
        self.buffer = ByteBuffer(bytes: bytes)
    }

    package var count: Int { self.buffer.readableBytes }
}

/// A TCP listener on a loop.
package final class TCPListener: Sendable {
    package let port: Int
    private let channel: any Channel

    private init(_ channel: any Channel) {
        self.channel = channel
        self.port = channel.localAddress?.port ?? 0
    }

    /// Opens a listener; `accept` is called on the loop for each connection, before its first bytes.
    package static func listen(
        host: String,
        port: Int,
        on loop: Loop,
        accept: @escaping @Sendable (TCPConnection) -> Void
    ) async throws(NetworkError) -> TCPListener {
        let bootstrap = ServerBootstrap(group: loop.eventLoop)
            .serverChannelOption(.backlog, value: 64)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ConnectionHandler(ready: accept))
                }
            }
        do {
            return TCPListener(try await bootstrap.bind(host: host, port: port).get())
        } catch {
            throw NetworkError(error, address: "\(host):\(port)")
        }
    }

    /// Stops listening; accepted connections stay open.
    package func close() async {
        try? await self.channel.close()
    }
}

package enum TCPClient {
    /// Connects to an address or a name; `ready` is called on the loop once connected, before the first bytes.
    package static func connect(
        host: String,
        port: Int,
        on loop: Loop,
        timeout: Duration = .seconds(5),
        ready: @escaping @Sendable (TCPConnection) -> Void
    ) async throws(NetworkError) {
        do {
            _ = try await Self.bootstrap(on: loop, timeout, ready).connect(host: host, port: port).get()
        } catch {
            throw NetworkError(error, address: "\(host):\(port)")
        }
    }

    /// The same with callbacks: either `ready` is called on the loop, or `failed`.
    package static func connect(
        host: String,
        port: Int,
        on loop: Loop,
        timeout: Duration = .seconds(5),
        ready: @escaping @Sendable (TCPConnection) -> Void,
        failed: @escaping @Sendable (NetworkError) -> Void
    ) {
        Self.bootstrap(on: loop, timeout, ready).connect(host: host, port: port)
            .whenFailure { failed(NetworkError($0, address: "\(host):\(port)")) }
    }

    private static func bootstrap(
        on loop: Loop,
        _ timeout: Duration,
        _ ready: @escaping @Sendable (TCPConnection) -> Void
    ) -> ClientBootstrap {
        ClientBootstrap(group: loop.eventLoop)
            .connectTimeout(TimeAmount(timeout))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ConnectionHandler(ready: ready))
                }
            }
    }
}

private final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let ready: @Sendable (TCPConnection) -> Void
    private var connection: TCPConnection?

    init(ready: @escaping @Sendable (TCPConnection) -> Void) {
        self.ready = ready
    }

    func channelActive(context: ChannelHandlerContext) {
        let connection = TCPConnection(context.channel)
        self.connection = connection
        self.ready(connection)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.connection?.received(Array(self.unwrapInboundIn(data).readableBytesView))
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.connection?.closed()
        self.connection = nil
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
