import Foundation
import LmonJSON
import Testing

extension EndToEndTests {
    @Suite struct StatsTests {
        private let workspace: Workspace

        init() throws {
            self.workspace = try Workspace()
        }

        /// Three that are answered, one that takes too long, one that runs still; of two functions.
        private static let session: SessionLines = {
            var session = SessionLines()
            session.invocation(
                "r1",
                [
                    .init(url: "https://api.test/a", responseBody: SessionLines.text("{}")),
                    .init(method: "POST", url: "https://pay.test/b", status: 502),
                ]
            )
            session.invocation("r2", [.init(url: "https://api.test/c", status: 404)])
            session.invocation("r3", [])
            session.function = "payment"
            session.add("platform.start", "r4", .object([.init("requestId", .string("r4"))]))
            let end: JSONValue = .object([
                .init("requestId", .string("r4")), .init("status", .string("timeout")),
                .init("metrics", .object([.init("durationMs", .number("3000"))])),
            ])
            session.add("platform.report", "r4", end)
            session.add("platform.start", "r5", .object([.init("requestId", .string("r5"))]))
            return session
        }()

        private func stats(_ arguments: [String], input: String? = Self.session.input) async throws -> Program.Outcome {
            try await Program.run(["stats"] + arguments, in: self.workspace, input: input)
        }

        private func json(_ arguments: [String]) async throws -> JSONValue {
            let outcome = try await self.stats(arguments + ["--json"])
            #expect(outcome.status == 0 && outcome.errors == "", "\(outcome.errors)")
            #expect(outcome.outputLines.count == 1)
            return try JSONValue(parsing: outcome.output)
        }

        private func names(_ groups: JSONValue?) -> [String] { (groups?.array ?? []).compactMap { $0["name"]?.string } }

        @Test func whatWasSeenIsSummedUpForPeople() async throws {
            let outcome = try await self.stats(["-", "--utc"])
            #expect(outcome.status == 0 && outcome.errors == "", "\(outcome.errors)")
            let lines = outcome.outputLines
            #expect(
                lines.first?.hasPrefix("4 invocations, 1 failed (25.0 %), 1 in flight, 3 calls (1 failed), ") == true
            )
            for title in [
                "durations", "functions", "hosts, slowest first", "statuses of calls", "failed invocations",
                "lmon itself",
            ] {
                #expect(lines.contains { $0.hasPrefix(title) }, "\(title): \(outcome.output)")
            }
            #expect(outcome.output.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 }, "no colours")
            #expect(lines.allSatisfy { $0.count <= 80 })
            let plain = try await self.stats(["-", "--utc", "--ascii"])
            #expect(plain.output.utf8.allSatisfy { $0 < 0x80 }, "\(plain.output)")
        }

        @Test func theSameForPrograms() async throws {
            let object = try await self.json(["-"])
            let invocations = object["invocations"]
            #expect(invocations?["count"]?.int == 4 && invocations?["failed"]?.int == 1)
            #expect(invocations?["inFlight"]?.int == 1)
            #expect(invocations?["duration"]?["p50"]?.double.map { abs($0 - 12.5) < 0.2 } == true)
            #expect(invocations?["duration"]?["max"]?.double.map { abs($0 - 3000) < 30 } == true)
            #expect(object["calls"]?["count"]?.int == 3)
            #expect(self.names(object["functions"]) == ["orders", "payment"])
            #expect(self.names(object["hosts"]).sorted() == ["api.test", "pay.test"])
            #expect(self.names(object["statuses"]).sorted() == ["200", "404", "502"])
            #expect(self.names(object["errors"]) == ["timeout"])
            #expect(object["lmon"]?["dropped"]?.int == 0)
            let hosts = try await self.json(["-", "--by", "host"])
            #expect(hosts.object?.map(\.key) == ["hosts"])
            #expect(hosts["hosts"] == object["hosts"])
        }

        @Test(arguments: [
            ("host=api.test", 2, 3, ["orders"]), ("status>=500 or timeout", 2, 2, ["orders", "payment"]),
            ("function=payment", 1, 0, ["payment"]), ("calls=0 and not error", 1, 0, ["orders"]),
            ("status=418", 0, 0, []),
        ])
        func onlyWhatMatches(filter: String, invocations: Int, calls: Int, functions: [String]) async throws {
            let object = try await self.json(["-", "--filter", filter])
            #expect(object["invocations"]?["count"]?.int == invocations)
            #expect(object["calls"]?["count"]?.int == calls)
            #expect(self.names(object["functions"]) == functions)
            let text = try await self.stats(["-", "--filter", filter])
            #expect(text.outputLines.first?.hasPrefix("\(invocations) invocation") == true)
            #expect(text.outputLines.dropFirst().first == "matching \(filter)")
        }

        @Test func aRecordedSessionByItsNameAndByItsFile() async throws {
            try self.workspace.write(Functions.echo, to: "echo/index.mjs")
            let emulator = try await EmulatorProgram.start("echo", in: self.workspace)
            let live = try RunningProgram(["stats", emulator.tee, "--count", "3", "--json"], in: self.workspace)
            _ = try await emulator.invoke("echo", #"{"n":1,"call":true}"#)
            _ = try await emulator.invoke("echo", #"{"n":2,"call":true}"#)
            _ = try await emulator.invoke("echo", #"{"n":3,"fail":true}"#)
            let seen = try await live.end()
            #expect(seen.status == 0, "\(seen.errors)")
            #expect(try JSONValue(parsing: seen.output)["functions"]?[0]?["name"]?.string == "echo")
            _ = try await emulator.stop()
            let file = try #require(self.workspace.sessions.first)
            let path = "\(self.workspace.path)/state/lmon/sessions/\(file)"
            for source in ["@last", path] {
                let object = try await self.json([source])
                #expect(object["invocations"]?["count"]?.int == 3 && object["invocations"]?["failed"]?.int == 1)
                #expect(object["cold"]?["count"]?.int == 1 && object["warm"]?["count"]?.int == 2)
                #expect(object["calls"]?["count"]?.int == 2)
                #expect(self.names(object["errors"]) == ["TypeError"])
                let failed = try await self.json([source, "--filter", "error"])
                #expect(failed["invocations"]?["count"]?.int == 1 && failed["calls"]?["count"]?.int == 0)
                #expect(failed["cold"]?["count"]?.int == 0 && failed["warm"]?["count"]?.int == 1)
            }
            let functions = try await self.stats(["@last", "--by", "function"], input: nil)
            #expect(functions.outputLines.filter { $0.contains("echo") }.count == 1, "\(functions.output)")
        }

        /// A connection that is lost is made again, and what comes twice counts once.
        @Test func aTeeThatIsLostInBetween() async throws {
            let lines = Self.session.input
            let half = lines.split(separator: "\n").prefix(12).map { $0 + "\n" }.joined()
            let tee = try LoopbackTee([half, lines])
            let outcome = try await self.stats([tee.source, "--count", "4", "--json"], input: nil)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.errors.contains("lmon: the connection was closed; trying again in "), "\(outcome.errors)")
            let object = try JSONValue(parsing: outcome.output)
            #expect(object["invocations"]?["count"]?.int == 4)
            #expect(object["calls"]?["count"]?.int == 3)
        }

        @Test func aTeeHasNoEndButTime() async throws {
            let tee = try LoopbackTee([Self.session.input, "", ""])
            let waited = try await self.stats([tee.source, "--count", "99", "--timeout", "1s"], input: nil)
            #expect(waited.status == 3)
            #expect(waited.errors.contains(" of 99 invocations were done after 1s\n"), "\(waited.errors)")
            let open = try LoopbackTee([Self.session.input])
            let outcome = try await self.stats([open.source, "--timeout", "1s"], input: nil)
            #expect(outcome.status == 0 && outcome.errors == "", "\(outcome.errors)")
            #expect(outcome.output.contains(" in flight, "))
            let running = try RunningProgram(["stats", try LoopbackTee([""]).source], in: self.workspace)
            running.signal(SIGINT)
            #expect(try await running.end().status == 130)
        }

        @Test(arguments: [
            (
                ["-", "--filter", "statsu>1"], 2,
                "lmon: --filter: no field statsu; did you mean status?\n  statsu>1\n  ^\n"
            ),
            (["-", "--filter", "cold and"], 2, "lmon: --filter: "),
            (["missing.lmon"], 2, "lmon: missing.lmon: no such file or folder\n"),
            (["foreign.lmon"], 2, "lmon: foreign.lmon: not a session recorded by lmon"),
            (["@last"], 2, "lmon: @last: no session is recorded"), (["tcp://127.0.0.1:1"], 1, "refused"),
            (["tcp://nohost"], 2, "tcp://HOST:PORT"), (["-", "--count", "0"], 2, "--count"),
            (["-", "--by", "colour"], 2, "--by"), (["-", "--timeout", "soon"], 2, "--timeout"),
        ])
        func whatIsWrongIsSaidInOneLine(arguments: [String], status: Int32, message: String) async throws {
            try self.workspace.write("no session", to: "foreign.lmon")
            let outcome = try await self.stats(arguments, input: "")
            #expect(outcome.status == status)
            #expect(outcome.errors.hasPrefix("lmon: ") && outcome.errors.contains(message), "\(outcome.errors)")
            #expect(outcome.output == "")
        }

        @Test func whatCameBeforeIsSummedUpAlsoWhereSomethingIsWrong() async throws {
            let broken = try await self.stats(["-", "--json"], input: Self.session.input + "{\n")
            #expect(broken.status == 1)
            #expect(broken.errors.hasSuffix("lmon: 1 line is no record of lmon\n"), "\(broken.errors)")
            #expect(try JSONValue(parsing: broken.output)["invocations"]?["count"]?.int == 4)
            let few = try await self.stats(["-", "--count", "9"])
            #expect(few.status == 1 && few.errors == "lmon: the source ended after 4 of 9 invocations\n")
            #expect(few.output.hasPrefix("4 invocations"))
            let enough = try await self.stats(["-", "--count", "2", "--json"])
            #expect(enough.status == 0)
            let nothing = try await self.stats(["-"], input: "")
            #expect(nothing.status == 0)
            #expect(nothing.output.hasPrefix("0 invocations, 0 calls\n"), "\(nothing.output)")
        }
    }
}
