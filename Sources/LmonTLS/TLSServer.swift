#if Remote
import LmonHTTP
package import NIOCore
import NIOSSL
import Synchronization

/// TLS 1.2 and 1.3 for a listener, with a certificate and its key from files, which may be read again while it serves.
package final class TLSServer: ServerSecurity {
    private let certificate: String
    private let key: String
    private let handshakeLimit: Duration
    private let context: Mutex<NIOSSLContext>

    /// Reads both files (PEM; the certificate's may go on with the chain) within the call.
    package init(certificate: String, key: String, handshakeLimit: Duration = .seconds(10)) throws(TLSFileError) {
        self.certificate = certificate
        self.key = key
        self.handshakeLimit = handshakeLimit
        self.context = Mutex(try Self.makeContext(certificate, key))
    }

    /// Reads the files again, for connections from now on. If they are of no use, all stays as it is.
    package func reload() throws(TLSFileError) {
        let context = try Self.makeContext(self.certificate, self.key)
        self.context.withLock { $0 = context }
    }

    package func secure(_ channel: any Channel) throws {
        let tls = NIOSSLServerHandler(context: self.context.withLock { $0 })
        let watch = HandshakeWatch(tls, host: "", address: "", limit: self.handshakeLimit)
        try channel.pipeline.syncOperations.addHandlers([tls, watch])
    }

    private static func makeContext(_ path: String, _ keyPath: String) throws(TLSFileError) -> NIOSSLContext {
        let chain = try TLSFileError.reading(path, as: "certificate") { try NIOSSLCertificate.fromPEMFile(path) }
        let key = try TLSFileError.reading(keyPath, as: "private key without a password") {
            try NIOSSLPrivateKey(file: keyPath, format: .pem)
        }
        guard !chain.isEmpty else { throw TLSFileError("\(path) holds no certificate in PEM form") }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        configuration.shutdownTimeout = .seconds(1)
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw TLSFileError("the key in \(keyPath) is not the one of the certificate in \(path)")
        }
    }
}
#endif
