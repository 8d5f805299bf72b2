import Foundation
import LmonTestSupport
import Testing

extension EndToEndTests {
    /// Secrets planted in every part of a function's calls are nowhere in what lmon writes or shows.
    @Suite(.enabled(if: Tool("node") != nil, "node is not installed"))
    struct SecretTests {
        private let workspace: Workspace

        init() throws {
            self.workspace = try Workspace()
        }

        /// A runtime of its own that posts what it finds in two files to the ingest.
        private static let poster = """
            const { readFileSync } = require('node:fs');
            const { request } = require('node:http');
            const send = (method, url, body) => new Promise((resolve, reject) => {
                const call = request(url, { method }, (response) => {
                    const parts = [];
                    response.on('data', (part) => parts.push(part));
                    response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(parts).toString() }));
                });
                call.on('error', reject);
                call.end(body);
            });
            const api = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation`;
            const lmon = `http://${process.env.LMON_ADDRESS}`;
            (async () => {
                for (;;) {
                    const next = await send('GET', `${api}/next`);
                    const id = next.headers['lambda-runtime-aws-request-id'];
                    await send('POST', `${lmon}/v1/events`, readFileSync('events', 'utf8').replaceAll('INVOCATION', id));
                    for (const line of readFileSync('seed', 'utf8').split('\\n')) await send('POST', lmon, line);
                    await send('POST', `${api}/${id}/response`, '"done"');
                }
            })();
            """

        @Test(arguments: [1, 2])
        func noneIsWrittenOrShown(seed: UInt64) async throws {
            // What is packed is looked into by the monitor core's own test.
            let planted = PlantedSecrets(seed: seed, invocation: "INVOCATION") { $0 }
            try self.workspace.write(planted.events.joined(separator: "\n"), to: "events")
            try self.workspace.write(planted.seedCalls.joined(separator: "\n"), to: "seed")
            try self.workspace.write(Self.poster, to: "poster.cjs")
            try await self.record()

            var writings: [(String, String)] = []
            let session = try #require(self.workspace.sessions.first)
            let file = URL(filePath: "\(self.workspace.path)/state/lmon/sessions/\(session)")
            writings.append(("session", String(decoding: try Data(contentsOf: file), as: UTF8.self)))
            for arguments in [
                ["tail", "@last"], ["tail", "@last", "--json"], ["export", "--format", "json"],
                ["export", "--format", "har"], ["export", "--format", "curl"], ["stats", "@last"],
                ["stats", "@last", "--json"],
            ] {
                let outcome = try await Program.run(arguments, in: self.workspace)
                #expect(outcome.status == 0 && outcome.output.count > 100, "\(arguments): \(outcome.errors)")
                writings.append((arguments.joined(separator: " "), outcome.output))
            }
            writings.append(("screens", try await self.screens(calls: 12)))
            for (name, text) in writings {
                #expect(text.contains("‹redacted›") || name.hasPrefix("stats"), "\(name)")
                let found = planted.found(in: text) { _ in nil }
                #expect(found == [], "\(name)")
            }
        }

        /// Runs it once, with somebody at the tee.
        private func record() async throws {
            let tail = try RunningProgram(
                // Without lmon's interceptor: it posts all that is to be seen itself.
                [
                    "tail", "--json", "--port", "0", "--no-freeze", "--count", "1", "--", "env", "NODE_OPTIONS=",
                    "node",
                    "poster.cjs",
                ],
                in: self.workspace
            )
            #expect(await eventually { tail.errors.contains("/invocations") }, "\(tail.errors)")
            let address = tail.errors.split(separator: "\n").first { $0.hasPrefix("records  ") }?.dropFirst(9) ?? ""
            let port = tail.errors.split(separator: ":").compactMap { $0.split(separator: "/").first }
                .first { Int($0) != nil }
            let reader = try RunningProgram(["tail", String(address), "--json", "--count", "1"], in: self.workspace)
            let invoked = try await Program.run(
                ["invoke", "--function", "poster-cjs", "-e", "sample:sqs", "--port", String(port ?? ""), "--no-tee"],
                in: self.workspace
            )
            #expect(invoked.status == 0, "\(invoked.errors)")
            for program in [tail, reader] {
                let outcome = try await program.end(within: 60)
                #expect(outcome.output.contains(#""type":"http.end""#), "\(outcome.errors)")
                try self.workspace.write(outcome.output, to: "seen")
            }
        }

        /// Every call with each of its tabs, the invocation with each of its own, and all lists.
        private func screens(calls: Int) async throws -> String {
            var script = ["size 120x60", "screen first", "2", "screen calls", "1<enter>"]
            for number in 0..<(calls + 12) {
                script += ["<down><enter>", "screen \(number)a", "]", "screen \(number)b", "]", "screen \(number)c"]
                script += ["]", "screen \(number)d", "<esc>"]
            }
            try self.workspace.write(script.joined(separator: "\n") + "\n", to: "keys")
            let outcome = try await Program.run(["tui", "@last", "--keys", "keys"], in: self.workspace)
            #expect(outcome.status == 0 && outcome.output.contains("‹redacted›"), "\(outcome.errors)")
            return outcome.output
        }
    }
}
