#if Remote
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The file of certificates that this system trusts.
enum TrustStore {
    /// Debian, Ubuntu, Alpine; Amazon Linux, Fedora; openSUSE; macOS, BSD.
    private static let files = [
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
        "/etc/ssl/cert.pem",
    ]

    /// What `SSL_CERT_FILE` names, as for other programs; else what is usual here.
    static func path() throws(TLSFileError) -> String {
        if let named = getenv("SSL_CERT_FILE").map({ String(cString: $0) }), !named.isEmpty { return named }
        if let path = self.files.first(where: { access($0, R_OK) == 0 }) { return path }
        throw TLSFileError("no certificates to trust are installed here; SSL_CERT_FILE may name a file of them")
    }
}
#endif
