import Foundation
import LmonJSON
import Testing

extension EndToEndTests {
    @Suite struct InvokeTests {
        private let workspace: Workspace

        init() throws {
            self.workspace = try Workspace()
            try self.workspace.write(Functions.echo, to: "echo/index.mjs")
        }

        @Test func aPageSaysWhatHappened() async throws {
            let outcome = try await Program.run(
                ["invoke", "echo", "-e", #"{"n":7,"call":true}"#],
                in: self.workspace
            )
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.errors == "")
            #expect(outcome.output.hasPrefix("✓ echo "))
            #expect(outcome.output.contains("/items/7"))
            #expect(outcome.output.contains("seen 7"))
            #expect(outcome.output.contains(#""n": 7"#))
            #expect(!outcome.output.contains("\u{1B}"))
            #expect(await eventually { self.workspace.processes.isEmpty })
        }

        @Test func aFailedFunctionIsStatusOne() async throws {
            let outcome = try await Program.run(["invoke", "echo", "-e", #"{"fail":true}"#], in: self.workspace)
            #expect(outcome.status == 1)
            #expect(outcome.output.hasPrefix("✗ echo "))
            #expect(outcome.output.contains("TypeError: asked to fail"))
        }

        /// What it logged before it ended is why.
        @Test func whatTheInitialisationLoggedIsShown() async throws {
            try self.workspace.write("console.error('no settings'); process.exit(3)", to: "broken/index.js")
            let outcome = try await Program.run(
                ["invoke", "broken", "--handler", "index.handler"],
                in: self.workspace
            )
            #expect(outcome.status == 1)
            #expect(outcome.output.contains("Runtime.ExitError"))
            #expect(outcome.output.contains("logs of the initialisation"))
            #expect(outcome.output.contains("no settings"))
        }

        @Test func variablesMayComeThroughAPipe() async throws {
            try self.workspace.write("export const handler = async () => process.env.GIVEN;", to: "given/index.mjs")
            let pipe = try self.workspace.pipe("GIVEN=through-a-pipe", named: "variables")
            let outcome = try await Program.run(["invoke", "given", "--env-file", pipe], in: self.workspace)
            #expect(outcome.output.contains("through-a-pipe"), "\(outcome.errors)")
        }

        @Test func asJSONItIsOneObject() async throws {
            let outcome = try await Program.run(
                ["invoke", "echo", "--json", "-e", "-"],
                in: self.workspace,
                input: #"{"n":5,"call":true}"#
            )
            #expect(outcome.status == 0)
            #expect(outcome.outputLines.count == 1)
            let value = try JSONValue(parsing: outcome.output.trimmingCharacters(in: .newlines))
            #expect(value["failed"]?.bool == false)
            #expect(value["result"]?["n"]?.int == 5)
            #expect(value["calls"]?[0]?["status"]?.int == 200)
            #expect(value["logs"]?.array?.count == 1)
        }

        /// Whatever a template's own runtime is written in, Lambda starts its `bootstrap`.
        @Test func aTemplatesOwnRuntimeIsItsBootstrap() async throws {
            let template = """
                Resources:
                  Own:
                    Type: AWS::Serverless::Function
                    Properties: {FunctionName: own, Runtime: provided.al2023, Handler: any, CodeUri: code/}
                """
            try self.workspace.write(template, to: "own/template.yaml")
            try self.workspace.write("", to: "own/code/readme")
            let missing = try await Program.run(["invoke", "own"], in: self.workspace)
            #expect(missing.status == 2)
            #expect(missing.errors.contains("own/code/bootstrap; build it, for this machine"), "\(missing.errors)")
            let program = try self.workspace.write(Functions.commandEcho, to: "own/code/bootstrap")
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
            let run = try await Program.run(["invoke", "own", "--json", "-e", #"{"n":5}"#], in: self.workspace)
            #expect(run.status == 0, "\(run.errors)")
            #expect(try JSONValue(parsing: run.output)["result"]?["n"]?.int == 5)
        }

        /// With the agent its report comes too late to wait for; the calls and the result do not.
        @Test func byNameItIsPrintedAtItsEndAlsoWithTheAgent() async throws {
            try self.workspace.write(Functions.echo, to: "below/named/index.mjs")
            let emulator = try await EmulatorProgram.start("below/named", in: self.workspace, ["--agent"])
            let tee = String(emulator.tee.dropFirst("tcp://".count))
            let run = try await Program.run(
                [
                    "invoke", "named", "--port", "\(emulator.port)", "--tee", tee, "--json", "-e",
                    #"{"n":3,"call":true}"#,
                ],
                in: self.workspace
            )
            #expect(run.status == 0, "\(run.errors)")
            let value = try JSONValue(parsing: run.output)
            #expect(value["result"]?["n"]?.int == 3)
            #expect(value["calls"]?[0]?["status"]?.int == 200)
            #expect(value["durationMs"]?.double ?? 0 > 0, "\(run.output)")
            _ = try await emulator.stop()
        }

        /// The agent hears of an invocation's end after it, and of what it cost when its environment ends.
        @Test(arguments: [["echo"], ["--async", "echo"], ["--", "./bin/echo"]])
        func withTheAgentTheReportIsThereToo(source: [String]) async throws {
            let program = try self.workspace.write(Functions.commandEcho, to: "bin/echo")
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
            let arguments = ["invoke", "--agent", "--json", "-e", #"{"n":5}"#] + source
            let outcome = try await Program.run(arguments, in: self.workspace)
            #expect(outcome.status == 0, "\(outcome.errors)")
            let value = try JSONValue(parsing: outcome.output.trimmingCharacters(in: .newlines))
            #expect(value["billedDurationMs"]?.int ?? 0 > 0)
            #expect(value["memoryUsedMB"]?.int ?? 0 > 0)
            #expect(value["logs"]?.array?.count == 1)
            #expect(value["lmon"]?["heldMs"] != nil)
            #expect(source.first == "--async" || value["result"]?["n"]?.int == 5)
        }

        @Test(arguments: ["api", "dynamodb", "eventbridge", "s3", "schedule", "sns", "sqs"])
        func aSampleIsAnEvent(name: String) async throws {
            try self.workspace.write(
                "exports.handler = async (event) => Object.keys(event).length;",
                to: "count/index.cjs"
            )
            let outcome = try await Program.run(
                ["invoke", "count", "--json", "--no-record", "-e", "sample:\(name)"],
                in: self.workspace
            )
            let value = try JSONValue(parsing: outcome.output.trimmingCharacters(in: .newlines))
            #expect((value["result"]?.int ?? 0) >= 1)
        }

        @Test func byNameItRunsOnTheEmulatorThatIsThere() async throws {
            // In a folder below, so that the name cannot mean a folder here.
            try self.workspace.write(Functions.echo, to: "below/named/index.mjs")
            let emulator = try await EmulatorProgram.start("below/named", in: self.workspace)
            let tee = String(emulator.tee.dropFirst("tcp://".count))
            let outcome = try await Program.run(
                ["invoke", "named", "--port", "\(emulator.port)", "--tee", tee, "-e", #"{"n":3}"#],
                in: self.workspace
            )
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output.contains("seen 3"))
            let failed = try await Program.run(
                ["invoke", "named", "--port", "\(emulator.port)", "--no-tee", "-e", #"{"fail":true}"#],
                in: self.workspace
            )
            #expect(failed.status == 1)
            #expect(failed.output.contains("asked to fail"))
            let queued = try await Program.run(
                ["invoke", "named", "--port", "\(emulator.port)", "--async"],
                in: self.workspace
            )
            #expect(queued.status == 0)
            #expect(queued.output.hasPrefix("queued: named "))
            let unknown = try await Program.run(
                ["invoke", "nothing", "--port", "\(emulator.port)"],
                in: self.workspace
            )
            #expect(unknown.status == 2)
            #expect(unknown.errors.contains("no such function"))
            #expect(unknown.errors.contains("runs named"))
            _ = try await emulator.stop()
        }
    }
}
