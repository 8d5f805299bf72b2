import Foundation
import LmonJSON
import LmonTestSupport
import Testing

extension EndToEndTests {
    /// What `lmon export` and `lmon stats` write of records that hold whatever they like: for people, for programs, and
    /// for shells.
    @Suite struct HostileOutputTests {
        private let workspace: Workspace

        init() throws {
            self.workspace = try Workspace()
        }

        // MARK: Records

        private static let nasty =
            "\u{1B}[2J\u{1B}]52;c;cHduZWQ=\u{07}\u{1B}]0;pwned\u{07}\u{9B}31m\u{0}\u{8}\u{7F}\u{202E}nimda\u{2066}\u{200B}"
            + "\u{FEFF}\u{E0041}\u{2028}👨‍👩‍👧‍👦🇨🇭👍🏽e\u{301} 日本語 שלום\r\n'$(touch pwned)`touch pwned`;touch pwned|&<>\"\\!%s"

        /// The text in every field that a function, or whom it calls, decides.
        private static func session(_ text: String) -> [[UInt8]] {
            var session = SessionLines()
            session.function = text
            let call = SessionLines.Call(
                method: "POST",
                url: "https://api.test/\(text)?q=\(text)#\(text)",
                headers: [[text, text], ["x-note", text], ["cookie", "a=\(text)"]],
                body: SessionLines.text(text),
                responseHeaders: [[text, text], ["content-type", text], ["set-cookie", "\(text)=\(text)"]],
                responseBody: SessionLines.text("{\"a\":\"\(text)\"}")
            )
            var others = [call, call, call, call]
            others[0].method = text
            others[1].url = text
            others[2].url = "https://\(text)/"
            others[3].body = SessionLines.base64(text)
            session.invocation("r1", [call] + others)
            session.add("platform.start", "r2", .object([.init("requestId", .string("r2"))]))
            session.add("function", "r2", .string(text))
            session.add("function", "r2", .object([.init("level", .string("ERROR")), .init("message", .string(text))]))
            let id = JSONValue.Member("callId", .string("c"))
            session.add(
                "http.request",
                "r2",
                .object([id, .init("method", .string("GET")), .init("url", .string(text))])
            )
            session.add(
                "http.end",
                "r2",
                .object([
                    id, .init("outcome", .string("error")), .init("phase", .string(text)), .init("code", .string(text)),
                    .init("message", .string(text)),
                ])
            )
            let failure: JSONValue = .object([
                .init("errorType", .string(text)), .init("errorMessage", .string(text)),
                .init("trace", .array([.string(text)])),
            ])
            session.add(
                "invocation.result",
                "r2",
                .object([
                    .init("outcome", .string("error")),
                    .init("text", .string(String(decoding: failure.bytes, as: UTF8.self))),
                ])
            )
            session.add(
                "platform.runtimeDone",
                "r2",
                .object([
                    .init("requestId", .string("r2")), .init("status", .string("error")),
                    .init("errorType", .string(text)),
                ])
            )
            return session.lines
        }

        // MARK: Runs

        private func write(_ lines: [[UInt8]]) throws {
            let bytes = Data(lines.joined(separator: [UInt8(ascii: "\n")]))
            try bytes.write(to: URL(fileURLWithPath: "\(self.workspace.path)/records"))
        }

        /// With the records, byte for byte, on standard input.
        private func run(_ arguments: [String], status: Int32 = 0) async throws -> Program.Outcome {
            let script = #"exec "$0" "$@" < records"#
            let running = try RunningProgram(
                ["-c", script, Program.path] + arguments,
                in: self.workspace,
                executable: "/bin/sh"
            )
            let outcome = try await running.end(within: 60)
            #expect(outcome.status == status, "\(arguments): \(outcome.errors.prefix(300))")
            Harmless.expectPlain(outcome, arguments.joined(separator: " "))
            return outcome
        }

        /// As another parser than lmon's own takes it.
        private func parsed(_ text: some StringProtocol) throws -> Any {
            try JSONSerialization.jsonObject(with: Data(text.utf8))
        }

        private func expectExports(calls: Int, commands: Int) async throws {
            let har = try self.parsed(try await self.run(["export", "-", "--format", "har"]).output) as? [String: Any]
            let entries = (har?["log"] as? [String: Any])?["entries"] as? [[String: Any]]
            #expect(entries?.count == calls)
            for entry in entries ?? [] {
                let url = (entry["request"] as? [String: Any])?["url"] as? String
                #expect(url.flatMap { URL(string: $0) }?.scheme?.hasPrefix("http") == true, "\(url?.prefix(200) ?? "")")
            }
            let objects = try await self.run(["export", "-", "--format", "json"]).outputLines
            for object in objects { #expect(try self.parsed(object) is [String: Any]) }
            #expect(!objects.isEmpty)
            try await self.expectCommands(commands)
        }

        /// Every line of `curl` runs `curl` once, and nothing else: there is no other command to be found.
        private func expectCommands(_ count: Int) async throws {
            let lines = try await self.run(["export", "-", "--format", "curl"])
            #expect(lines.outputLines.count == count)
            let tools = "\(self.workspace.path)/tools"
            try FileManager.default.createDirectory(atPath: tools, withIntermediateDirectories: true)
            for tool in ["base64", "gzip", "cat"] {
                let places: [String] = ["/usr/bin/\(tool)", "/bin/\(tool)"]
                let path = places.first { FileManager.default.isExecutableFile(atPath: $0) }
                try FileManager.default.createSymbolicLink(
                    atPath: "\(tools)/\(tool)",
                    withDestinationPath: try #require(path)
                )
            }
            let curl = "PATH='\(tools)'; curl() { echo run >> runs; cat > /dev/null; }\n"
            try self.workspace.write(curl + lines.output, to: "curl.sh")
            let script = #"exec "$0" curl.sh < /dev/null"#
            for shell in ["sh", "bash", "zsh"] where FileManager.default.isExecutableFile(atPath: "/bin/\(shell)") {
                let run = try RunningProgram(
                    ["-c", script, "/bin/\(shell)"],
                    in: self.workspace,
                    executable: "/bin/sh"
                )
                let outcome = try await run.end()
                #expect(outcome.errors == "", "\(shell): \(outcome.errors.prefix(300))")
                #expect(outcome.output == "", "\(shell)")
                let runs = try String(contentsOfFile: "\(self.workspace.path)/runs", encoding: .utf8)
                #expect(runs.split(separator: "\n").count == count, "\(shell)")
                try FileManager.default.removeItem(atPath: "\(self.workspace.path)/runs")
            }
            #expect(!FileManager.default.fileExists(atPath: "\(self.workspace.path)/pwned"))
        }

        private func expectStatistics() async throws {
            for arguments in [[], ["--by", "function"], ["--by", "host"], ["--by", "status"], ["--ascii"]] {
                let outcome = try await self.run(["stats", "-"] + arguments)
                let wide = outcome.outputLines.filter { self.width(of: $0) > 80 }
                #expect(wide.isEmpty, "\(arguments): \(wide.first?.prefix(200) ?? "")")
            }
            let object = try self.parsed(try await self.run(["stats", "-", "--json"]).output) as? [String: Any]
            let invocations = object?["invocations"] as? [String: Any]
            #expect((invocations?["count"] as? Int ?? 0) > 0)
            let filtered = try await self.run(["stats", "-", "--json", "--filter", "error or not error"])
            #expect(try self.parsed(filtered.output) is [String: Any])
        }

        /// In columns: by Unicode's widths, which is at least roughly what a terminal does.
        private func width(of text: Substring) -> Int {
            text.reduce(0) { width, character in
                let isWide = character.unicodeScalars.contains {
                    (0x1100...0x115F).contains($0.value) || (0x2E80...0xA4CF).contains($0.value)
                        || (0xAC00...0xD7A3).contains($0.value) || (0xFF00...0xFF60).contains($0.value)
                        || (0x1F1E6...0x1FAFF).contains($0.value)
                }
                return width + (isWide ? 2 : 1)
            }
        }

        @Test(arguments: [1, 100])
        func theSameInEveryField(times: Int) async throws {
            try self.write(Self.session(String(repeating: Self.nasty, count: times)))
            try await self.expectExports(calls: 6, commands: 6)
            try await self.expectStatistics()
        }

        @Test(arguments: 1...3)
        func everyFieldOfEveryRecord(seed: UInt64) async throws {
            try self.write(HostileSession(seed: seed, longest: seed == 1 ? 500_000 : 1_000).lines)
            try await self.expectExports(calls: 3, commands: 3)
            try await self.expectStatistics()
        }

        /// Bytes that are no UTF-8, and lines that are too long, are named, and what stands between is written.
        @Test func whatIsNoRecordIsLeftOut() async throws {
            let good = Self.session(Self.nasty)
            let bytes: [UInt8] = [
                0xFF, 0xFE, 0xC3, 0x28, 0xC0, 0x80, 0xED, 0xA0, 0x80, 0xF4, 0x90, 0x80, 0x80, 0x1B, 0x5B,
            ]
            let broken = Self.session("BROKEN").map { line in
                Array(line.split(separator: Array("BROKEN".utf8)).joined(separator: bytes))
            }
            let long = Self.session(String(repeating: Self.nasty, count: (1 << 20) / Self.nasty.utf8.count + 1))[0]
            let commands = [
                ["export", "-", "--format", "har"], ["export", "-", "--format", "json"],
                ["export", "-", "--format", "curl"], ["stats", "-", "--json"], ["stats", "-"],
            ]
            try self.write(good)
            var expected: [String] = []
            for command in commands { expected.append(try await self.run(command).output) }
            try self.write(zip(good, broken).flatMap { [$0, $1] } + [long])
            for (command, output) in zip(commands, expected) {
                let outcome = try await self.run(command, status: 1)
                #expect(outcome.output == output)
                let lines = broken.count + 1
                #expect(outcome.errorLines.count == lines + 1)
                #expect(outcome.errorLines.last == "lmon: \(lines) lines are no record of lmon")
                #expect(outcome.errorLines.allSatisfy { $0.count < 120 })
            }
        }
    }
}
