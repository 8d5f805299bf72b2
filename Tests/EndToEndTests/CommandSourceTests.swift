import Foundation
import LmonJSON
import LmonTestSupport
import Testing

extension EndToEndTests {
    /// A program that speaks the Runtime API by itself, and posts its calls to the ingest: `demo/swift`.
    @Suite(.enabled(if: Tool("swiftc") != nil, "swiftc is not installed"))
    struct CommandSourceTests {
        private let workspace: Workspace
        private let program: String

        init() async throws {
            self.workspace = try Workspace()
            self.program = self.workspace.path + "/Weather"
            let source = DemoScript.root.appending(path: "demo/swift/Sources/Weather/main.swift").path
            let compiler = try #require(Tool("swiftc"))
            let run = try await compiler.run(["-swift-version", "6", source, "-o", self.program])
            #expect(run.status == 0, "\(run.output)")
        }

        /// Answers every request, until the workspace goes.
        private func upstream() async throws -> String {
            let source = """
                const { createServer } = require('node:http');
                const server = createServer((request, response) => {
                    response.statusCode = request.url === '/teapot' ? 418 : 200;
                    response.end('sunny');
                });
                server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
                """
            let node = try #require(Tool("node"))
            let program = try RunningProgram(["-e", source], in: self.workspace, executable: node.path)
            #expect(await eventually { program.output.contains("\n") })
            return program.output.split(separator: "\n").first.map(String.init) ?? ""
        }

        private func invoke(_ event: String, _ source: [String]) async throws -> (Program.Outcome, JSONValue) {
            let path = try self.workspace.write(event, to: "event.json")
            let outcome = try await Program.run(["invoke", "-e", path, "--json"] + source, in: self.workspace)
            return (outcome, try JSONValue(parsing: outcome.output))
        }

        private func calls(_ invocation: JSONValue) -> [JSONValue] {
            if case .array(let calls)? = invocation["calls"] { calls } else { [] }
        }

        @Test(.enabled(if: Tool("node") != nil, "node is not installed"))
        func callsThatItPostsAreShown() async throws {
            let address = try await self.upstream()
            for source in [[self.program], ["--", self.program], ["--", "./Weather"]] {
                let (outcome, invocation) = try await self.invoke(#"{"url":"\#(address)/teapot"}"#, source)
                #expect(outcome.status == 0, "\(outcome.errors)")
                #expect(invocation["function"]?.string == "Weather")
                #expect(invocation["result"]?["text"]?.string == "sunny")
                let calls = self.calls(invocation)
                try #require(calls.count == 1)
                #expect(calls[0]["url"]?.string == "\(address)/teapot")
                #expect(calls[0]["status"]?.int == 418)
                #expect(calls[0]["outcome"]?.string == "complete")
                #expect(calls[0]["durationMs"]?.double ?? 0 > 0)
            }
        }

        @Test func aCallThatFailsFailsTheInvocation() async throws {
            let (outcome, invocation) = try await self.invoke(#"{"url":"http://127.0.0.1:1/"}"#, [self.program])
            #expect(outcome.status == 1)
            #expect(invocation["errorType"]?.string == "Weather.Failed")
            let calls = self.calls(invocation)
            #expect(calls.count == 1 && calls[0]["outcome"]?.string == "error" && calls[0]["failed"]?.bool == true)
        }

        @Test func aCommandIsFollowedAsAnySourceIs() async throws {
            let tail = try RunningProgram(
                ["tail", "--port", "0", "--no-tee", "--count", "1", "--", "./Weather"],
                in: self.workspace
            )
            let ready = await eventually { tail.errors.contains("/functions/Weather/invocations") }
            #expect(ready, "\(tail.errors)")
            let port = tail.errors.split(separator: ":").compactMap { $0.split(separator: "/").first }.first {
                Int($0) != nil
            }
            let event = try self.workspace.write(#"{"url":"http://127.0.0.1:1/"}"#, to: "event.json")
            _ = try await Program.run(
                ["invoke", "--function", "Weather", "-e", event, "--port", String(port ?? ""), "--no-tee"],
                in: self.workspace
            )
            let outcome = try await tail.end(within: 60)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output.contains("✗ Weather"), "\(outcome.output)")
            #expect(outcome.output.contains("127.0.0.1:1/"), "\(outcome.output)")
        }

        @Test func whatIsNoProgramIsNamed() async throws {
            try self.workspace.write("text", to: "notes.txt")
            for (arguments, text) in [
                (["--", "no-such-program"], "-- no-such-program: no such program here or on the PATH"),
                (["--", "./notes.txt"], "-- ./notes.txt: no such program here or on the PATH"),
                (["./folder", "--", "./Weather"], "./folder and -- ./Weather: one SOURCE at a time"),
                (["notes.txt"], "notes.txt: no template"),
            ] {
                let outcome = try await Program.run(["tail"] + arguments, in: self.workspace)
                #expect(outcome.status == 2)
                #expect(outcome.errors.contains(text), "\(outcome.errors)")
            }
        }
    }
}
