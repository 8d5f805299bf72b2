import Foundation
import LmonJSON
import Testing

extension EndToEndTests {
    /// A layer with an extension of another make, as a folder and as a zip.
    @Suite struct ExtensionTests {
        private let workspace: Workspace

        init() throws {
            self.workspace = try Workspace()
            try self.workspace.write(Functions.echo, to: "echo/index.mjs")
            let program = try self.workspace.write(Self.program, to: "layer/extensions/watcher")
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
        }

        /// Registers, subscribes to telemetry, says what it is told, and ends at SHUTDOWN.
        private static let program = #"""
            #!/usr/bin/env python3
            import http.client, http.server, json, os, sys, threading
            api = os.environ['AWS_LAMBDA_RUNTIME_API']
            def say(*words): print(*words, flush=True)
            def ask(method, path, headers, body=None):
                connection = http.client.HTTPConnection(api)
                connection.request(method, path, body, headers)
                answer = connection.getresponse()
                return answer, answer.read()
            reports = threading.Semaphore(0)
            class Telemetry(http.server.BaseHTTPRequestHandler):
                def do_POST(self):
                    for event in json.loads(self.rfile.read(int(self.headers['content-length']))):
                        say('telemetry', event['type'])
                        if event['type'] == 'platform.report': reports.release()
                    self.send_response(200)
                    self.send_header('content-length', '0')
                    self.end_headers()
                def log_message(self, *_): pass
            server = http.server.HTTPServer(('127.0.0.1', 0), Telemetry)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            name = os.path.basename(sys.argv[0])
            answer, body = ask('POST', '/2020-01-01/extension/register', {'Lambda-Extension-Name': name},
                               json.dumps({'events': ['INVOKE', 'SHUTDOWN']}))
            mine = {'Lambda-Extension-Identifier': answer.headers['Lambda-Extension-Identifier']}
            say('registered', answer.status, json.loads(body)['functionName'])
            answer, body = ask('PUT', '/2022-07-01/telemetry', mine, json.dumps({
                'schemaVersion': '2022-07-01', 'types': ['platform', 'function'],
                'buffering': {'timeoutMs': 25, 'maxBytes': 262144, 'maxItems': 1000},
                'destination': {'protocol': 'HTTP', 'URI': f'http://sandbox.localdomain:{server.server_port}/'}}))
            say('subscribed', answer.status, body.decode())
            say('hidden', [key for key in os.environ if key in ('_HANDLER', 'LAMBDA_TASK_ROOT', 'AWS_EXECUTION_ENV')])
            while True:
                answer, body = ask('GET', '/2020-01-01/extension/event/next', mine)
                event = json.loads(body)
                say('event', event['eventType'], event.get('shutdownReason', event.get('requestId')))
                if event['eventType'] == 'SHUTDOWN': break
            # Telemetry of the last invocation may come after it.
            for _ in range(2): reports.acquire(timeout=1.5)
            """#

        @Test(arguments: Layout.allCases) func aFolderAndAZipRunTheSameExtension(layout: Layout) async throws {
            try await self.expectToldStory(source: "echo", ["--layer", "layer"] + layout.options)
            let zip =
                "import zipfile,os; z=zipfile.ZipFile('layer.zip','w'); z.write('layer/extensions/watcher','extensions/watcher')"
            let zipped = try RunningProgram(["python3", "-c", zip], in: self.workspace, executable: "/usr/bin/env")
            #expect(try await zipped.end().status == 0)
            try await self.expectToldStory(source: "echo", ["--layer", "layer.zip"] + layout.options)
        }

        /// The layers of a template run as those of `--layer` do; one that is not here is named at start, in one line.
        @Test(arguments: Layout.allCases)
        func aTemplatesLayersRunAndThoseThatAreNotHereAreNamed(layout: Layout) async throws {
            let template = """
                Resources:
                  Watch: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: ../layer}}
                  echo:
                    Type: AWS::Serverless::Function
                    Properties:
                      Runtime: nodejs22.x
                      Handler: index.handler
                      CodeUri: ../echo
                      FunctionName: echo
                      Layers: [!Ref Watch, "arn:aws:lambda:eu-west-1:580247275435:layer:LambdaInsightsExtension:38"]
                """
            try self.workspace.write(template, to: "app/template.yaml")
            let errors = try await self.expectToldStory(source: "app", layout.options)
            let named = errors.split(separator: "\n").filter { $0.contains("LambdaInsightsExtension") }
            #expect(named.count == 1 && named.first?.contains("template.yaml:10: echo: runs without a layer: ") == true)
        }

        @Test func aCommandRunsBesideAnExtensionToo() async throws {
            let program = try self.workspace.write(Functions.commandEcho, to: "bin/echo")
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
            try await self.expectToldStory(source: nil, ["--layer", "layer"], command: ["--", "./bin/echo"])
        }

        /// Returns what was said at start.
        @discardableResult
        private func expectToldStory(
            source: String?,
            _ more: [String],
            command: [String] = []
        ) async throws -> String {
            let arguments = more + ["--concurrency", "1"] + command
            let emulator = try await EmulatorProgram.start(source, in: self.workspace, arguments)
            for n in 1...2 { #expect(try await emulator.invoke("echo", #"{"n":\#(n)}"#).body == #"{"n":\#(n)}"#) }
            #expect(try await emulator.stop().status == 0)
            let outcome = try await Program.run(["tail", "--json", "@last"], in: self.workspace)
            let records = try outcome.outputLines.map { try JSONValue(parsing: String($0)) }
            let said = records.filter { $0["type"]?.string == "extension" }.compactMap { $0["record"]?.string }
            let requests = records.filter { $0["type"]?.string == "platform.start" }.compactMap {
                $0["requestId"]?.string
            }
            #expect(said.prefix(3) == ["registered 200 echo", #"subscribed 200 "OK""#, "hidden []"])
            #expect(
                said.filter { $0.hasPrefix("event ") }
                    == requests.map { "event INVOKE \($0)" } + ["event SHUTDOWN spindown"]
            )
            let told = said.filter { $0.hasPrefix("telemetry ") }.map { $0.dropFirst("telemetry ".count) }
            #expect(told.first == "platform.initStart")
            for type in [
                "platform.initReport", "platform.extension", "function", "platform.runtimeDone", "platform.report",
            ] {
                #expect(told.contains { $0 == type }, "\(type)")
            }
            // The view has them too, in Lambda's order.
            let types = records.compactMap { $0["type"]?.string }
            let order = ["platform.initRuntimeDone", "platform.extension", "platform.initReport", "platform.start"]
            let places = order.compactMap { types.firstIndex(of: $0) }
            #expect(places.count == order.count && places == places.sorted())
            return emulator.program.errors
        }

        @Test(arguments: [
            ("no-such-layer", "there is no such folder or zip"), ("echo/index.mjs", "--layer echo/index.mjs: "),
        ])
        func aLayerThatIsNoneIsNamed(layer: String, line: String) async throws {
            let outcome = try await Program.run(["emulate", "echo", "--layer", layer], in: self.workspace)
            #expect(outcome.status == 2)
            #expect(outcome.errorLines.first?.contains(line) == true, "\(outcome.errors)")
        }
    }
}
