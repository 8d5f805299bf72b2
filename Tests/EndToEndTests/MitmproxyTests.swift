import Foundation
import LmonJSON
import LmonTestSupport
import Testing

extension EndToEndTests {
    /// HAR as another tool reads it. `./Tests/run` installs mitmproxy and says where its Python is.
    @Suite(.enabled(if: Mitmproxy.python != nil, "mitmproxy is not installed: ./Tests/run does that"))
    struct MitmproxyTests {
        private let workspace: Workspace

        init() throws {
            self.workspace = try Workspace()
        }

        /// Prints each flow as a line of JSON.
        private static let reader = #"""
            import base64, json, sys
            from mitmproxy.io import FlowReader
            with open(sys.argv[1], 'rb') as file:
                for flow in FlowReader(file).stream():
                    print(json.dumps([flow.request.method, flow.request.pretty_url, flow.response.status_code,
                        base64.b64encode(flow.request.content or b'').decode(),
                        base64.b64encode(flow.response.content or b'').decode()]))
            """#

        private func flows(_ session: String) async throws -> [[JSONValue]] {
            let exported = try await Program.run(
                ["export", "-", "--format", "har", "-o", "calls.har"],
                in: self.workspace,
                input: session
            )
            #expect(exported.status == 0, "\(exported.errors)")
            let script = try self.workspace.write(Self.reader, to: "read.py")
            let run = try RunningProgram(
                [script, self.workspace.path + "/calls.har"],
                in: self.workspace,
                executable: Mitmproxy.python ?? ""
            )
            let outcome = try await run.end(within: 120)
            #expect(outcome.status == 0, "\(outcome.errors)")
            return try outcome.outputLines.map { line in
                guard case .array(let parts) = try JSONValue(parsing: String(line)) else { return [] }
                return parts
            }
        }

        @Test func theSameFlowsStatusesAndBodies() async throws {
            let gzip = [["content-encoding", "gzip"], ["content-type", "text/plain; charset=utf-8"]]
            let calls: [SessionLines.Call] = [
                .init(url: "https://api.test/a?x=1", responseBody: SessionLines.text("{\"name\":\"Grüße ☃\"}")),
                .init(
                    method: "POST",
                    url: "http://pay.test:8080/b",
                    headers: [["content-type", "text/plain; charset=utf-8"]],
                    body: SessionLines.text("x=1&y=é"),
                    status: 502,
                    responseBody: SessionLines.text("é, of no type")
                ),
                .init(url: "https://api.test/zip", responseHeaders: gzip, responseBody: SessionLines.text("inflated")),
                .init(url: "https://api.test/image", status: 404, responseBody: SessionLines.base64("AAEC/v8=")),
                .init(url: "https://api.test/open", status: nil), .init(url: "not a url", status: 204),
                .init(
                    url: "https://api.test/odd",
                    responseHeaders: [["content-encoding", "aws-chunked"]],
                    responseBody: SessionLines.base64("no base64!")
                ),
            ]
            var session = SessionLines()
            session.invocation("r1", Array(calls[..<3]))
            session.invocation("r2", Array(calls[3...]))
            let flows = try await self.flows(session.input)
            #expect(flows.count == calls.count)
            for (flow, call) in zip(flows, calls) where flow.count == 5 {
                #expect(flow[0].string == call.method)
                #expect(flow[1].string == (call.url == "not a url" ? "http://unknown.invalid/" : call.url))
                #expect(flow[2].int == call.status ?? 0, "\(call.url)")
                #expect(flow[3].string == Self.base64(call.body), "\(call.url)")
                #expect(flow[4].string == Self.base64(call.responseBody), "\(call.url)")
            }
        }

        private static func base64(_ body: JSONValue?) -> String {
            if let text = body?["text"]?.string { return Data(text.utf8).base64EncodedString() }
            return body?["base64"]?.string.flatMap { Data(base64Encoded: $0) }?.base64EncodedString() ?? ""
        }

        @Test(arguments: [1, 2, 3, 4]) func hostileSessionsAreReadToo(seed: UInt64) async throws {
            let session = HostileSession(seed: seed, invocations: 6)
            let input = session.lines.map { String(decoding: $0, as: UTF8.self) + "\n" }.joined()
            #expect(try await self.flows(input).count == 6)
        }
    }
}

/// Where its Python is; nil if it is not installed.
private enum Mitmproxy {
    static let python: String? = {
        let named = ProcessInfo.processInfo.environment["LMON_MITMPROXY"] ?? ""
        let own = DemoScript.root.appendingPathComponent(".build/mitmproxy/bin/python").path
        return [named, own].first { FileManager.default.isExecutableFile(atPath: $0) }
    }()
}
