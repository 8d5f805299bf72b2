import Foundation
import LmonJSON
import Testing

extension EndToEndTests {
    /// An interceptor of the first kind, that knows nothing of lmon: it posts each call as `{url, method, headers, body, date}`
    /// to `http://sandbox:4243`. Only where `sandbox` is the environment's own can it run as it does in Lambda.
    @Suite(.enabled("bubblewrap does not work here") { await Layout.isBubblewrapWorking() }) struct SeedTests {
        private let workspace: Workspace

        init() throws {
            self.workspace = try Workspace()
            try self.workspace.write(Self.interceptor, to: "layer/interceptor.js")
            let wrapper = try self.workspace.write(Self.wrapper, to: "layer/start")
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: wrapper)
            try self.workspace.write(Self.handler, to: "app/index.mjs")
            try self.workspace.write(Self.template, to: "app/template.yaml")
        }

        /// What the library that it is made with hands out as `headers` is, as JSON, sometimes empty, sometimes within another
        /// object, sometimes pairs: the last part of the path says which.
        private static let interceptor = #"""
            const http = require('node:http');
            const server = 'http://sandbox:4243';
            const request = http.request;
            const shapes = {
                object: (headers) => headers, empty: () => ({}), inner: (headers) => ({ _headers: headers }),
                pairs: (headers) => Object.entries(headers),
            };
            http.request = function (address, options, callback) {
                const call = request.call(this, address, options, callback);
                const url = String(address);
                if (url.includes(server)) return call;
                const chunks = [];
                for (const name of ['write', 'end']) {
                    const own = call[name];
                    call[name] = function (chunk, ...more) {
                        if (chunk && typeof chunk !== 'function') chunks.push(Buffer.from(chunk));
                        return own.call(this, chunk, ...more);
                    };
                }
                call.on('finish', () => {
                    const body = JSON.stringify({
                        url, method: options.method,
                        headers: shapes[url.split('/').pop()](call.getHeaders()),
                        body: Buffer.concat(chunks).toString(), date: new Date().toISOString(),
                    });
                    const post = request(server, { method: 'POST', headers: {
                        'Content-Type': 'text/plain;charset=UTF-8', 'Content-Length': Buffer.byteLength(body), Accept: '*/*',
                    } }, (answer) => {
                        let text = '';
                        answer.on('data', (data) => text += data).on('end', () => console.log('posted', answer.statusCode, text));
                    });
                    post.on('error', (error) => console.error('not posted', error.message));
                    post.end(body);
                });
                return call;
            };
            """#

        /// Nothing but that interceptor watches.
        private static let wrapper = """
            #!/bin/sh
            export NODE_OPTIONS="--require /opt/interceptor.js"
            exec "$@"
            """

        private static let handler = """
            import http from 'node:http';
            const server = http.createServer((request, response) => request.resume().on('end', () => response.end('ok')));
            await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
            server.unref();
            export async function handler({ shape }) {
                await new Promise((resolve, reject) => {
                    const url = `http://127.0.0.1:${server.address().port}/items/${shape}`;
                    const options = { method: 'PUT', headers: { 'X-Kind': 'seed', 'Content-Type': 'application/json' } };
                    http.request(url, options, (answer) => answer.resume().on('end', resolve)).on('error', reject).end('{"n":1}');
                });
                // Its report is on its way by then.
                await new Promise((resolve) => setTimeout(resolve, 100));
                return shape;
            }
            """

        private static let template = """
            Resources:
              Layer: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: ../layer}}
              Seed:
                Type: AWS::Serverless::Function
                Properties:
                  FunctionName: seed
                  Runtime: nodejs20.x
                  Handler: index.handler
                  CodeUri: .
                  Layers: [!Ref Layer]
                  Environment: {Variables: {AWS_LAMBDA_EXEC_WRAPPER: /opt/start}}
            """

        /// By the agent, and by lmon itself.
        @Test(arguments: [["--agent"], []])
        func itsCallsAreSeenWhateverItsHeadersAre(more: [String]) async throws {
            let shapes = ["object", "empty", "inner", "pairs"]
            let emulator = try await EmulatorProgram.start("app", in: self.workspace, more + ["--concurrency", "1"])
            for shape in shapes {
                let answer = try await emulator.invoke("seed", #"{"shape":"\#(shape)"}"#)
                #expect(answer.body == #""\#(shape)""#)
            }
            #expect(try await emulator.stop().status == 0)
            let records = try await Program.run(["tail", "--json", "@last"], in: self.workspace).outputLines.map {
                try JSONValue(parsing: String($0))
            }
            let said = records.filter { $0["type"]?.string == "function" }.compactMap { $0["record"]?.string }
            #expect(said.count { $0.contains("posted 200 OK") } == 4, "\(said)")
            let calls = records.filter { $0["type"]?.string == "http.request" }
            let urls = calls.compactMap { $0["record"]?["url"]?.string }
            #expect(urls.compactMap { $0.split(separator: "/").last.map(String.init) } == shapes)
            for (call, shape) in zip(calls, shapes) {
                #expect(call["record"]?["method"]?.string == "PUT")
                let headers = String(decoding: call["record"]?["headers"]?.bytes ?? [], as: UTF8.self)
                #expect(headers.contains(#"["x-kind","seed"]"#) == (shape != "empty"), "\(shape): \(headers)")
            }
            let ends = records.filter { $0["type"]?.string == "http.end" }
            #expect(
                ends.map { $0["record"]?["bodies"]?["request"]?["text"]?.string }
                    == [String?](repeating: #"{"n":1}"#, count: 4)
            )
            // It does not say whose they are, and may be heard before the agent is told of the invocation.
            let invocations = records.filter { $0["type"]?.string == "platform.start" }.compactMap {
                $0["requestId"]?.string
            }
            #expect(calls.allSatisfy { invocations.contains($0["requestId"]?.string ?? "") })
        }
    }
}
