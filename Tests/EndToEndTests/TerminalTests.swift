import Foundation
import Testing

extension EndToEndTests {
    @Suite(.enabled(if: TerminalProgram.isAvailable)) struct TerminalTests {
        private let workspace: Workspace

        init() throws {
            self.workspace = try Workspace()
            try self.workspace.write(Functions.echo, to: "echo/index.mjs")
        }

        private func start(_ arguments: [String] = []) throws -> TerminalProgram {
            try TerminalProgram(["tui", "echo", "--port", "0", "--no-tee"] + arguments, in: self.workspace)
        }

        @Test func qLeavesTheTerminalAsItWas() async throws {
            let view = try self.start()
            #expect(await view.shows("No invocation yet"))
            #expect(!view.isCooked)
            view.type("q")
            #expect(await view.end() == 0)
            #expect(view.isCooked)
            #expect(view.isRestored)
            #expect(await eventually { self.workspace.processes.isEmpty })
        }

        @Test func anInvocationFromTheViewIsShownAndRecorded() async throws {
            let view = try self.start()
            #expect(await view.shows("No invocation yet"))
            view.type("i")
            #expect(await view.shows("event"))
            view.type("\r")
            #expect(await view.shows("1 inv"))
            view.type("q")
            #expect(await view.end() == 0)
            #expect(view.text.contains("recorded in "))
            let again = try await Program.run(["tail", "@last", "--count", "1"], in: self.workspace)
            #expect(again.status == 0)
        }

        @Test(arguments: [SIGTERM, SIGHUP, SIGINT])
        func aSignalRestoresTheTerminalAndEndsEverything(signal: Int32) async throws {
            let view = try self.start()
            #expect(await view.shows("No invocation yet"))
            kill(try #require(view.process), signal)
            #expect(await view.end() == 128 + signal)
            #expect(view.isCooked)
            #expect(view.isRestored)
            #expect(await eventually { self.workspace.processes.isEmpty })
        }

        @Test func killedOutrightTheTerminalComesBackToo() async throws {
            let view = try self.start()
            #expect(await view.shows("No invocation yet"))
            kill(try #require(view.process), SIGKILL)
            #expect(await eventually { view.isCooked && view.isRestored })
            #expect(await eventually { self.workspace.processes.isEmpty })
        }

        @Test func aNewSizeIsDrawn() async throws {
            let view = try self.start()
            #expect(await view.shows("No invocation yet"))
            view.forget()
            view.resize(columns: 31, rows: 8)
            #expect(await view.shows("31×8"))
            view.forget()
            view.resize(columns: 120, rows: 40)
            #expect(await view.shows("No invocation yet"))
            view.type("q")
            #expect(await view.end() == 0)
        }

        @Test func aFunctionThatDoesNotStartIsSaidWithThePlace() async throws {
            try self.workspace.write("\n\nthrow new Error('no settings');", to: "broken/index.js")
            let view = try TerminalProgram(
                ["tui", "broken", "--handler", "index.handler", "--port", "0", "--no-tee"],
                in: self.workspace
            )
            #expect(await view.shows("No invocation yet"))
            view.type("i\r")
            #expect(await view.shows("broken does not start: index.js:3 no settings"))
            // Lambda tries again within the invocation: that has to fail too.
            #expect(await view.shows("✗ 1"))
            try self.workspace.write("exports.handler = async () => 1", to: "broken/index.js")
            view.forget()
            view.type("r")
            #expect(await view.holds("✓ broken"))
            view.forget()
            view.resize(columns: 31, rows: 8)
            #expect(await view.shows("31×8"))
            view.forget()
            view.resize(columns: 100, rows: 30)
            #expect(await view.shows("2 inv"))
            #expect(!view.text.contains("does not start"))
            view.type("q")
            #expect(await view.end() == 0)
        }

        @Test func aFilterLeavesOutWhatDoesNotMatch() async throws {
            let view = try self.start()
            #expect(await view.shows("No invocation yet"))
            view.type("i\r")
            #expect(await view.shows("1 inv"))
            view.type("i\u{15}{\"fail\":true}\r")
            #expect(await view.shows("asked to fail"))
            view.type("ferror\r")
            // All is drawn anew in another size.
            view.forget()
            view.resize(columns: 100, rows: 30)
            #expect(await view.shows("1 of 3 match error · Esc clears"))
            #expect(!view.text.contains("✓ echo"))
            view.type("\u{1B}")
            #expect(await view.shows("✓ echo"))
            view.type("q")
            #expect(await view.end() == 0)
        }

        @Test func callsThatCannotBeSeenAreSaid() async throws {
            try self.workspace.write("LMON=off", to: "off.env")
            let view = try self.start(["--env-file", "off.env"])
            #expect(await view.shows("No invocation yet"))
            view.type("i\r")
            #expect(await view.shows("HTTP calls cannot be seen here: no interceptor was loaded"))
            view.type("q")
            #expect(await view.end() == 0)
        }

        /// A lost connection is said, and tried again until the other side is back.
        @Test func aLostTeeIsSaidAndFoundAgain() async throws {
            let first = try await EmulatorProgram.start("echo", in: self.workspace)
            let view = try TerminalProgram(["tui", first.tee], in: self.workspace)
            _ = try await first.invoke("echo", #"{"n":1}"#)
            #expect(await view.shows("1 inv"))
            _ = try await first.stop()
            #expect(await view.shows("retrying"))
            let tee = String(first.tee.dropFirst("tcp://".count))
            let second = try await EmulatorProgram.start("echo", in: self.workspace, tee: tee)
            view.forget()
            _ = try await second.invoke("echo", #"{"n":2}"#)
            // Only what changed is painted: the second row, whole, and one digit of the header.
            #expect(await view.shows("✓"))
            _ = try await second.stop()
            view.type("q")
            #expect(await view.end() == 0)
        }

        @Test func withoutATerminalItPrintsLines() async throws {
            let program = try RunningProgram(["tui", "echo", "--port", "0", "--no-tee"], in: self.workspace)
            #expect(await eventually { self.workspace.sessions.count == 1 })
            program.signal(SIGTERM)
            let outcome = try await program.end()
            #expect(outcome.status == 143)
            #expect(!outcome.output.contains("\u{1B}"))
        }
    }
}
