import Foundation
import Testing

extension EndToEndTests {
    /// The view played by a script, without a terminal.
    @Suite struct KeyScriptTests {
        private let workspace: Workspace

        init() throws {
            self.workspace = try Workspace()
            try self.workspace.write(Functions.echo, to: "echo/index.mjs")
        }

        private func play(_ source: String, _ script: String, _ more: [String] = []) async throws -> Program.Outcome {
            try await Program.run(["tui", source, "--utc", "--keys", "-"] + more, in: self.workspace, input: script)
        }

        @Test func aLiveSessionIsPlayedAndTheRecordingShowsTheSame() async throws {
            let live = try await self.play(
                "echo",
                """
                i^u{"n":7,"call":true}<enter>
                screen called
                i^u{"fail":true}<enter>
                """,
                ["--port", "0", "--no-tee"]
            )
            #expect(live.status == 0, "\(live.errors)")
            let screens = live.output.components(separatedBy: "\n--- called\n")
            try #require(screens.count == 2)
            #expect(screens[0].contains("1 inv") && screens[0].contains("/items/7"))
            #expect(screens[1].contains("2 inv") && screens[1].contains("✗ echo"))
            #expect(live.outputLines.allSatisfy { $0.count <= 80 })

            let again = try await self.play("@last", "e<enter><enter>\nwait asked to fail")
            #expect(again.status == 0, "\(again.errors)")
            #expect(again.output.contains("2 inv") && again.output.contains("TypeError: asked to fail"))
        }

        @Test func theLastScreenBecomesAPicture() async throws {
            let run = try await self.play("-", "q", [])
            #expect(run.status == 2, "both cannot be standard input")
            try self.workspace.write("size 100x30\n2", to: "keys")
            let played = try await Program.run(
                ["tui", "-", "--keys", "keys", "--svg", "screen.svg"],
                in: self.workspace,
                input: ""
            )
            #expect(played.status == 0, "\(played.errors)")
            #expect(played.output.hasPrefix(" lmon"))
            let picture = try String(contentsOfFile: "\(self.workspace.path)/screen.svg", encoding: .utf8)
            #expect(picture.hasPrefix("<svg ") && picture.contains("width=\"828\""))
        }

        @Test func aScriptMayComeThroughAPipe() async throws {
            let pipe = try self.workspace.pipe("2\nscreen calls", named: "keys")
            let played = try await Program.run(["tui", "-", "--keys", pipe], in: self.workspace, input: "")
            #expect(played.status == 0, "\(played.errors)")
            #expect(played.output.contains("\n--- calls\n"))
        }

        @Test func anotherLmonIsWatchedUntilItShowsSomething() async throws {
            let emulator = try await EmulatorProgram.start("echo", in: self.workspace)
            try self.workspace.write("wait 1 inv\n<enter>", to: "keys")
            let view = try RunningProgram(["tui", emulator.tee, "--keys", "keys"], in: self.workspace)
            _ = try await emulator.invoke("echo", #"{"n":1,"call":true}"#)
            let played = try await view.end()
            #expect(played.status == 0, "\(played.errors)")
            #expect(played.output.contains("✓ echo") && played.output.contains("/items/1"))
            _ = try await emulator.stop()
        }

        /// A recording that breaks off in the middle of an invocation: nothing more comes, and no time passes in it.
        @Test func whatWasCutOffIsNoReasonToWait() async throws {
            let line = """
                {"v":1,"environment":"E1","sequence":1,"function":"echo","time":"2026-11-23T10:00:00.000Z",\
                "observed":"2026-11-23T10:00:00.000Z","type":"platform.start","requestId":"r1",\
                "record":{"requestId":"r1"}}

                """
            try self.workspace.write("<enter>", to: "keys")
            let run = try await Program.run(["tui", "-", "--keys", "keys", "--utc"], in: self.workspace, input: line)
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.output.contains("10:00:00.000 ◐ echo"))
            #expect(!run.output.contains("h…") && !run.output.contains("d…"), "it does not count up to now")
        }

        /// What a source tells late: when it comes, there is nothing to wait for any more.
        @Test func aDeadlineMayHavePassedBeforeItIsKnown() async throws {
            func line(_ number: Int, _ type: String, _ record: String) -> String {
                """
                {"v":1,"environment":"E1","sequence":\(number),"function":"echo","time":"2026-11-23T10:00:00.000Z",\
                "observed":"2026-11-23T10:00:00.000Z","type":"\(type)","requestId":"r1","record":\(record)}

                """
            }
            let tee = try LoopbackTee([
                line(1, "platform.start", #"{"requestId":"r1"}"#)
                    + line(2, "lmon.invoke", #"{"deadlineMs":1795428003000}"#)
            ])
            try self.workspace.write("wait end not seen\nnow q", to: "keys")
            let run = try RunningProgram(["tui", tee.source, "--keys", "keys", "--utc"], in: self.workspace)
            let outcome = try await run.end()
            #expect(outcome.status == 0, "\(outcome.errors) \(outcome.output)")
        }

        @Test func whatCannotComeAnyMoreEndsIt() async throws {
            try self.workspace.write("# first\nwait 1 inv", to: "keys")
            let run = try await Program.run(["tui", "-", "--keys", "keys"], in: self.workspace, input: "")
            #expect(run.status == 1)
            #expect(run.errors == "lmon: --keys keys: line 2: the screen does not show 1 inv\n")
            #expect(run.output.contains("filter: none"), "the last screen is printed all the same")
        }

        @Test(arguments: [
            (["tui", "--keys", "absent"], "lmon: --keys absent: cannot be read"),
            (["tui", "--keys", "keys"], "lmon: --keys keys: line 1: not a size: write COLUMNSxROWS, as in size 80x24"),
            (["tui", "--svg", "x.svg"], "lmon: --svg needs --keys."),
        ])
        func mistakesAreNamed(arguments: [String], message: String) async throws {
            try self.workspace.write("size big", to: "keys")
            let run = try await Program.run(arguments, in: self.workspace)
            #expect(run.status == 2)
            #expect(run.errorLines.first.map(String.init) == message)
        }
    }
}
