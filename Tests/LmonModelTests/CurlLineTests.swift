import Foundation
import LmonModel
import Testing

@Suite struct CurlLineTests {
    private func call(_ url: String, method: String = "GET", headers: [Header] = [], body: Body? = nil) -> Call {
        var call = Call(id: "c", invocation: id("r1"))
        call.method = method
        call.url = URLText(url)
        call.requestHeaders = headers
        call.requestBody = body
        return call
    }

    @Test func writesACallAsACommand() {
        let headers = [
            Header("Accept", "application/json"), Header("host", "api.test"), Header("accept-encoding", "gzip"),
        ]
        let text = CurlLine.text(for: self.call("https://api.test/a?x=1", headers: headers))
        #expect(text == "curl 'https://api.test/a?x=1' -H 'Accept: application/json' --compressed")
    }

    @Test func sendsTheBody() {
        let body = Body(.text(#"{"name":"O'Hara"}"#), size: 17)
        let text = CurlLine.text(for: self.call("https://api.test/a", method: "POST", body: body))
        #expect(text == #"curl -X POST https://api.test/a --data-raw '{"name":"O'\''Hara"}'"#)
        let binary = CurlLine.text(for: self.call("https://api.test/a", method: "PUT", body: Body(.base64("AAE="))))
        #expect(binary == "printf %s 'AAE=' | base64 -d | curl -X PUT https://api.test/a --data-binary @-")
    }

    @Test func namesWhatIsMissing() {
        let headers = [Header("Authorization", "‹redacted›"), Header("evil\nname", "‹redacted›")]
        var body = Body(.text("{}"), size: 9)
        body.isTruncated = true
        let text = CurlLine.text(
            for: self.call("https://api.test/a?token=‹redacted›", method: "POST", headers: headers, body: body)
        )
        #expect(
            text
                == "curl -X POST 'https://api.test/a?token=‹redacted›' --data-raw '{}'  # missing: redacted in the URL, "
                + "header Authorization redacted, header evil name redacted, the rest of the body"
        )
    }

    @Test func letsNothingPassForAnOption() {
        #expect(CurlLine.text(for: self.call("-K/etc/passwd")) == "curl --url -K/etc/passwd")
        #expect(CurlLine.text(for: self.call("https://a/{1,2}")) == "curl --globoff 'https://a/{1,2}'")
        #expect(
            CurlLine.text(for: self.call("https://a/", headers: [Header("@/etc/passwd", "x")])) == "curl https://a/"
        )
    }

    @Test func isNothingWithoutAURL() {
        #expect(CurlLine.text(for: Call(id: "c", invocation: id("r1"))) == nil)
    }

    /// The shell itself is the judge of our quoting.
    @Test(arguments: [
        "plain", "two words", "it's", #"back\slash"#, "line\nbreak\ttab", "\u{1B}[31mred", "$(touch x) `id` $HOME",
        "'\n'", "",
        "ünïcödé ☃", "\u{202E}reversed", "\u{7F}\u{9B}1m", "a\u{1}2", "!!", "*", "~",
    ])
    func comesThroughTheShellUnchanged(text: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", "printf %s \(CurlLine.quoted(text))"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(String(decoding: output, as: UTF8.self) == text)
        #expect(CurlLine.quoted(text).unicodeScalars.allSatisfy { $0.value >= 0x20 && $0 != "\u{9B}" })
    }
}
