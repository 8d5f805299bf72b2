import Foundation
import Testing

extension EndToEndTests {
    /// Whatever is wrong: one line that says what was tried and what to do, and the right status.
    @Suite struct BadInputTests {
        private let workspace: Workspace

        init() throws {
            self.workspace = try Workspace()
            try self.workspace.write(Functions.echo, to: "echo/index.mjs")
            try self.workspace.write("", to: "nothing/readme.txt")
            try self.workspace.write("no session", to: "foreign.lmon")
            try self.workspace.write("", to: "empty.lmon")
            try self.workspace.write("hello", to: "notes.txt")
            try self.workspace.write("{}", to: "records.ndjson")
            try self.workspace.write(
                """
                Transform: AWS::Serverless-2016-10-31
                Resources:
                  Orders:
                    Type: AWS::Serverless::Function
                    Properties:
                      Handlr: index.handler
                      Runtime: nodejs22.x
                      CodeUri: echo
                """,
                to: "typo/template.yaml"
            )
            try self.workspace.write(
                """
                Transform: AWS::Serverless-2016-10-31
                Resources:
                  Orders:
                    Type: AWS::Serverless::Function
                    Properties:
                      Handler: gone.handler
                      Runtime: nodejs22.x
                      CodeUri: ../echo
                """,
                to: "gone/template.yaml"
            )
            try self.workspace.write("not yaml: [", to: "broken.yaml")
        }

        @Test(arguments: [
            (["tail", "missing"], 2, "missing: no such file or folder"),
            (["emulate", "missing"], 2, "no such file or folder"),
            (["emulate", "nothing"], 2, "nothing to run here"),
            (["emulate", "typo"], 2, "Handlr"),
            (["emulate", "gone"], 2, "gone"),
            (["emulate", "broken.yaml"], 2, "broken.yaml"),
            (["tail", "foreign.lmon"], 2, "not a session recorded by lmon"),
            (["tail", "empty.lmon"], 2, "empty"),
            (["tail", "notes.txt"], 2, "notes.txt"),
            (["tail", "records.ndjson"], 2, "lmon tail - < records.ndjson"),
            (["tail", "@last"], 2, "no session is recorded"),
            (["tail", "tcp://127.0.0.1:1"], 1, "refused"),
            (["tail", "tcp://nohost"], 2, "tcp://HOST:PORT"),
            (["tail", "ftp://example.com"], 2, "not a SOURCE"), (["tail", "https://"], 2, "not a collector's address"),
            (["invoke", "echo", "-e", "missing.json"], 2, "no such event file"),
            (["invoke", "echo", "-e", "notes.txt"], 2, "not JSON"),
            (["invoke", "echo", "-e", "sample:nope"], 2, "no such sample"),
            (["invoke", "echo", "--function", "other"], 2, "no such function"),
            (["emulate", "echo", "--env-file", "missing.env"], 2, "--env-file missing.env"),
            (["emulate", "echo", "--port", "70000"], 2, "--port"),
            (["emulate", "echo", "--tee", "192.168.0.1:4244"], 2, "never leaves"),
            (["tail", "--bogus"], 2, "--bogus"),
            (["tail", "-", "--count", "0"], 2, "--count"),
        ])
        func isOneClearLine(arguments: [String], status: Int32, words: String) async throws {
            let outcome = try await Program.run(arguments, in: self.workspace, input: "")
            #expect(outcome.status == status)
            let first = try #require(outcome.errorLines.first)
            #expect(first.hasPrefix("lmon: "))
            #expect(first.contains(words), "\(first)")
            #expect(outcome.output == "")
            #expect(self.workspace.sessions.isEmpty)
        }

        @Test func aTakenPortIsReplacedUnlessItWasAskedFor() async throws {
            let first = try await EmulatorProgram.start("echo", in: self.workspace)
            let second = try await Program.run(["emulate", "echo", "--port", "\(first.port)"], in: self.workspace)
            #expect(second.status == 1)
            #expect(second.errorLines.count == 1)
            #expect(second.errors.contains("\(first.port)"))
            #expect(self.workspace.sessions.count == 1, "the first one's alone")
            _ = try await first.stop()
        }

        @Test func withoutASourceItSaysWhatToDo() async throws {
            let outcome = try await Program.run(["tail", "--timeout", "1s"], in: self.workspace)
            // Another lmon may be running on this machine; then there is something to show.
            #expect([2, 3].contains(outcome.status))
            if outcome.status == 2 { #expect(outcome.errors.contains("name a SOURCE")) }
        }
    }
}
