import Foundation
import Testing

/// An authority that nobody trusts who is not told to, and a certificate of it for this machine, made by openssl.
struct OwnCertificates {
    private let folder: String

    var authority: String { "\(self.folder)/authority.pem" }
    var certificate: String { "\(self.folder)/here.pem" }
    var key: String { "\(self.folder)/here.key" }

    private static let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "LmonTLSTests/Fixtures/certificates.sh").path

    init(in workspace: Workspace) async throws {
        let made = try RunningProgram([Self.script], in: workspace, executable: "/bin/sh")
        try #require(try await made.end().status == 0)
        self.folder = workspace.path
    }
}
