#if Remote
import LmonHTTP
package import NIOCore
import NIOSSL
import Synchronization

/// TLS 1.2 and 1.3 for a client: the peer must have a certificate for its name that leads to one that is trusted here.
///
/// Nothing is read and nothing made before the first connection; then it is done on another thread, since a trust store takes
/// milliseconds to read, and hundreds of them where a core is shared.
package final class TLSClient: ClientSecurity {
    private typealias Waiting = EventLoopPromise<NIOSSLContext>

    private enum State {
        case idle
        case loading([Waiting])
        case ready(NIOSSLContext)
    }

    private let trustFile: String?
    private let handshakeLimit: Duration
    private let state = Mutex(State.idle)

    /// `trustFile` names a file of trusted certificates (PEM); nil takes `SSL_CERT_FILE`, or what the system has.
    package init(trustFile: String? = nil, handshakeLimit: Duration = .seconds(10)) {
        self.trustFile = trustFile
        self.handshakeLimit = handshakeLimit
    }

    package func secure(_ channel: any Channel, host: String, address: String) -> EventLoopFuture<Void> {
        self.context(on: channel.eventLoop).flatMapThrowing { context in
            var buffers = NIOSSLHandler.Configuration()
            buffers.maximumPreservedOutboundBufferCapacity = 64 << 10
            let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
            let tls = try NIOSSLClientHandler(
                context: context,
                // Without a name the certificate must be for the address.
                serverHostname: isAddress ? nil : host,
                configuration: buffers
            )
            let watch = HandshakeWatch(tls, host: host, address: address, limit: self.handshakeLimit)
            try channel.pipeline.syncOperations.addHandlers([tls, watch])
        }.flatMapErrorThrowing { error in
            switch error {
            case let error as TLSFileError: throw NetworkError(.untrusted, address, detail: error.description)
            case is NIOSSLExtraError: throw NetworkError(.unresolved, address)
            default: throw error
            }
        }
    }

    // MARK: The context that all connections share

    private func context(on loop: any EventLoop) -> EventLoopFuture<NIOSSLContext> {
        let promise = loop.makePromise(of: NIOSSLContext.self)
        let (ready, isFirst) = self.state.withLock { state -> (NIOSSLContext?, Bool) in
            switch state {
            case .idle:
                state = .loading([promise])
                return (nil, true)
            case .loading(let waiting):
                state = .loading(waiting + [promise])
                return (nil, false)
            case .ready(let context): return (context, false)
            }
        }
        if let ready { promise.succeed(ready) }
        if isFirst { Task { self.settle(Result { try self.makeContext() }) } }
        return promise.futureResult
    }

    /// A failure is not kept: the next connection tries again.
    private func settle(_ result: Result<NIOSSLContext, any Error>) {
        let waiting = self.state.withLock { state -> [Waiting] in
            guard case .loading(let waiting) = state else { return [] }
            if case .success(let context) = result { state = .ready(context) } else { state = .idle }
            return waiting
        }
        for promise in waiting { promise.completeWith(result) }
    }

    private func makeContext() throws -> NIOSSLContext {
        let path = try self.trustFile ?? TrustStore.path()
        return try TLSFileError.reading(path, as: "certificate") {
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.minimumTLSVersion = .tlsv12
            configuration.trustRoots = .file(path)
            configuration.applicationProtocols = ["http/1.1"]
            configuration.shutdownTimeout = .seconds(1)
            return try NIOSSLContext(configuration: configuration)
        }
    }
}
#endif
