import Foundation
import LmonJSON
import Testing

extension EndToEndTests {
    /// The commands around the view.
    @Suite struct CommandTests {
        private let workspace: Workspace

        init() throws {
            self.workspace = try Workspace()
        }

        private func run(_ arguments: String...) async throws -> Program.Outcome {
            try await Program.run(arguments, in: self.workspace)
        }

        /// Runs another program with lmon first on its PATH; nil where that program is not there.
        private func shell(_ name: String, _ arguments: [String]) async throws -> Program.Outcome? {
            let folders = ["/usr/bin", "/bin", "/usr/local/bin"]
            let candidates: [String] = folders.map { "\($0)/\(name)" }
            guard let path = candidates.first(where: { access($0, X_OK) == 0 }) else { return nil }
            return try await RunningProgram(arguments, in: self.workspace, input: "", executable: path).end()
        }

        // MARK: Doctor

        private func findings(path: String, more: [String: String] = [:]) async throws -> (
            Program.Outcome, [String: JSONValue]
        ) {
            let program = try self.workspace.write(
                "export PATH='\(path)'\n" + more.map { "export \($0.key)='\($0.value)'\n" }.joined()
                    + "exec '\(Program.path)' doctor --json",
                to: "doctor.sh"
            )
            let outcome = try await RunningProgram([program], in: self.workspace, input: "", executable: "/bin/sh")
                .end()
            let lines = try outcome.outputLines.map { try JSONValue(parsing: String($0)) }
            return (outcome, Dictionary(lines.map { ($0["name"]?.string ?? "", $0) }) { $1 })
        }

        private func program(_ name: String, _ body: String) throws {
            let path = try self.workspace.write("#!/bin/sh\n\(body)\n", to: "bin/\(name)")
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        }

        @Test(arguments: [
            ("echo v16.20.2", "essential"), ("echo v18.0.0", "fine"), ("echo v24.1.0", "fine"),
            ("echo v26.0.0", "lacking"), ("echo hello", "essential"), ("exit 1", "essential"),
        ])
        func nodeIsJudgedByItsVersion(body: String, level: String) async throws {
            try self.program("node", body)
            let (outcome, findings) = try await self.findings(path: "\(self.workspace.path)/bin")
            #expect(findings["node"]?["level"]?.string == level)
            #expect(outcome.status == (level == "essential" ? 1 : 0))
        }

        @Test func withoutAnythingItSaysWhatLmonDoesInstead() async throws {
            let (outcome, findings) = try await self.findings(path: "/nowhere", more: ["XDG_STATE_HOME": "/dev/null"])
            #expect(outcome.status == 1)
            for name in ["node", "python3", "git", "bubblewrap", "sessions", "terminal"] {
                #expect(findings[name]?["level"]?.string != "fine", "\(name)")
                #expect(findings[name]?["remedy"]?.string?.isEmpty == false, "\(name)")
            }
        }

        @Test func bubblewrapIsTriedByRunningIt() async throws {
            try self.program("bwrap", "echo 'bwrap: No permissions to create new namespace' >&2; exit 1")
            let (_, refused) = try await self.findings(path: "\(self.workspace.path)/bin")
            #expect(refused["bubblewrap"]?["text"]?.string?.contains("No permissions to create") == true)
            #expect(refused["bubblewrap"]?["level"]?.string == "lacking")
            try self.program("bwrap", "exit 0")
            let (_, found) = try await self.findings(path: "\(self.workspace.path)/bin")
            #expect(found["bubblewrap"]?["level"]?.string == "fine")
        }

        @Test func theTerminalIsDescribed() async throws {
            let (_, findings) = try await self.findings(path: "/usr/bin", more: ["TERM": "vt100", "LC_ALL": "C"])
            #expect(findings["colours"]?["text"]?.string == "none")
            #expect(findings["characters"]?["level"]?.string == "lacking")
            let (_, none) = try await self.findings(path: "/usr/bin", more: ["TERM": "no-such", "NO_COLOR": "1"])
            #expect(none["terminal"]?["text"]?.string == "the type \"no-such\" is not known here")
            #expect(none["colours"]?["level"]?.string == "fine")
        }

        @Test func asLinesThereIsAMarkForEach() async throws {
            let run = try await self.run("doctor", "--ascii")
            #expect(run.outputLines.allSatisfy { ["+", "!", "x"].contains($0.prefix(1)) })
            #expect(run.outputLines.count >= 12)
            #expect(run.output.utf8.allSatisfy { $0 < 0x7F })
        }

        /// README names every command.
        @Test func readmeNamesEveryCommand() async throws {
            let help = try await self.run("--help").output
            let commands =
                help.components(separatedBy: "SUBCOMMANDS:\n").last?.split(separator: "\n")
                .filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") && !$0.hasPrefix("  See") }
                .compactMap { $0.split(separator: " ").first.map(String.init) } ?? []
            #expect(commands.contains("tui") && commands.contains("doctor"))
            let readme = try String(contentsOf: DemoScript.root.appendingPathComponent("README.md"), encoding: .utf8)
            let named = readme.split(separator: "\n").filter { $0.hasPrefix("| `lmon ") }
                .compactMap { $0.dropFirst(8).split { " `".contains($0) }.first.map(String.init) }
            #expect(Set(commands).subtracting(named) == [])
        }

        // MARK: Sessions

        @Test func sessionsAreListedCountedAndDeleted() async throws {
            let none = try await self.run("sessions")
            #expect(none.errors.contains("no session is recorded in "))
            try self.workspace.write(Functions.echo, to: "echo/index.mjs")
            for _ in 0..<2 {
                _ = try await self.run("invoke", "echo", "-e", "{}", "--port", "0", "--no-tee")
            }
            let list = try await self.run("sessions", "--utc")
            let lines = list.outputLines
            try #require(lines.count == 3)
            #expect(lines[0].hasPrefix("@1  ") && lines[1].hasPrefix("@2  "))
            #expect(lines[0].contains("  1 inv  emulator echo  "))
            #expect(lines[2].hasSuffix("/lmon/sessions, kept 30 days or 2 GB"))
            let json = try await self.run("sessions", "--json").outputLines.map { try JSONValue(parsing: String($0)) }
            #expect(json.map { $0["name"]?.string } == ["@1", "@2"])
            #expect(json.map { $0["invocations"]?.int } == [1, 1])

            try self.workspace.write("no session", to: "state/lmon/sessions/1999.lmon")
            let damaged = try await self.run("sessions")
            #expect(
                damaged.outputLines.contains { $0.hasPrefix("@3 ") && $0.contains(" – ") && $0.hasSuffix("1999.lmon") }
            )

            let deleted = try await self.run("sessions", "--delete", "@2", "--delete", "@last")
            #expect(deleted.status == 0)
            #expect(self.workspace.sessions == ["1999.lmon"])
        }

        // MARK: Completions and the manual

        @Test(arguments: ["bash", "zsh", "fish"])
        func completionsAreWellFormed(shell: String) async throws {
            let script = try await self.run("completions", shell)
            #expect(script.status == 0)
            let path = try self.workspace.write(script.output, to: "script")
            guard let check = try await self.shell(shell, ["-n", path]) else { return }
            #expect(check.status == 0 && check.errors == "", "\(check.errors)")
        }

        private func completionWorld() async throws -> String {
            try self.workspace.write("x", to: "state/lmon/sessions/2026-01-01T00-00-00-a.lmon")
            try self.workspace.write("x", to: "state/lmon/sessions/2026-01-02T00-00-00-a.lmon")
            try self.workspace.write("{}", to: "sam-event.json")
            return URL(fileURLWithPath: Program.path).deletingLastPathComponent().path
        }

        /// The word that stands before the cursor → what it can become.
        static let words: [(line: String, word: String, expected: Set<String>)] = [
            ("lmon ta", "ta", ["tail"]), ("lmon tail @l", "@l", ["@last"]), ("lmon tui @", "@", ["@last", "@1", "@2"]),
            ("lmon tail sam", "sam", ["sam-event.json"]),
            ("lmon invoke -e sample:s", "sample:s", ["sample:s3", "sample:schedule", "sample:sns", "sample:sqs"]),
            ("lmon tui --color a", "a", ["auto", "always"]), ("lmon completions f", "f", ["fish"]),
        ]

        @Test(arguments: words)
        func bashCompletes(line: String, word: String, expected: Set<String>) async throws {
            let folder = try await self.completionWorld()
            let script = """
                PATH="\(folder):$PATH"; source <(lmon completions bash)
                COMP_LINE=$1; COMP_POINT=${#1}; read -ra COMP_WORDS <<<"${1//[@:]/ & }"
                COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
                $(complete -p lmon | sed 's/.*-F \\([^ ]*\\).*/\\1/') lmon "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
                printf '%s\\n' "${COMPREPLY[@]}"
                """
            let outcome = try #require(try await self.shell("bash", ["-c", script, "bash", line]))
            // bash puts them behind the part up to the sign at which it broke the word.
            let sign = word.lastIndex { "@:".contains($0) }
            let head = sign.map { String(word[...$0]) } ?? ""
            #expect(Set(outcome.outputLines.map { head + String($0) }) == expected, "\(outcome.errors)")
        }

        @Test(arguments: words)
        func fishCompletes(line: String, word: String, expected: Set<String>) async throws {
            let folder = try await self.completionWorld()
            let script = "set -x PATH \(folder) $PATH; lmon completions fish | source; complete -C '\(line)'"
            guard let outcome = try await self.shell("fish", ["--no-config", "-c", script]) else { return }
            let found = outcome.outputLines.map { String($0.split(separator: "\t")[0]) }.filter { $0.hasPrefix(word) }
            #expect(Set(found) == expected, "\(outcome.errors)")
        }

        @Test func theManualHasEveryCommandAndKeyAndIsWellFormed() async throws {
            let manual = try await self.run("manual")
            #expect(manual.status == 0)
            for text in [".SS \"lmon tui\"", ".SS \"lmon sessions\"", "\\fB\\-\\-keys\\fR", "SH KEYS", "\\fB?\\fR"] {
                #expect(manual.output.contains(text), "\(text)")
            }
            #expect(!manual.output.contains("golden"), "what is not in the help is not here")
            #expect(manual.output.utf8.allSatisfy { $0 < 0x7F })
            let page = try self.workspace.write(manual.output, to: "lmon.1")
            if let lint = try await self.shell("mandoc", ["-T", "lint", "-W", "warning", page]) {
                #expect(lint.output + lint.errors == "")
            }
            if let groff = try await self.shell("groff", ["-man", "-T", "utf8", "-ww", "-z", page]) {
                #expect(groff.errors == "")
            }
        }
    }
}
