import LmonHTTP
import Testing

@Suite struct HostCheckTests {
    private let check = HostCheck(names: ["Build.Example", "192.168.1.7"])

    @Test(arguments: [
        "localhost", "LOCALHOST:9000", "localhost.", "127.0.0.1", "127.0.0.1:9000", "127.1.2.3", "[::1]", "[::1]:80",
        "sandbox",
        "sandbox:4243", "sandbox.localdomain", "sandbox.localdomain:4243", "build.example:1", "192.168.1.7:9000",
    ])
    func answersForItsOwnNames(host: String) {
        #expect(self.check.isOwn(authority: host))
        #expect(self.check.isOwn(origin: "http://\(host)"))
    }

    @Test(arguments: [
        "", ":80", "evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "evil.example:127.0.0.1",
        "128.0.0.1",
        "127.0.0", "127.0.0.256", "127.0.0.+1", "127.0.0.1.", "localhost:80:80", "localhost:x", "[::1", "[::1]x",
        "[::2]",
        "user@localhost", "localhost@evil.example", "sandbox.", "192.168.1.8", "local host",
    ])
    func refusesForeignNames(host: String) {
        // A final dot is the root's, and part of no foreign name.
        let isOwn = host == "127.0.0.1." || host == "sandbox."
        #expect(self.check.isOwn(authority: host) == isOwn)
    }

    @Test(arguments: [
        "null", "", "localhost", "file://", "chrome-extension://abc", "https://evil.example", "HTTP://localhost",
    ])
    func refusesForeignOrigins(origin: String) {
        #expect(!self.check.isOwn(origin: origin))
    }

    @Test func saysWhyARequestIsRefused() {
        func refusal(_ headers: HTTPHeaders) -> HostCheck.Refusal? {
            self.check.refusal(of: HTTPRequestHead(method: "POST", target: "/", headers: headers, peer: ""))
        }
        #expect(refusal([:]) == nil)
        #expect(refusal(["Host": "127.0.0.1:9000", "Origin": "http://localhost:3000"]) == nil)
        #expect(refusal(["Host": "evil.example"]) == .host("evil.example"))
        #expect(refusal(["host": "localhost", "HOST": "evil.example"]) == .host("evil.example"))
        #expect(refusal(["Host": "localhost", "Origin": "null"]) == .origin("null"))
        #expect(refusal(["Host": "a"])?.description == "This port does not answer for the host a.")
    }
}
