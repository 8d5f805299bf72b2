#if Remote
import LmonHTTP
import NIOCore
import NIOSSL
import NIOTLS

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Stands behind TLS: ends a handshake that does not come to its end, and says in one line why a connection failed.
final class HandshakeWatch: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let tls: NIOSSLHandler
    private let host: String
    private let address: String
    private let limit: Duration
    private var timer: Scheduled<Void>?
    private var isDone = false

    init(_ tls: NIOSSLHandler, host: String, address: String, limit: Duration) {
        self.tls = tls
        self.host = host
        self.address = address
        self.limit = limit
    }

    func channelActive(context: ChannelHandlerContext) {
        self.timer = context.eventLoop.assumeIsolatedUnsafeUnchecked().scheduleTask(in: TimeAmount(self.limit)) {
            context.fireErrorCaught(NetworkError(.timedOut, self.address))
            context.close(promise: nil)
        }
        context.fireChannelActive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted = event as? TLSUserEvent {
            self.isDone = true
            self.cancelTimer()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case NIOSSLError.handshakeFailed(.sslError(let stack)) = error, stack.first?.reason == "HTTP_REQUEST" {
            self.answerPlainly(context)
        }
        context.fireErrorCaught(self.sorted(error))
    }

    /// Who speaks plain HTTP to a listener is told so in plain HTTP: not 400, which is about what was sent.
    private func answerPlainly(_ context: ChannelHandlerContext) {
        guard let below = try? context.pipeline.syncOperations.context(handler: self.tls) else { return }
        let body = "this port speaks https only\n"
        let head = "HTTP/1.1 426 Upgrade Required\r\nConnection: close\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
        below.writeAndFlush(NIOAny(ByteBuffer(string: head + body)), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.cancelTimer()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.cancelTimer()
    }

    private func cancelTimer() {
        self.timer?.cancel()
        self.timer = nil
    }

    // MARK: Errors

    /// Others than TLS's pass as they are.
    private func sorted(_ error: any Error) -> any Error {
        switch error {
        case is NIOSSLExtraError, NIOSSLError.unableToValidateCertificate:
            self.untrusted("its certificate is for \(self.certificate?.names ?? "another name"), not for \(self.host)")
        case NIOSSLError.handshakeFailed(let cause): self.sorted(cause)
        case NIOSSLError.uncleanShutdown, is NIOSSLCloseTimedOutError: NetworkError(.closed, self.address)
        case let error as BoringSSLError: self.sorted(error)
        case is NIOSSLError: self.insecure("\(error)")
        case let error as IOError where !self.isDone && [ECONNRESET, EPIPE].contains(error.errnoCode):
            self.insecure(Self.closedEarly)
        default: error
        }
    }

    private func sorted(_ cause: BoringSSLError) -> NetworkError {
        guard case .sslError(let stack) = cause, let first = stack.first else {
            return self.insecure("\(cause)")
        }
        guard first != .eofDuringHandshake else { return self.insecure(Self.closedEarly) }
        switch first.reason {
        case "CERTIFICATE_VERIFY_FAILED":
            let flaw = self.certificate?.timeFlaw
            return self.untrusted(flaw ?? "its certificate does not lead to one that is trusted here")
        case "WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNEXPECTED_MESSAGE", "BAD_PACKET_LENGTH":
            return self.insecure("what answers there does not speak it; is the URL to begin with http://?")
        default: return self.insecure(first.text)
        }
    }

    private static let closedEarly = "it closed the connection during the handshake"

    private var certificate: NIOSSLCertificate? { self.tls.peerCertificate }

    private func untrusted(_ detail: String) -> NetworkError { NetworkError(.untrusted, self.address, detail: detail) }

    private func insecure(_ detail: String) -> NetworkError { NetworkError(.insecure, self.address, detail: detail) }
}

extension BoringSSLInternalError {
    /// The library's name of what went wrong, out of `Error: 7 error:100000f7:SSL routines:OPENSSL_internal:NAME at FILE:1`.
    fileprivate var reason: Substring {
        let words = self.description.split(separator: " ")
        let end = words.lastIndex(of: "at") ?? words.endIndex
        return words[..<end].last?.split(separator: ":").last ?? ""
    }

    fileprivate var text: String {
        for alert in ["SSLV3_ALERT_", "TLSV1_ALERT_"] where self.reason.hasPrefix(alert) {
            return "it refused the handshake: \(Self.words(self.reason.dropFirst(alert.count)))"
        }
        return Self.words(self.reason)
    }

    private static func words(_ name: Substring) -> String {
        String(decoding: name.lowercased().utf8.map { $0 == UInt8(ascii: "_") ? 0x20 : $0 }, as: UTF8.self)
    }
}
#endif
