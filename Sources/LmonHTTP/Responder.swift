import NIOCore
import NIOHTTP1

/// The answer to one request: whole or streamed, at once or hours later, on the loop.
///
/// Only the first answer counts; later ones are ignored, as is everything after the peer has gone. A responder that is let
/// go unanswered answers 500, so that no caller hangs.
package final class Responder: @unchecked Sendable {
    // Unchecked: every use is on the connection's loop; only the last release may happen elsewhere, and it hops.
    private enum State {
        case waiting
        case streaming
        case done
    }

    private var state = State.waiting
    private var connection: ServerConnection?
    private let loop: any EventLoop
    private let version: HTTPVersion
    private let isHead: Bool
    private let isKeptAlive: Bool
    private var closeHandler: (() -> Void)?
    private var drainHandler: (() -> Void)?

    init(connection: ServerConnection, loop: any EventLoop, head: NIOHTTP1.HTTPRequestHead) {
        self.connection = connection
        self.loop = loop
        self.version = head.version
        self.isHead = head.method == .HEAD
        self.isKeptAlive = head.isKeepAlive
    }

    deinit {
        guard case .waiting = self.state, let connection = self.connection else { return }
        let box = LoopConfined(value: connection)
        let (version, isHead) = (self.version, self.isHead)
        self.loop.execute {
            let head = Self.head(version, 500, ["Content-Length": "0"], isKeptAlive: false)
            box.value.finish(head: head, body: isHead ? nil : [], close: true)
        }
    }

    var isStreaming: Bool { self.state == .streaming }

    /// Called once if the peer goes away before the answer is complete.
    package func onClose(_ body: @escaping () -> Void) {
        if self.connection == nil, self.state != .done { return body() }
        self.closeHandler = body
    }

    // MARK: Whole

    /// Sends a complete answer; `Content-Length` is added where the status allows a body.
    package func respond(status: Int, headers: HTTPHeaders = [:], body: [UInt8] = []) {
        guard case .waiting = self.state, let connection = self.connection else { return }
        self.state = .done
        self.release()
        let allowsBody = status >= 200 && status != 204 && status != 304
        var head = Self.head(self.version, status, headers, isKeptAlive: self.isKeptAlive && connection.isReusable)
        if allowsBody { head.headers.replaceOrAdd(name: "Content-Length", value: String(body.count)) }
        connection.finish(
            head: head,
            body: allowsBody && !self.isHead ? body : nil,
            close: !(self.isKeptAlive && connection.isReusable)
        )
    }

    // MARK: Streamed

    /// Sends the head; the body follows by `write`, chunked unless the headers carry a `Content-Length`.
    package func start(status: Int, headers: HTTPHeaders = [:]) {
        guard case .waiting = self.state, let connection = self.connection else { return }
        self.state = .streaming
        var head = Self.head(self.version, status, headers, isKeptAlive: self.isKeptAlive && connection.isReusable)
        if headers["Content-Length"] == nil, self.version.minor > 0 {
            head.headers.add(name: "Transfer-Encoding", value: "chunked")
        }
        connection.writeAndFlush(.head(head))
    }

    /// Sends a piece of the body. False: the peer is slow; wait for `onDrained` before the next piece.
    @discardableResult
    package func write(_ bytes: [UInt8]) -> Bool {
        guard case .streaming = self.state, let connection = self.connection else { return true }
        if !self.isHead, !bytes.isEmpty { connection.writeAndFlush(.body(.byteBuffer(ByteBuffer(bytes: bytes)))) }
        return connection.isWritable
    }

    /// Called each time the peer has taken enough for more to be written.
    package func onDrained(_ body: @escaping () -> Void) {
        self.drainHandler = body
    }

    package func end(trailers: HTTPHeaders = [:]) {
        guard case .streaming = self.state, let connection = self.connection else { return }
        self.state = .done
        self.release()
        let fields = trailers.fields.isEmpty ? nil : NIOHTTP1.HTTPHeaders(trailers.fields)
        let close = !(self.isKeptAlive && connection.isReusable) || self.version.minor == 0
        connection.finish(end: fields, close: close)
    }

    /// Cuts the connection in the middle of the answer.
    package func abort() {
        guard self.state != .done else { return }
        self.state = .done
        let connection = self.connection
        self.release()
        connection?.close()
    }

    // MARK: Called by the connection

    func peerClosed() {
        let handler = self.closeHandler
        self.release()
        handler?()
    }

    func drained() {
        self.drainHandler?()
    }

    private func release() {
        self.connection = nil
        self.closeHandler = nil
        self.drainHandler = nil
    }

    private static func head(
        _ version: HTTPVersion,
        _ status: Int,
        _ headers: HTTPHeaders,
        isKeptAlive: Bool
    ) -> HTTPResponseHead {
        var fields = NIOHTTP1.HTTPHeaders(headers.fields)
        if !isKeptAlive { fields.replaceOrAdd(name: "Connection", value: "close") }
        return HTTPResponseHead(version: version, status: HTTPResponseStatus(statusCode: status), headers: fields)
    }
}

/// Carries a loop-confined reference across threads untouched, until it is used on its loop again.
struct LoopConfined<Value>: @unchecked Sendable {
    // Unchecked: only code on the value's own loop unwraps it.
    let value: Value
}
