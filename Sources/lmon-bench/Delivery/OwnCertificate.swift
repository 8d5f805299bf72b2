import ArgumentParser
import Foundation
import LmonHTTP

#if Remote
import LmonTLS
#endif

/// A certificate for localhost that only those trust who are told to, made by openssl for one run.
final class OwnCertificate {
    private let folder: URL

    var path: String { self.folder.appending(path: "certificate.pem").path }
    private var key: String { self.folder.appending(path: "key.pem").path }

    init() throws {
        self.folder = FileManager.default.temporaryDirectory.appending(path: "lmon-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
            "2",
            "-keyout", self.key, "-out", self.path, "-subj", "/CN=lmon-bench", "-addext",
            "subjectAltName=DNS:localhost",
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw ValidationError("--tls needs openssl") }
    }

    deinit { try? FileManager.default.removeItem(at: self.folder) }

    /// What serves with it.
    var security: any ServerSecurity {
        get throws {
            #if Remote
            try TLSServer(certificate: self.path, key: self.key)
            #else
            throw ValidationError("this build has no TLS")
            #endif
        }
    }
}
