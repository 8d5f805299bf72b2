import Foundation
import Testing

extension EndToEndTests {
    /// What is copied goes to tools that behave, or do not, in place of the machine's own.
    @Suite(.enabled(if: TerminalProgram.isAvailable)) struct ClipboardTests {
        private let sight: RecordedSight

        init() throws {
            self.sight = try RecordedSight(body: String(repeating: "x", count: 100_000))
        }

        private func tool(_ name: String, _ script: String) throws {
            let path = try self.sight.workspace.write("#!/bin/sh\n\(script)\n", to: "bin/\(name)")
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        }

        /// The path to what a tool was given, and the words it was called with.
        private func gathering(_ name: String) throws -> String {
            let path = "\(self.sight.workspace.path)/\(name).taken"
            try self.tool(name, "{ echo \"$*\"; cat; } > '\(path)'")
            return path
        }

        private func open(_ variables: [String: String]) async throws -> TerminalProgram {
            let path =
                "\(self.sight.workspace.path)/bin:\(ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")"
            return try await self.sight.open(variables: variables.merging(["PATH": path]) { $1 })
        }

        /// Types, and waits for what is said then; all is drawn anew, so that it is painted in one piece.
        private func expect(_ view: TerminalProgram, _ keys: String, says text: String) async {
            if keys == "yb" {
                view.type("g\r")
                #expect(await view.shows("xxxxxxxx"))
            }
            view.type(keys)
            var columns = 110
            let isSaid = await eventually {
                columns = 221 - columns
                view.resize(columns: columns, rows: 30)
                return view.text.contains(text)
            }
            #expect(isSaid, "\(view.text.suffix(400))")
            view.type("\u{3}")
            #expect(await view.end() == 0)
            #expect(view.isAsBefore && view.isRestored)
        }

        private func taken(_ path: String) -> String? {
            FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
        }

        @Test func tmuxIsGivenItToPassOn() async throws {
            let path = try self.gathering("tmux")
            let view = try await self.open(["TMUX": "/nowhere,1,0", "SSH_CONNECTION": "1 2 3 4"])
            await self.expect(view, "yi", says: "copied 2 B (tmux)")
            #expect(self.taken(path) == "load-buffer -w -\nr3")
            #expect(!view.text.contains("]52;"))
        }

        @Test func aTmuxThatCannotIsPassedOver() async throws {
            try self.tool("tmux", "exit 1")
            let view = try await self.open(["TMUX": "/nowhere,1,0"])
            await self.expect(view, "yi", says: "copied 2 B (OSC 52)")
            #expect(view.text.contains("\u{1B}]52;c;cjM=\u{07}"))
        }

        @Test func screenIsToldToHandItOn() async throws {
            let view = try await self.open(["TERM": "screen-256color", "STY": "7.here", "SSH_CONNECTION": "1 2 3 4"])
            await self.expect(view, "yi", says: "copied 2 B (OSC 52)")
            #expect(view.text.contains("\u{1B}P\u{1B}]52;c;cjM=\u{07}\u{1B}\\"))
        }

        @Test func theDesktopTakesAnyLength() async throws {
            let path = try self.gathering("xclip")
            let view = try await self.open(["DISPLAY": ":7"])
            await self.expect(view, "yb", says: "copied 100 kB (xclip)")
            #expect(self.taken(path)?.count == "-selection clipboard\n".count + 100_000)
        }

        @Test func whatATerminalMayCutIsSaid() async throws {
            let view = try await self.open(["SSH_CONNECTION": "1 2 3 4"])
            await self.expect(view, "yb", says: "a terminal may cut it after 74994 bytes")
        }

        /// It neither reads nor ends: it is ended, with what it started, and the terminal is asked.
        @Test(arguments: ["yi", "yb"])
        func aToolThatHangsIsEnded(keys: String) async throws {
            try self.tool("xclip", "sleep 613")
            let view = try await self.open(["DISPLAY": ":7"])
            await self.expect(view, keys, says: "(OSC 52; xclip did not answer)")
            #expect(view.text.contains("\u{1B}]52;c;"))
            #expect(await eventually { self.sight.workspace.processes.isEmpty })
        }
    }
}
