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
        #expect(
            text == "curl 'https://api.test/a?x=1' -H 'Accept: application/json' --compressed "
                + "-H 'accept-encoding: gzip' -H 'user-agent:'"
        )
    }

    @Test func sendsTheBody() {
        func line(_ method: String, _ body: Body) -> String? {
            let headers = ["accept", "user-agent", "content-type"].map { Header($0, "x") }
            return CurlLine.text(for: self.call("https://api.test/a", method: method, headers: headers, body: body))?
                .replacingOccurrences(of: " -H 'accept: x' -H 'user-agent: x' -H 'content-type: x'", with: "")
        }
        let json = Body(.text(#"{"name":"O'Hara"}"#), size: 17)
        #expect(line("POST", json) == #"curl -X POST https://api.test/a --data-raw '{"name":"O'\''Hara"}'"#)
        let binary = line("PUT", Body(.base64("AAE=")))
        #expect(binary == "printf %s 'AAE=' | base64 -d | curl -X PUT https://api.test/a --data-binary @-")
        let lines = line("PUT", Body(.text("-a\n100%\t\\\u{0}\u{9B}")))
        #expect(
            lines == #"printf '\055a\n100%%\t\\\000\302\233' | curl -X PUT https://api.test/a --data-binary @-"#
        )
        var zipped = Body(.text("a"))
        zipped.encoding = "gzip"
        #expect(line("PUT", zipped) == "printf %s a | gzip -c | curl -X PUT https://api.test/a --data-binary @-")
        #expect(line("GET", Body(.text("a"))) == "curl -X GET https://api.test/a --data-raw a")
        #expect(line("PUT", Body(.base64("'; x"))) == ": 'missing: the body'; curl -X PUT https://api.test/a")
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
                == ": 'missing: redacted in the URL, header Authorization redacted, header evil name, which cannot be sent, "
                + "the rest of the body'; curl -X POST 'https://api.test/a?token=‹redacted›' -H 'accept:' -H 'user-agent:' "
                + "-H 'content-type:' --data-raw '{}'"
        )
    }

    @Test func letsNothingPassForAnOption() {
        let none = " -H 'accept:' -H 'user-agent:'"
        func line(_ url: String, _ method: String = "GET", _ headers: [Header] = []) -> String? {
            CurlLine.text(for: self.call(url, method: method, headers: headers))
        }
        #expect(line("-K/etc/passwd") == "curl --proto '=http,https' --url -K/etc/passwd" + none)
        #expect(line("file:///etc/passwd") == "curl --proto '=http,https' --url file:///etc/passwd" + none)
        #expect(line("https://a/{1,2}") == "curl --globoff 'https://a/{1,2}'" + none)
        #expect(line("https://a/../b") == "curl --path-as-is https://a/../b" + none)
        #expect(line("https://a/ b\u{1B}\u{202E}") == "curl 'https://a/%20b%1B%E2%80%AE'" + none)
        #expect(
            line("https://a/", "GET", [Header("@/etc/passwd", "x"), Header("a", "b\r\nc: d")])
                == ": 'missing: header @/etc/passwd, which cannot be sent, header a, which cannot be sent'; curl https://a/"
                + none
        )
        #expect(line("https://a/", "X Y") == ": 'missing: the method, which is none'; curl https://a/" + none)
        #expect(line("https://a/", "HEAD") == "curl --head https://a/" + none)
        #expect(line("https://a/", "G'$`|!") == "curl -X 'G'\\''$`|!' https://a/" + none)
        #expect(
            line("https://a/", "GET", [Header("host", "b"), Header("x", " ")])
                == "curl https://a/ -H 'host: b' -H 'x;'" + none
        )
    }

    @Test func isNothingWithoutAURL() {
        #expect(CurlLine.text(for: Call(id: "c", invocation: id("r1"))) == nil)
    }

    private static let nasty = [
        "plain", "two words", "it's", #"back\slash"#, "tab\there", "\u{1B}[31mred", "$(touch x) `id` $HOME", "'\n'x",
        "",
        "ünïcödé ☃", "\u{202E}reversed", "\u{7F}\u{9B}1m", "a\u{1}2", "!!", "*", "~", "-n", "-e \u{1}", "%s%d%%\u{1}",
        "\\n\\0\u{1}", "\r\nx", "👩‍👩‍👧", "\u{E0041}tag", #"a'b"c;d&e|f<g>h"#, "=ls", "#no", "{a,b}",
    ]

    /// The shells themselves are the judges of our quoting: as a header's value, and as a body.
    @Test(arguments: ["sh", "dash", "bash", "zsh"])
    func comesThroughEveryShellUnchanged(shell: String) throws {
        let path = "/bin/\(shell)"
        guard FileManager.default.isExecutableFile(atPath: path) else { return }
        for text in Self.nasty {
            let headers = [Header("x-a", text)]
            let line = try #require(
                CurlLine.text(for: self.call("http://a/", headers: headers, body: Body(.text(text))))
            )
            #expect(line.unicodeScalars.allSatisfy { $0.value >= 0x20 && ![0x7F, 0x9B, 0x202E].contains($0.value) })
            // What curl is given, one argument a line, and then its standard input.
            let curl = #"curl() { for word in "$@"; do printf '%s\0' "$word"; done; cat; }; "#
            let output = try Self.run(path, curl + line)
            let isSendable = !text.unicodeScalars.contains { ($0.value < 0x20 && $0 != "\t") || $0.value == 0x7F }
            let value = text.isEmpty ? "x-a;" : "x-a: \(text)"
            #expect(output.contains(value + "\0") == isSendable, "\(shell): \(line)")
            #expect(output.hasSuffix("--data-raw\0\(text)\0") || output.hasSuffix("@-\0\(text)"), "\(shell): \(line)")
        }
    }

    private static func run(_ shell: String, _ command: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: shell)
        process.arguments = ["-c", command]
        process.standardInput = FileHandle.nullDevice
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: output, as: UTF8.self)
    }
}
