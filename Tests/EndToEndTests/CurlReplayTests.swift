import Foundation
import LmonJSON
import LmonTestSupport
import Testing

extension EndToEndTests {
    /// Curl lines, run by shells against a real server, give the requests that were recorded.
    @Suite struct CurlReplayTests {
        private let workspace: Workspace

        init() throws {
            self.workspace = try Workspace()
        }

        /// Prints its port, then each request as it came, as a line of JSON.
        private static let server = #"""
            import base64, json, socket
            listener = socket.create_server(('127.0.0.1', 0))
            print(listener.getsockname()[1], flush=True)
            while True:
                peer, _ = listener.accept()
                data = b''
                while b'\r\n\r\n' not in data: data += peer.recv(65536)
                head, body = data.split(b'\r\n\r\n', 1)
                lines = head.decode('latin-1').split('\r\n')
                headers = [line.split(': ', 1) if ': ' in line else [line.rstrip(':'), ''] for line in lines[1:]]
                length = int(dict((name.lower(), value) for name, value in headers).get('content-length', '0'))
                while len(body) < length: body += peer.recv(65536)
                method, target = lines[0].rsplit(' ', 1)[0].split(' ', 1)
                print(json.dumps([method, target, headers, base64.b64encode(body).decode()]), flush=True)
                peer.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
                peer.close()
            """#

        private static let nasty =
            #"$(touch pwned) `touch pwned` ; touch pwned & | > pwned < x 'a' "b" \c !! * ? ~ # $HOME %41 {a,b}"#
        private static let long = String(repeating: "it's 100% long\n", count: 20_000)

        private static func calls(_ base: String) -> [SessionLines.Call] {
            let plain = [["accept", "*/*"], ["user-agent", "x"]]
            return [
                .init(url: "\(base)/plain?x=1&y=%20"),
                .init(
                    method: "DELETE",
                    url: "\(base)/a'b$(touch${IFS}pwned)`id`;c&d|e\"f<g>h\\i!j*k~l^m",
                    headers: plain
                ),
                .init(url: "\(base)/[1]/{2,3}?q=[a-z]&r={x}", headers: plain),
                .init(url: "\(base)/a/../b/./c", headers: plain),
                .init(method: "G'E$T`|&!*", url: "\(base)/method", headers: plain),
                .init(method: "HEAD", url: "\(base)/head", headers: plain + [["accept-encoding", "gzip, br"]]),
                .init(
                    url: "\(base)/headers",
                    headers: [
                        ["x-a!#$%&'*+.^_`|~1", Self.nasty], ["x-empty", ""], ["x-twice", "1"], ["x-twice", "2"],
                        ["x-tab", "a\tb"], ["x-option", "-o pwned"], ["x-at", "@/etc/passwd"],
                        ["cookie", "a=1; b=\"2\""],
                    ]
                ),
                .init(
                    method: "POST",
                    url: "\(base)/json",
                    headers: plain,
                    body: SessionLines.text(#"{"it's":"\"$x\""}"#)
                ),
                .init(method: "POST", url: "\(base)/nasty", headers: plain, body: SessionLines.text(Self.nasty)),
                .init(method: "PUT", url: "\(base)/at", headers: plain, body: SessionLines.text("@/etc/passwd")),
                .init(
                    method: "PUT",
                    url: "\(base)/control",
                    headers: plain + [["content-type", "text/plain"]],
                    body: SessionLines.text("-n %d%%\\n\r\n\t\u{0}\u{1B}[31m\u{9B}\u{202E}\u{7F} é 👩‍👩‍👧\n\n")
                ),
                .init(
                    method: "PATCH",
                    url: "\(base)/binary",
                    headers: plain,
                    body: SessionLines.base64("AAEC/v8KDSclXA==")
                ),
                .init(method: "GET", url: "\(base)/get", headers: plain, body: SessionLines.text("a get with a body")),
                .init(method: "POST", url: "\(base)/empty", headers: plain, body: SessionLines.text("")),
                .init(
                    method: "POST",
                    url: "\(base)/long",
                    headers: plain + [["expect", ""]],
                    body: SessionLines.text(Self.long)
                ),
            ]
        }

        private struct Request: Equatable {
            let method: String
            let target: String
            let headers: [[String]]
            let body: Data
        }

        /// Of a recorded call, without what says how a connection is used.
        private func expected(_ call: SessionLines.Call, _ base: String) -> Request {
            let body =
                call.body?["base64"]?.string.flatMap { Data(base64Encoded: $0) }
                ?? Data((call.body?["text"]?.string ?? "").utf8)
            return Request(
                method: call.method,
                target: String(call.url.dropFirst(base.count)),
                headers: Self.comparable(call.headers),
                body: body
            )
        }

        private static func comparable(_ headers: [[String]]) -> [[String]] {
            headers.filter { !["host", "content-length", "expect"].contains($0[0].lowercased()) }
                .sorted { ($0[0], $0[1]) < ($1[0], $1[1]) }
        }

        private func received(_ line: Substring) throws -> Request {
            guard case .array(let parts) = try JSONValue(parsing: String(line)), parts.count == 4,
                case .array(let headers) = parts[2]
            else { throw RunningProgram.TimedOut(description: "not a request: \(line)") }
            let pairs = headers.compactMap { pair -> [String]? in
                guard case .array(let pair) = pair else { return nil }
                // Bytes of UTF-8, which the server took one by one.
                return pair.map {
                    String(decoding: ($0.string ?? "").unicodeScalars.map { UInt8($0.value) }, as: UTF8.self)
                }
            }
            return Request(
                method: parts[0].string ?? "",
                target: parts[1].string ?? "",
                headers: Self.comparable(pairs),
                body: Data(base64Encoded: parts[3].string ?? "") ?? Data()
            )
        }

        @Test(arguments: ["sh", "bash", "zsh"])
        func theSameRequestComesAgain(shell: String) async throws {
            guard FileManager.default.isExecutableFile(atPath: "/bin/\(shell)") else { return }
            let script = try self.workspace.write(Self.server, to: "server.py")
            let server = try RunningProgram(["python3", script], in: self.workspace, executable: "/usr/bin/env")
            defer { server.signal(SIGTERM) }
            try await server.wait(for: "\n")
            let base = "http://127.0.0.1:" + server.output.split(separator: "\n")[0]
            let calls = Self.calls(base)
            var session = SessionLines()
            session.invocation("r1", calls)
            let exported = try await Program.run(
                ["export", "-", "--format", "curl"],
                in: self.workspace,
                input: session.input
            )
            #expect(exported.outputLines.count == calls.count, "\(exported.errors)")
            for line in exported.outputLines {
                let file = try self.workspace.write(String(line), to: "line.sh")
                let run = try RunningProgram([file], in: self.workspace, executable: "/bin/\(shell)")
                let outcome = try await run.end()
                #expect(outcome.status == 0, "\(line.prefix(300)): \(outcome.errors)")
            }
            let requests = try server.output.split(separator: "\n").dropFirst().map { try self.received($0) }
            #expect(requests.count == calls.count)
            for (request, call) in zip(requests, calls) { #expect(request == self.expected(call, base), "\(call.url)") }
            #expect(!FileManager.default.fileExists(atPath: self.workspace.path + "/pwned"))
        }
    }
}
