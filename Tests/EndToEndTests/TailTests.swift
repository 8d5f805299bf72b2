import Foundation
import Testing

extension EndToEndTests {
    @Suite struct TailTests {
        private let workspace: Workspace

        init() throws {
            self.workspace = try Workspace()
        }

        private static let lines: String = {
            var lines = ""
            for sequence in 1...20 {
                let request = "r\((sequence - 1) / 4)"
                let record =
                    switch (sequence - 1) % 4 {
                    case 0: #""platform.start","requestId":"\#(request)","record":{"requestId":"\#(request)"}"#
                    case 1: #""function","requestId":"\#(request)","record":"log \u001b[31m\#(sequence)""#
                    case 2:
                        #""platform.runtimeDone","requestId":"\#(request)","record":{"requestId":"\#(request)","status":"success","metrics":{"durationMs":12}}"#
                    default:
                        #""platform.report","requestId":"\#(request)","record":{"requestId":"\#(request)","status":"success","metrics":{"durationMs":12.5,"billedDurationMs":13,"memorySizeMB":128,"maxMemoryUsedMB":60}}"#
                    }
                lines +=
                    #"{"v":1,"environment":"E1","sequence":\#(sequence),"function":"orders","time":"2026-11-23T10:00:\#(10 + sequence).000Z","type":\#(record)}"#
                    + "\n"
            }
            return lines
        }()

        @Test func linesOnStandardInputBecomeLinesForPeople() async throws {
            let outcome = try await Program.run(["tail", "-", "--utc"], in: self.workspace, input: Self.lines)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.outputLines.filter { $0.contains("✓ orders") }.count == 5)
            #expect(outcome.output.contains("10:00:11.000"))
            #expect(!outcome.output.contains("\u{1B}"))
        }

        @Test func asJSONTheyPassByteForByte() async throws {
            let outcome = try await Program.run(["tail", "-", "--json"], in: self.workspace, input: Self.lines)
            #expect(outcome.output == Self.lines)
        }

        @Test func aCountEndsWithASummary() async throws {
            let outcome = try await Program.run(
                ["tail", "-", "--json", "--count", "2"],
                in: self.workspace,
                input: Self.lines
            )
            #expect(outcome.status == 0)
            #expect(outcome.outputLines.count == 8)
            #expect(outcome.errorLines.count == 1)
            #expect(outcome.errors.hasPrefix("2 invocations, 0 failed"))
        }

        @Test func aBrokenLineIsNamedAndTheRestGoesOn() async throws {
            let broken = Self.lines + "{\"v\":1,\n" + Self.lines.replacing("\"E1\"", with: "\"E2\"")
            let outcome = try await Program.run(["tail", "-", "--json"], in: self.workspace, input: broken)
            #expect(outcome.status == 1)
            #expect(outcome.outputLines.count == 40)
            #expect(outcome.errorLines.first?.contains("line 21, column 8") == true)
        }

        @Test func aTimeoutIsStatusThree() async throws {
            let tail = try RunningProgram(["tail", "-", "--count", "1", "--timeout", "200ms"], in: self.workspace)
            let outcome = try await tail.end()
            #expect(outcome.status == 3)
            #expect(outcome.errors == "lmon: 0 of 1 invocations were done after 200ms\n")
        }

        @Test func anInterruptIsStatus130() async throws {
            try self.workspace.write(Functions.echo, to: "echo/index.mjs")
            let tail = try RunningProgram(["tail", "echo", "--port", "0", "--no-tee"], in: self.workspace)
            #expect(await eventually { self.workspace.sessions.count == 1 })
            tail.signal(SIGINT)
            #expect(try await tail.end().status == 130)
            #expect(await eventually { self.workspace.processes.isEmpty })
        }

        /// As in `lmon tail | head -1`.
        @Test func itEndsQuietlyWhenNobodyReads() async throws {
            let many = String(repeating: Self.lines, count: 1)
            let outcome = try await RunningProgram(
                ["-c", "'\(Program.path)' tail - --json | head -1; echo ${PIPESTATUS[0]}"],
                in: self.workspace,
                input: many,
                executable: "/bin/bash"
            ).end()
            #expect(outcome.outputLines.count == 2)
            #expect(outcome.outputLines.last == "0")
            #expect(outcome.errors == "")
        }
    }
}
