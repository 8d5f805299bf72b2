#if Remote
import Foundation
import LmonHTTP
import LmonTLS
import LmonTestSupport
import Testing

/// Asked by Python's `http.client`, and by our own client.
@Suite(.exclusive, .enabled(if: Tools.areThere, "openssl or python3 is not there"), .timeLimit(.minutes(2)))
struct TLSServerTests {
    @Test func answersPythonOverAKeptConnection() async throws {
        let certificates = try await Certificates.shared.value
        let tls = try TLSServer(certificate: certificates.certificate("here"), key: certificates.key("here"))
        try await Self.withServer(tls) { server, _ in
            let script = "\(Tools.fixtures)/client.py"
            let arguments = [script, "\(server.port)", certificates.authority, "300000"]
            let child = try Child(#require(Tools.python), arguments)
            #expect(await child.end() == 0)
            #expect(child.lines.elements == Array(repeating: "200 TLSv1.3 http/1.1 True", count: 2))
        }
    }

    @Test func readsItsFilesAgain() async throws {
        let (old, new) = (try await Certificates(), try await Certificates())
        let (certificate, key) = ("\(old.folder)/served.pem", "\(old.folder)/served.key")
        try Self.copy(old, to: certificate, key)
        let tls = try TLSServer(certificate: certificate, key: key)
        try await Self.withServer(tls) { server, loop in
            let earlier = HTTPClient(loop: loop, security: TLSClient(trustFile: old.authority))
            let later = HTTPClient(loop: loop, security: TLSClient(trustFile: new.authority))
            #expect(try await earlier.post(to: server.port).status == 200)
            try Self.copy(new, to: certificate, key)
            await #expect(throws: NetworkError.self) { try await later.post(to: server.port) }
            try tls.reload()
            #expect(try await later.post(to: server.port).status == 200)
            // A connection that stands goes on.
            #expect(try await earlier.post(to: server.port).status == 200)
            try Data("nothing".utf8).write(to: URL(filePath: certificate))
            #expect(throws: TLSFileError.self) { try tls.reload() }
            later.close()
            #expect(try await later.post(to: server.port).status == 200)
            earlier.close()
            later.close()
        }
    }

    @Test(arguments: [
        ("missing.pem", "here.key", "{}/missing.pem: No such file or directory"),
        ("here.pem", "missing.key", "{}/missing.key: No such file or directory"),
        ("settings", "here.key", "{}/settings holds no certificate in PEM form"),
        ("here.pem", "settings", "{}/settings holds no private key without a password in PEM form"),
        ("here.pem", "name.key", "the key in {}/name.key is not the one of the certificate in {}/here.pem"),
    ])
    func filesOfNoUseAreNamed(certificate: String, key: String, expected: String) async throws {
        let folder = try await Certificates.shared.value.folder
        let error = #expect(throws: TLSFileError.self) {
            try TLSServer(certificate: "\(folder)/\(certificate)", key: "\(folder)/\(key)")
        }
        #expect(error?.description == expected.replacingOccurrences(of: "{}", with: folder))
    }

    @Test func whoeverDoesNotFinishTheHandshakeIsLetGo() async throws {
        let certificates = try await Certificates.shared.value
        let tls = try TLSServer(
            certificate: certificates.certificate("here"),
            key: certificates.key("here"),
            handshakeLimit: .milliseconds(50)
        )
        try await Self.withServer(tls) { server, _ in
            let silent = try RawClient(port: server.port)
            #expect(try silent.receiveToEnd() == "")
        }
    }

    @Test func plainHTTPIsToldSo() async throws {
        let certificates = try await Certificates.shared.value
        let tls = try TLSServer(certificate: certificates.certificate("here"), key: certificates.key("here"))
        try await Self.withServer(tls) { server, loop in
            let client = HTTPClient(loop: loop)
            let response = try await client.request("GET", host: "localhost", port: server.port, target: "/")
            #expect(response.status == 426)
            #expect(String(decoding: response.body, as: UTF8.self) == "this port speaks https only\n")
        }
    }

    private static func copy(_ certificates: Certificates, to certificate: String, _ key: String) throws {
        for (from, to) in [(certificates.certificate("here"), certificate), (certificates.key("here"), key)] {
            try Data(contentsOf: URL(filePath: from)).write(to: URL(filePath: to))
        }
    }

    private static func withServer(_ tls: TLSServer, _ body: (HTTPServer, Loop) async throws -> Void) async throws {
        let loop = Loop()
        let server = try HTTPServer(host: "127.0.0.1", port: 0, on: loop, security: tls) { request, responder in
            responder.respond(status: 200, body: request.body)
        }
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(server, loop))
        } catch {
            result = .failure(error)
        }
        await server.close()
        await loop.shutdown()
        try result.get()
    }
}
#endif
