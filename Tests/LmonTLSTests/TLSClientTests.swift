#if Remote
import LmonHTTP
import LmonTLS
import LmonTestSupport
import Testing

/// Against Python's `ssl`, with certificates that openssl made.
@Suite(.exclusive, .enabled(if: Tools.areThere, "openssl or python3 is not there"), .timeLimit(.minutes(2)))
struct TLSClientTests {
    @Test(arguments: [("localhost", "name"), ("localhost", "here"), ("127.0.0.1", "here")])
    func asksAServerWhoseCertificateIsForIt(host: String, certificate: String) async throws {
        let certificates = try await Certificates.shared.value
        let peer = try await TLSPeer("serving", certificates, certificate)
        try await withClient(trusting: certificates.authority) { client, _ in
            let response = try await client.post([1, 2, 3], to: peer.port, host: host)
            #expect(response.body == [1, 2, 3])
            #expect(response.headers["X-Host"] == "\(host):\(peer.port)")
            #expect(await peer.child.lines.wait(for: 2)[1] == "TLSv1.3 http/1.1")
        }
    }

    @Test func speaksTheVersionBefore() async throws {
        let certificates = try await Certificates.shared.value
        let peer = try await TLSPeer("old", certificates)
        try await withClient(trusting: certificates.authority) { client, _ in
            _ = try await client.post(to: peer.port)
            #expect(await peer.child.lines.wait(for: 2)[1] == "TLSv1.2 http/1.1")
        }
    }

    @Test func usesAConnectionAgain() async throws {
        let certificates = try await Certificates.shared.value
        let peer = try await TLSPeer("serving", certificates)
        try await withClient(trusting: certificates.authority) { client, _ in
            for _ in 1...5 {
                let response = try await client.post([7], to: peer.port)
                #expect(response.headers["X-Connection"] == "1")
            }
        }
    }

    @Test func aConnectionThatTheServerClosedIsReplaced() async throws {
        let certificates = try await Certificates.shared.value
        let peer = try await TLSPeer("once", certificates)
        try await withClient(trusting: certificates.authority) { client, _ in
            for number in 1...3 {
                let get = try await client.request(
                    "GET",
                    isSecure: true,
                    host: "localhost",
                    port: peer.port,
                    target: "/"
                )
                #expect(get.headers["X-Connection"] == "\(number)")
            }
        }
    }

    @Test func carriesLargeBodiesBothWays() async throws {
        let certificates = try await Certificates.shared.value
        let peer = try await TLSPeer("serving", certificates)
        try await withClient(trusting: certificates.authority) { client, _ in
            let body = (0..<(5 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let response = try await client.post(body, to: peer.port)
            #expect(response.body == body)
        }
    }

    @Test func manyConnectionsAtOnceShareWhatWasRead() async throws {
        let certificates = try await Certificates.shared.value
        let peer = try await TLSPeer("serving", certificates)
        try await withClient(trusting: certificates.authority) { client, _ in
            try await withThrowingTaskGroup { group in
                for number in 0..<20 {
                    group.addTask { try await client.post([UInt8(number)], to: peer.port).body == [UInt8(number)] }
                }
                for try await isEqual in group { #expect(isEqual) }
            }
        }
    }

    // MARK: What is wrong, in one line

    @Test(arguments: [
        (
            "other", "localhost",
            "cannot be trusted: its certificate is for one.test, *.two.test, 127.0.0.9 and 1 more, not for localhost"
        ),
        ("name", "127.0.0.1", "cannot be trusted: its certificate is for localhost, not for 127.0.0.1"),
        ("expired", "localhost", "cannot be trusted: its certificate expired on 2020-02-02"),
        (
            "early", "localhost",
            "cannot be trusted: its certificate is valid from 2098-01-01 only; is this machine's clock right?"
        ),
    ])
    func aCertificateIsRefused(name: String, host: String, expected: String) async throws {
        let certificates = try await Certificates.shared.value
        let peer = try await TLSPeer("serving", certificates, name)
        try await withClient(trusting: certificates.authority) { client, _ in
            let error = await #expect(throws: NetworkError.self) { try await client.post(to: peer.port, host: host) }
            #expect(error?.code == .untrusted)
            #expect(error?.description == "\(host):\(peer.port) \(expected)")
        }
    }

    @Test func anUnknownAuthorityIsRefused() async throws {
        let certificates = try await Certificates.shared.value
        let peer = try await TLSPeer("serving", certificates)
        let others = try await Certificates()
        try await withClient(trusting: others.authority) { client, _ in
            let error = await #expect(throws: NetworkError.self) { try await client.post(to: peer.port) }
            #expect(
                error?.description
                    == "localhost:\(peer.port) cannot be trusted: its certificate does not lead to one that is trusted here"
            )
        }
    }

    @Test(arguments: [
        (
            "plain", NetworkError.Code.insecure,
            ": TLS failed: what answers there does not speak it; is the URL to begin with http://?"
        ),
        ("closing", .insecure, ": TLS failed: it closed the connection during the handshake"),
        ("ending", .insecure, ": TLS failed: it closed the connection during the handshake"),
        ("cut", .closed, " closed the connection"),
        // Its end cannot be told from an attacker's.
        ("open-ended", .closed, " closed the connection"),
    ])
    func aServerThatFailsIsToldOf(mode: String, code: NetworkError.Code, expected: String) async throws {
        let certificates = try await Certificates.shared.value
        let peer = try await TLSPeer(mode, certificates)
        try await withClient(trusting: certificates.authority) { client, _ in
            let error = await #expect(throws: NetworkError.self) { try await client.post(to: peer.port) }
            #expect(error?.code == code)
            #expect(error?.description == "localhost:\(peer.port)\(expected)")
        }
    }

    @Test func aServerThatWantsACertificateRefuses() async throws {
        let certificates = try await Certificates.shared.value
        let peer = try await TLSPeer("demanding", certificates)
        try await withClient(trusting: certificates.authority) { client, _ in
            let error = await #expect(throws: NetworkError.self) { try await client.post(to: peer.port) }
            let expected = "TLS failed: it refused the handshake: certificate required"
            #expect(error?.description == "localhost:\(peer.port): \(expected)")
        }
    }

    @Test func aSilentServerIsNotWaitedForForEver() async throws {
        let certificates = try await Certificates.shared.value
        let peer = try await TLSPeer("silent", certificates)
        try await withClient(trusting: certificates.authority, handshakeLimit: .milliseconds(50)) { client, _ in
            let error = await #expect(throws: NetworkError.self) { try await client.post(to: peer.port, timeout: nil) }
            #expect(error?.code == .timedOut)
        }
    }

    // MARK: What is there to trust

    @Test(arguments: [
        ("missing.pem", ": No such file or directory"), ("settings", " holds no certificate in PEM form"),
    ])
    func aTrustFileOfNoUseIsNamed(name: String, expected: String) async throws {
        let certificates = try await Certificates.shared.value
        let peer = try await TLSPeer("serving", certificates)
        let file = "\(certificates.folder)/\(name)"
        try await withClient(trusting: file) { client, _ in
            for _ in 1...2 {
                let error = await #expect(throws: NetworkError.self) { try await client.post(to: peer.port) }
                #expect(error?.description == "localhost:\(peer.port) cannot be trusted: \(file)\(expected)")
            }
        }
    }

    @Test func nothingIsReadBeforeTheFirstConnection() async throws {
        let certificates = try await Certificates.shared.value
        try await withClient(trusting: "\(certificates.folder)/missing.pem") { client, loop in
            let plain = try HTTPServer.openLoopback(on: loop) { $1.respond(status: 200) }
            let response = try await client.request("GET", host: "localhost", port: plain.port, target: "/")
            #expect(response.status == 200)
            await plain.close()
        }
    }

    @Test func withoutTLSAnHTTPSRequestSaysSo() async throws {
        let loop = Loop()
        let client = HTTPClient(loop: loop)
        let error = await #expect(throws: NetworkError.self) { try await client.post(to: 1) }
        #expect(error?.description == "nothing was sent to localhost:1: this build has no TLS, which https needs")
        await loop.shutdown()
    }
}
#endif
