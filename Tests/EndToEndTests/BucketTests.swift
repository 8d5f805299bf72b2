import Foundation
import LmonJSON
import LmonTestSupport
import Testing

extension EndToEndTests {
    /// The real agent and the real viewer with a bucket between them, in moto's S3. `./Tests/run` installs it.
    @Suite(.enabled(if: BotoPython.path != nil, "moto is not installed: ./Tests/run does that"))
    struct BucketTests {
        private let workspace: Workspace

        init() throws {
            self.workspace = try Workspace()
            try self.workspace.write(Functions.echo, to: "echo/index.mjs")
        }

        private static let source = "s3://spool/team/a"

        private func withMoto(_ body: (MotoServer) async throws -> Void) async throws {
            let moto = try await MotoServer.start(in: self.workspace)
            defer { moto.stop() }
            try await body(moto)
        }

        private func emulator(_ moto: MotoServer, _ more: [String: String] = [:]) async throws -> EmulatorProgram {
            let own = ["LMON_SPOOL": Self.source, "LMON_FLUSH": "end"]
            let trusted = more.filter { $0.key == "SSL_CERT_FILE" }
            let file = moto.variables.merging(trusted) { $1 }.map { "\($0.key)=\($0.value)" }.joined(separator: "\n")
            try self.workspace.write(file, to: "variables")
            return try await EmulatorProgram.start(
                "echo",
                in: self.workspace,
                ["--agent", "--env-file", "variables", "--concurrency", "1"],
                variables: own.merging(more) { $1 }
            )
        }

        /// Numbers that are there or under a tombstone, by environment.
        private static func numbers(_ lines: [String]) throws -> [String: Set<Int>] {
            var numbers: [String: Set<Int>] = [:]
            for line in lines {
                let record = try JSONValue(parsing: line)
                let first = try #require(record["sequence"]?.int)
                let through = record["type"]?.string == "lmon.dropped" ? record["record"]?["through"]?.int : nil
                numbers[record["environment"]?.string ?? "", default: []].formUnion(first...(through ?? first))
            }
            return numbers
        }

        private func run(_ arguments: [String], _ moto: MotoServer) async throws -> Program.Outcome {
            try await RunningProgram(arguments, in: self.workspace, variables: moto.variables).end(within: 60)
        }

        @Test func whatTheAgentPutsIsCompleteAndReadByEveryCommand() async throws {
            try await self.withMoto { moto in
                let emulator = try await self.emulator(moto)
                for n in 1...4 { _ = try await emulator.invoke("echo", #"{"n":\#(n),"call":true}"#) }
                #expect(try await emulator.stop().status == 0)

                let objects = try await moto.objects()
                #expect(objects.count >= 4)
                for object in objects {
                    #expect(
                        object.key.wholeMatch(
                            of: #/team/a/v1/echo/\d{4}/\d\d/\d\d/\d\d/\d{13}-[0-9A-Z]{26}-\d{10}-\d{10}\.ndjson\.gz/#
                        ) != nil,
                        "\(object.key)"
                    )
                }
                let numbers = try Self.numbers(objects.flatMap(\.lines))
                #expect(numbers.count == 1)
                let own = try #require(numbers.values.first)
                #expect(own == Set(1...(own.max() ?? 0)))

                // The same records, as lines, in their order.
                let tail = try await self.run(["tail", Self.source, "--json", "--count", "4"], moto)
                #expect(tail.status == 0, "\(tail.errors)")
                let sequences = try tail.outputLines.compactMap { try JSONValue(parsing: String($0))["sequence"]?.int }
                #expect(sequences == sequences.sorted())
                let stats = try await self.run(["stats", Self.source, "--json"], moto)
                #expect(stats.status == 0, "\(stats.errors)")
                #expect(try JSONValue(parsing: stats.output)["invocations"]?["count"]?.int == 4, "\(stats.output)")
                let recent = try await self.run(["stats", Self.source, "--json", "--since", "1h"], moto)
                #expect(try JSONValue(parsing: recent.output)["invocations"]?["count"]?.int == 4, "\(recent.errors)")
                let other = try await self.run(["stats", Self.source, "--json", "--filter", "function=other"], moto)
                #expect(try JSONValue(parsing: other.output)["invocations"]?["count"]?.int == 0, "\(other.errors)")
                try self.workspace.write("screen all", to: "keys")
                let view = ["tui", Self.source, "--keys", "keys", "--function"]
                #expect(try await self.run(view + ["echo"], moto).output.contains("4 inv"))
                let none = try await self.run(view + ["other"], moto)
                #expect(none.output.contains("no object of other yet"), "\(none.output)")
                let har = try await self.run(["export", Self.source, "--format", "har"], moto)
                #expect(har.status == 0, "\(har.errors)")
                guard case .array(let entries)? = try JSONValue(parsing: har.output)["log"]?["entries"] else {
                    Issue.record("no HAR: \(har.output.prefix(200))")
                    return
                }
                #expect(entries.count == 4)
            }
        }

        /// A viewer that was there first sees each invocation as it is put.
        @Test func aViewerFollows() async throws {
            try await self.withMoto { moto in
                let arguments = ["tail", Self.source, "--json", "--count", "3"]
                let tail = try RunningProgram(arguments, in: self.workspace, variables: moto.variables)
                #expect(await eventually { tail.errors.contains("no object in the last hour") })
                #expect(tail.errors.contains("listing every 5 s"))
                // Long enough for a slow machine: what is not taken in time leaves with the next invocation.
                let emulator = try await self.emulator(moto, ["LMON_BUDGET_MS": "5000"])
                for n in 1...3 {
                    _ = try await emulator.invoke("echo", #"{"n":\#(n)}"#)
                    #expect(await eventually { tail.output.ranges(of: #""type":"invocation.result""#).count == n })
                }
                // What telemetry says of the last one leaves when its environment ends.
                #expect(try await emulator.stop().status == 0)
                #expect(try await tail.end(within: 60).status == 0)
            }
        }

        /// Over https, with a certificate that only those trust who are told to.
        @Test func overTLS() async throws {
            let certificates = try await OwnCertificates(in: self.workspace)
            let moto = try await MotoServer.start(in: self.workspace, certificates: certificates)
            defer { moto.stop() }
            let trusting = ["SSL_CERT_FILE": certificates.authority]
            let emulator = try await self.emulator(moto, trusting)
            for n in 1...3 { _ = try await emulator.invoke("echo", #"{"n":\#(n)}"#) }
            #expect(try await emulator.stop().status == 0)
            let numbers = try Self.numbers(try await moto.objects().flatMap(\.lines))
            let own = try #require(numbers.values.first)
            #expect(own == Set(1...(own.max() ?? 0)))

            let arguments = ["stats", Self.source, "--json"]
            let variables = moto.variables.merging(trusting) { $1 }
            let stats = try await RunningProgram(arguments, in: self.workspace, variables: variables).end(within: 60)
            #expect(stats.status == 0, "\(stats.errors)")
            #expect(try JSONValue(parsing: stats.output)["invocations"]?["count"]?.int == 3, "\(stats.output)")
            let unsure = try await self.run(arguments, moto)
            #expect(unsure.status == 1)
            #expect(unsure.errors.contains("does not lead to one that is trusted here"), "\(unsure.errors)")
        }

        /// S3 that does not answer: nothing holds the function, and what could not be kept lies under tombstones.
        @Test func whatIsDroppedLiesUnderTombstones() async throws {
            try await self.withMoto { moto in
                moto.program.signal(SIGSTOP)
                let emulator = try await self.emulator(moto, ["LMON_MEMORY_MB": "1", "LMON_CAPTURE": "all"])
                let text = String(repeating: "x", count: 40_000)
                for n in 1...60 { _ = try await emulator.invoke("echo", #"{"n":\#(n),"text":"\#(text)"}"#) }
                moto.program.signal(SIGCONT)
                #expect(await eventually(within: 60) { (try? await moto.objects())?.isEmpty == false })
                #expect(try await emulator.stop().status == 0)
                let lines = try await moto.objects().flatMap(\.lines)
                let numbers = try #require(try Self.numbers(lines).values.first)
                #expect(numbers == Set(1...(numbers.max() ?? 0)))
            }
        }

        @Test(arguments: [
            ("s3://nowhere/x", "NoSuchBucket"), ("s3://", "no bucket"), ("s3://UP!/x", "no bucket's name"),
        ])
        func aWrongSourceIsOneLine(source: String, words: String) async throws {
            try await self.withMoto { moto in
                let outcome = try await self.run(["tail", source], moto)
                #expect(outcome.status != 0)
                #expect(outcome.errors.contains(words), "\(outcome.errors)")
                #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
            }
        }

        @Test func withoutCredentialsItSaysWhereTheyComeFrom() async throws {
            let variables = ["AWS_CONFIG_FILE": "/nowhere", "AWS_SHARED_CREDENTIALS_FILE": "/nowhere"]
            let program = try RunningProgram(["tail", Self.source], in: self.workspace, variables: variables)
            let outcome = try await program.end()
            #expect(outcome.status == 2)
            #expect(outcome.errors.contains("no AWS credentials"), "\(outcome.errors)")
        }
    }
}
