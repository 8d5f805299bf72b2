import Foundation
import LmonJSON
import LmonTestSupport
import Testing

extension EndToEndTests {
    /// `--spool`: the emulator's records in a collector and in a bucket, whoever watches the functions.
    @Suite struct SpoolOptionTests {
        private let workspace: Workspace

        init() throws {
            self.workspace = try Workspace()
            try self.workspace.write(Functions.echo, to: "echo/index.mjs")
        }

        private func emulator(
            _ spool: String,
            _ more: [String] = [],
            variables: [String: String] = [:]
        ) async throws -> EmulatorProgram {
            try await EmulatorProgram.start(
                "echo",
                in: self.workspace,
                ["--spool", spool, "--concurrency", "1"] + more,
                variables: variables
            )
        }

        private func invocations(_ source: String, _ variables: [String: String] = [:]) async throws -> Int? {
            let stats = try await RunningProgram(["stats", source, "--json"], in: self.workspace, variables: variables)
                .end()
            #expect(stats.status == 0, "\(stats.errors)")
            return try JSONValue(parsing: stats.output)["invocations"]?["count"]?.int
        }

        @Test(arguments: [[], ["--agent"]])
        func allGetToACollector(more: [String]) async throws {
            let collector = try await CollectProgram.start(in: self.workspace)
            let viewer = try RunningProgram(["tail", collector.url, "--count", "3"], in: self.workspace)
            let emulator = try await self.emulator(collector.url, more)
            for n in 1...3 { _ = try await emulator.invoke("echo", #"{"n":\#(n),"call":true}"#) }
            // Seen while the emulator runs, unless it is the agent that sends: that has no time between invocations.
            if more.isEmpty { #expect(try await viewer.end(within: 60).status == 0) }
            let ended = try await emulator.stop()
            #expect(ended.status == 0 && ended.errors.isEmpty, "\(ended.errors)")
            #expect(ended.output.contains(#""spool":"\#(collector.url)""#))
            if !more.isEmpty { #expect(try await viewer.end(within: 60).status == 0) }
            #expect(try await self.invocations(collector.url) == 3)
        }

        @Test(
            .enabled(if: BotoPython.path != nil, "moto is not installed: ./Tests/run does that"),
            arguments: [[], ["--agent"]]
        )
        func allGetToABucket(more: [String]) async throws {
            let moto = try await MotoServer.start(in: self.workspace)
            defer { moto.stop() }
            // A profile, as whoever sits at the machine has one: functions know nothing of it.
            let profile = """
                [default]
                aws_access_key_id = AKIDEXAMPLE
                aws_secret_access_key = secret
                region = eu-central-1
                endpoint_url = http://127.0.0.1:\(moto.port)
                """
            let file = try self.workspace.write(profile, to: "config")
            let variables = ["AWS_CONFIG_FILE": file, "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"]
            let emulator = try await self.emulator("s3://spool/team", more, variables: variables)
            for n in 1...3 { _ = try await emulator.invoke("echo", #"{"n":\#(n)}"#) }
            let ended = try await emulator.stop()
            #expect(ended.status == 0 && ended.errors.isEmpty, "\(ended.errors)")
            #expect(try await self.invocations("s3://spool/team", variables) == 3)
        }

        /// The rights of whoever sits at the machine are the agent's, and no other extension's.
        @Test func otherExtensionsSeeNoneOfTheRights() async throws {
            let seen = self.workspace.path + "/seen"
            // It ends at once, so that the invocation fails; what it saw is there then.
            let path = try self.workspace.write("#!/bin/sh\nenv >\(seen)\n", to: "layer/extensions/other")
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
            let rights = [
                "LMON_TOKEN": "secret-1", "AWS_ACCESS_KEY_ID": "secret-2", "AWS_SECRET_ACCESS_KEY": "secret-3",
                "AWS_SESSION_TOKEN": "secret-4", "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
            ]
            let emulator = try await self.emulator(
                "s3://spool/team",
                ["--agent", "--layer", "layer", "--no-bubblewrap"],
                variables: rights
            )
            _ = try await emulator.invoke("echo", "{}")
            _ = try await emulator.stop()
            let text = try String(contentsOfFile: seen, encoding: .utf8)
            #expect(text.contains("AWS_LAMBDA_RUNTIME_API="))
            #expect(!text.contains("secret-") && !text.contains("LMON_SPOOL"), "\(text)")
        }

        @Test func functionsSeeNoneOfTheTokens() async throws {
            let code =
                "export const handler = async () => Object.keys(process.env).filter((name) => /^LMON_/.test(name));"
            try self.workspace.write(code, to: "names/index.mjs")
            let variables = [
                "LMON_TOKEN": "a", "LMON_AGENT_TOKENS": "b", "LMON_VIEWER_TOKENS": "c", "LMON_BODY_LIMIT": "100",
            ]
            let run = try RunningProgram(["invoke", "names", "--json"], in: self.workspace, variables: variables)
            let result = try JSONValue(parsing: try await run.end().output)["result"]
            let names = Set(result?.array?.compactMap(\.string) ?? [])
            #expect(names.contains("LMON_BODY_LIMIT"))
            #expect(names.isDisjoint(with: variables.keys.filter { $0.hasSuffix("TOKEN") || $0.hasSuffix("TOKENS") }))
        }

        /// Nothing waits for it; it is said once that it is gone, once that it is back, and all is there in the end.
        @Test func whatIsGoneIsSaidAndComesAfter() async throws {
            var collector = try await CollectProgram.start(in: self.workspace)
            let port = collector.port
            try await collector.kill()
            let emulator = try await self.emulator(collector.url)
            for n in 1...3 { _ = try await emulator.invoke("echo", #"{"n":\#(n)}"#) }
            #expect(await eventually { emulator.program.errors.contains("records wait, and are tried again") })
            collector = try await CollectProgram.start(in: self.workspace, port: port)
            #expect(await eventually(within: 60) { emulator.program.errors.contains("takes records again") })
            let ended = try await emulator.stop()
            #expect(ended.errorLines.count == 2, "\(ended.errors)")
            #expect(try await self.invocations(collector.url) == 3)
        }

        @Test func whatDidNotGetThereIsCounted() async throws {
            let collector = try await CollectProgram.start(in: self.workspace)
            try await collector.kill()
            let emulator = try await self.emulator(collector.url)
            _ = try await emulator.invoke("echo", #"{"n":1}"#)
            let ended = try await emulator.stop()
            let last = try #require(ended.errorLines.last)
            #expect(
                last.wholeMatch(of: #/lmon: \d+ records did not get to http://127.0.0.1:\d+: .*refuses.*/#) != nil,
                "\(last)"
            )
        }

        @Test(arguments: [
            ("s3://x", "x is no bucket's name"),
            ("ftp://example.com", "not s3://BUCKET/PREFIX or an http or https URL"),
            ("s3://spool/team", "no AWS credentials"),
        ])
        func whatCannotBeIsSaidAtOnce(spool: String, words: String) async throws {
            let none = [
                "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_ACCESS_KEY_ID": "",
            ]
            let keys = words == "no AWS credentials" ? [:] : ["AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"]
            let run = try await RunningProgram(
                ["emulate", "echo", "--spool", spool],
                in: self.workspace,
                variables: none.merging(keys) { $1 }
            ).end()
            #expect(run.status == 2)
            #expect(run.errors.hasPrefix("lmon: --spool \(spool): "), "\(run.errors)")
            #expect(run.errors.contains(words), "\(run.errors)")
            #expect(run.errorLines.count == 1)
        }
    }
}
