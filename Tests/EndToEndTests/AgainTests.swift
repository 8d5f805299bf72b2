import Foundation
import Testing

extension EndToEndTests {
    /// What the view does with events: edit, replay, run again on each save.
    @Suite(.enabled(if: TerminalProgram.isAvailable)) struct AgainTests {
        private let workspace: Workspace

        init() throws {
            self.workspace = try Workspace()
            try self.workspace.write(Self.code("one"), to: "fn/index.mjs")
        }

        private static func code(_ answer: String) -> String {
            """
            export const handler = async (event) => {
                console.log(`\(answer): ${event.password?.length ?? 'none'} long`);
                return '\(answer)';
            };
            """
        }

        private func start(_ variables: [String: String] = [:], _ layout: Layout = .chosen) throws -> TerminalProgram {
            try TerminalProgram(
                ["tui", "fn", "--port", "0", "--no-tee"] + layout.options,
                in: self.workspace,
                variables: variables
            )
        }

        @Test func aSaveRunsItAgainAndSaysWhatDiffers() async throws {
            let view = try self.start()
            #expect(await view.shows("No invocation yet"))
            view.type("i\r")
            #expect(await view.shows("1 inv"))
            view.type("a")
            #expect(await view.shows("again on save: fn"))
            try self.workspace.write(Self.code("two"), to: "fn/index.mjs")
            #expect(await view.shows("calls same, result differs"))
            try self.workspace.write("export const handler = async () => { return tru e }", to: "fn/index.mjs")
            #expect(await view.shows("fails now"))
            #expect(await view.shows("fn does not start: "))
            try self.workspace.write(Self.code("three"), to: "fn/index.mjs")
            #expect(await view.shows("fails no more"))
            view.type("a")
            #expect(await view.shows("any more."))
            view.type("q")
            #expect(await view.end() == 0)
        }

        /// Waits for characters on the screen, however often it has to be painted anew.
        private func shows(_ view: TerminalProgram, _ text: String) async -> Bool {
            var columns = 110
            return await eventually {
                columns = 221 - columns
                view.resize(columns: columns, rows: 30)
                return view.text.contains(text)
            }
        }

        /// One that writes into its own folder runs a few times more, and then only on what others write there.
        @Test func whatItWritesItselfDoesNotRunItWithoutEnd() async throws {
            func code(_ answer: String) -> String {
                """
                import { appendFileSync } from 'node:fs';
                export const handler = async () => {
                    appendFileSync(new URL('runs.txt', import.meta.url), 'x');
                    return '\(answer)';
                };
                """
            }
            try self.workspace.write(code("one"), to: "fn/index.mjs")
            try self.workspace.write("{}", to: "fn/events/first.json")
            let view = try self.start([:], .plain)
            #expect(await view.shows("No invocation yet"))
            view.type("i\r")
            #expect(await view.shows("1 inv"))
            view.type("a")
            #expect(await view.shows("again on save: fn"))
            try self.workspace.write(code("two"), to: "fn/index.mjs")
            #expect(await self.shows(view, "fn itself writes runs.txt: it does not run again for that"))
            #expect(await self.shows(view, "4 inv"))
            try self.workspace.write(#"{"n":1}"#, to: "fn/events/first.json")
            view.type("i\r")
            #expect(await self.shows(view, "5 inv"))
            try self.workspace.write(code("three"), to: "fn/index.mjs")
            #expect(await self.shows(view, "6 inv"))
            view.type("q")
            #expect(await view.end() == 0)
            #expect(try String(contentsOfFile: "\(self.workspace.path)/fn/runs.txt", encoding: .utf8) == "xxxxxx")
        }

        /// The event is too long to be recorded whole; what is sent again is whole, whether at once or after a look.
        @Test(arguments: [false, true])
        func replaySendsWhatCame(isLookedAt: Bool) async throws {
            let password = String(repeating: "x", count: 200_000)
            try self.workspace.write(#"{"password":"\#(password)"}"#, to: "fn/events/long.json")
            let view = try self.start()
            #expect(await view.shows("No invocation yet"))
            view.type("i")
            #expect(await view.shows("typed"))
            view.type("\u{C}")
            #expect(await view.shows("events/long.json"))
            view.type("\r\r")
            #expect(await view.shows("✓ fn"))
            view.forget()
            view.type(isLookedAt ? "R" : "r")
            if isLookedAt {
                #expect(await view.shows("xxxxxxxxxx"))
                view.type("\r")
            }
            #expect(await view.shows("✓ fn"))
            view.type("q")
            #expect(await view.end() == 0)
            let records = try await Program.run(["tail", "@last", "--json"], in: self.workspace)
            #expect(records.output.components(separatedBy: "one: 200000 long").count == 3)
            #expect(records.output.contains(#""truncated":true"#))
        }

        @Test func theEventIsEditedInTheUsersEditor() async throws {
            let editor = try self.workspace.write(
                "#!/bin/sh\nls -l \"$2\" > \"$0.seen\"\nprintf '%s\\n' '{\"password\":\"abc\"}' > \"$2\"\n",
                to: "editor"
            )
            chmod(editor, 0o700)
            let view = try self.start(["VISUAL": "\(editor) -w"])
            #expect(await view.shows("No invocation yet"))
            view.type("i\u{F}")
            #expect(await view.shows("abc"))
            #expect(!view.isCooked)
            view.type("\r")
            #expect(await view.shows("1 inv"))
            view.type("q")
            #expect(await view.end() == 0)
            let seen = try String(contentsOfFile: "\(editor).seen", encoding: .utf8)
            #expect(seen.hasPrefix("-rw-------") && seen.contains(".json"))
            let records = try await Program.run(["tail", "@last", "--json"], in: self.workspace)
            #expect(records.output.contains("one: 3 long"))
            let left = try FileManager.default.contentsOfDirectory(atPath: "\(self.workspace.path)/tmp")
            #expect(!left.contains { $0.hasPrefix("lmon-event-") })
        }
    }
}
