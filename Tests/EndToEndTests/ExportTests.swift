import Foundation
import LmonJSON
import LmonTestSupport
import Testing

extension EndToEndTests {
    @Suite struct ExportTests {
        private let workspace: Workspace

        init() throws {
            self.workspace = try Workspace()
        }

        private static let session: SessionLines = {
            var session = SessionLines()
            session.invocation(
                "r1",
                [
                    .init(url: "https://api.test/a", responseBody: SessionLines.text("{\"name\":\"Ada\"}")),
                    .init(method: "POST", url: "https://pay.test/b", body: SessionLines.text("x=1"), status: 502),
                ]
            )
            session.invocation("r2", [.init(url: "https://api.test/c", status: 404)])
            session.invocation("r3", [])
            return session
        }()

        private func export(_ arguments: [String], input: String? = Self.session.input) async throws -> Program.Outcome
        {
            try await Program.run(["export"] + arguments, in: self.workspace, input: input)
        }

        private func urls(_ har: String) throws -> [String] {
            guard case .array(let entries)? = try JSONValue(parsing: har)["log"]?["entries"] else { return [] }
            return entries.compactMap { $0["request"]?["url"]?.string }
        }

        @Test(arguments: [
            ([], ["https://api.test/a", "https://pay.test/b", "https://api.test/c"]),
            // Every call of an invocation that matches.
            (["--filter", "status>=500"], ["https://api.test/a", "https://pay.test/b"]),
            (["--filter", "/r[23]/"], ["https://api.test/c"]), (["--filter", "not host~api"], []),
        ])
        func har(arguments: [String], expected: [String]) async throws {
            let outcome = try await self.export(["-", "--format", "har"] + arguments)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(try self.urls(outcome.output) == expected)
            #expect(outcome.errors == "")
        }

        @Test func curlHasTheCallsThatMatch() async throws {
            let outcome = try await self.export(["-", "--format", "curl", "--filter", "host~pay or status=404"])
            let own = " -H 'accept:' -H 'user-agent:'"
            #expect(
                outcome.output
                    == "curl -X POST https://pay.test/b\(own) -H 'content-type:' --data-raw 'x=1'\n"
                    + "curl https://api.test/c\(own)\n"
            )
        }

        @Test func jsonHasAnObjectForEachInvocation() async throws {
            let outcome = try await self.export(["-", "--format", "json", "--filter", "calls<2"])
            let objects = try outcome.outputLines.map { try JSONValue(parsing: String($0)) }
            #expect(objects.map { $0["requestId"]?.string } == ["r2", "r3"])
            #expect(objects[0]["durationMs"]?.double == 12.5)
        }

        @Test func aRecordedSessionIsTheDefault() async throws {
            try self.workspace.write(Functions.echo, to: "echo/index.mjs")
            let invoked = try await Program.run(["invoke", "echo", "-e", #"{"n":4,"call":true}"#], in: self.workspace)
            #expect(invoked.status == 0, "\(invoked.errors)")
            let outcome = try await self.export(["--format", "har", "-o", "calls.har"], input: nil)
            #expect(outcome.status == 0 && outcome.output == "", "\(outcome.errors)")
            #expect(outcome.errors == "calls.har: 1 invocation, 1 call\n")
            let path = self.workspace.path + "/calls.har"
            #expect(try self.urls(String(contentsOfFile: path, encoding: .utf8)).first?.hasSuffix("/items/4") == true)
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            let json = try await self.export(["@last", "--format", "json"], input: nil)
            #expect(try JSONValue(parsing: json.output)["event"]?["n"]?.double == 4)
            #expect(try JSONValue(parsing: json.output)["result"]?["n"]?.double == 4)
        }

        /// Many invocations pass through without being held; each is written once, in order.
        @Test func aLongStreamComesThroughWhole() async throws {
            var session = SessionLines()
            for number in 0..<3000 { session.invocation("r\(number)", [.init(url: "http://a.test/\(number)")]) }
            let outcome = try await self.export(["-", "--format", "har"], input: session.input)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(try self.urls(outcome.output) == (0..<3000).map { "http://a.test/\($0)" })
            let left = try FileManager.default.contentsOfDirectory(atPath: self.workspace.path + "/tmp")
            #expect(left.filter { $0.hasSuffix(".lmon") } == [])
        }

        @Test(arguments: [
            (["-", "--format", "xml"], 2, "lmon: The value 'xml' is invalid"),
            (["-"], 2, "lmon: Missing expected argument"),
            (["missing.lmon", "--format", "har"], 2, "lmon: missing.lmon: no such file or folder"),
            (["@last", "--format", "har"], 2, "lmon: "), ([".", "--format", "har"], 2, "lmon: .: not recorded"),
            (["tcp://127.0.0.1:9", "--format", "har"], 2, "not recorded"),
            (["-", "--format", "har", "--filter", "status~5"], 2, "lmon: --filter: status cannot be compared by ~"),
            (
                ["-", "--format", "har", "--filter", "/(/"], 2,
                "lmon: --filter: in the regular expression: missing closing"
            ),
            (["-", "--format", "har", "-o", "no/such/folder"], 2, "lmon: no/such/folder: No such file or directory"),
            (["-", "--format", "har", "-o", "/dev/full"], 1, "lmon: /dev/full: No space left on device"),
            (["-", "--format", "json", "--filter", "status=418"], 0, "nothing matches status=418"),
        ])
        func whatIsWrongIsSaidInOneLine(arguments: [String], status: Int32, message: String) async throws {
            let outcome = try await self.export(arguments)
            #expect(outcome.status == status, "\(outcome.errors)")
            #expect(outcome.errors.contains(message), "\(outcome.errors)")
        }

        @Test func aLineThatIsNoRecordIsNamedAndTheRestIsWritten() async throws {
            let outcome = try await self.export(["-", "--format", "har"], input: Self.session.input + "{\n")
            #expect(outcome.status == 1)
            #expect(outcome.errors.hasSuffix("lmon: 1 line is no record of lmon\n"), "\(outcome.errors)")
            #expect(try self.urls(outcome.output).count == 3)
        }
    }
}
