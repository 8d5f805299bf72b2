import Foundation
import LmonJSON
import Testing

extension EndToEndTests {
    /// Python functions on lmon's own runtime client.
    @Suite struct PythonTests {
        private let workspace: Workspace

        private static let source = #"""
            import http.server, json, logging, sys, threading, urllib.request

            class Upstream(http.server.BaseHTTPRequestHandler):
                def do_GET(self):
                    body = b'{"ok":true}'
                    self.send_response(200)
                    self.send_header('content-type', 'application/json')
                    self.send_header('content-length', str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                def log_message(self, *_): pass

            server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Upstream)
            threading.Thread(target=server.serve_forever, daemon=True).start()

            def lambda_handler(event, context):
                print('seen', event.get('n'))
                if event.get('fail'): raise KeyError('asked to fail')
                if event.get('exit'): sys.exit(3)
                with urllib.request.urlopen(f'http://127.0.0.1:{server.server_port}/items?token=hunter2') as answer:
                    body = json.load(answer)
                return {'n': event.get('n'), 'body': body, 'function': context.function_name}
            """#

        init() throws {
            self.workspace = try Workspace()
            try self.workspace.write(Self.source, to: "items/lambda_function.py")
        }

        @Test(arguments: [[], ["--agent"]])
        func aPythonFunctionRunsAndItsCallsAreSeen(more: [String]) async throws {
            let emulator = try await EmulatorProgram.start("items", in: self.workspace, more + ["--concurrency", "1"])
            let answer = try await emulator.invoke("items", #"{"n":1}"#)
            let value = try JSONValue(parsing: answer.body)
            #expect(value["n"]?.int == 1 && value["body"]?["ok"]?.bool == true)
            #expect(value["function"]?.string == "items")
            let failed = try JSONValue(parsing: try await emulator.invoke("items", #"{"fail":true}"#).body)
            #expect(failed["errorType"]?.string == "KeyError")
            #expect(failed["errorMessage"]?.string == "'asked to fail'")
            #expect(try await emulator.invoke("items", #"{"exit":true}"#).body.contains("Runtime.ExitError"))
            #expect(try await emulator.invoke("items", #"{"n":4}"#).status == 200)
            #expect(try await emulator.stop().status == 0)
            let outcome = try await Program.run(["tail", "--json", "@last"], in: self.workspace)
            let records = try outcome.outputLines.map { try JSONValue(parsing: String($0)) }
            func all(_ type: String) -> [JSONValue] { records.filter { $0["type"]?.string == type } }
            #expect(
                all("http.request").map { $0["record"]?["client"]?.string } == [
                    "python:http.client", "python:http.client",
                ]
            )
            #expect(all("http.response").map { $0["record"]?["status"]?.int } == [200, 200])
            #expect(all("http.end").first?["record"]?["bodies"]?["response"]?["text"]?.string == #"{"ok":true}"#)
            #expect(all("http.request").allSatisfy { $0["requestId"]?.string != nil })
            #expect(all("function").contains { $0["record"]?.string?.contains("seen 1") == true })
            #expect(!outcome.output.contains("hunter2"))
            #expect(all("lmon.interceptor").first?["record"]?["language"]?.string == "python")
        }

        /// Calls that follow closely upon each other are held back for a moment; not from the kernel.
        @Test(arguments: [[], ["--agent"]])
        func nothingOfAKilledProcessIsLost(more: [String]) async throws {
            let source = Self.source.replacingOccurrences(
                of: "    with urllib",
                with: """
                        for n in range(20):
                            urllib.request.urlopen(f'http://127.0.0.1:{server.server_port}/items/{n}').read()
                        __import__('os').kill(__import__('os').getpid(), 9)
                        with urllib
                    """
            )
            try self.workspace.write(source, to: "killed/lambda_function.py")
            let emulator = try await EmulatorProgram.start("killed", in: self.workspace, more)
            #expect(try await emulator.invoke("killed", "{}").body.contains("signal: killed"))
            #expect(try await emulator.stop().status == 0)
            let outcome = try await Program.run(["tail", "--json", "@last"], in: self.workspace)
            let records = try outcome.outputLines.map { try JSONValue(parsing: String($0)) }
            let ends = records.filter { $0["type"]?.string == "http.end" }
            #expect(ends.map { $0["record"]?["outcome"]?.string } == Array(repeating: "complete", count: 20))
        }
    }
}
