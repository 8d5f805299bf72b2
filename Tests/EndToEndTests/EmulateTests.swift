import Foundation
import LmonJSON
import Testing

extension EndToEndTests {
    @Suite struct EmulateTests {
        private let workspace: Workspace

        init() throws {
            self.workspace = try Workspace()
            try self.workspace.write(Functions.echo, to: "echo/index.mjs")
        }

        /// The proof of section 4: nothing is lost between the function and a reader of the tee.
        @Test func everyInvocationAndCallArrivesOnceAndInOrder() async throws {
            let emulator = try await EmulatorProgram.start("echo", in: self.workspace)
            let tail = try RunningProgram(
                ["tail", emulator.tee, "--json", "--count", "40", "--timeout", "60s"],
                in: self.workspace
            )
            for first in stride(from: 0, to: 40, by: 4) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for n in first..<first + 4 {
                        group.addTask {
                            let answer = try await emulator.invoke("echo", #"{"n":\#(n),"call":true}"#)
                            #expect(answer.status == 200)
                            #expect(answer.body == #"{"n":\#(n)}"#)
                        }
                    }
                    try await group.waitForAll()
                }
            }
            let outcome = try await tail.end()
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.errors.contains("40 invocations, 0 failed"))
            let records = try outcome.outputLines.map { try JSONValue(parsing: String($0)) }
            self.expectCompleteSequences(records)
            self.expectOneEndForEachCall(records)
            #expect(self.requests(of: "platform.report", in: records).count == 40)
            #expect(try await emulator.stop().status == 0)
            #expect(await eventually { self.workspace.processes.isEmpty })
        }

        private func expectCompleteSequences(_ records: [JSONValue]) {
            var last: [String: Int] = [:]
            for record in records {
                let environment = record["environment"]?.string ?? ""
                #expect(record["sequence"]?.int == last[environment, default: 0] + 1)
                last[environment] = record["sequence"]?.int
            }
            #expect(!last.isEmpty)
        }

        private func expectOneEndForEachCall(_ records: [JSONValue]) {
            func calls(_ type: String) -> [String] {
                records.filter { $0["type"]?.string == type }.map {
                    "\($0["environment"]?.string ?? "") \($0["record"]?["callId"]?.string ?? "")"
                }.sorted()
            }
            #expect(calls("http.request").count == 40)
            #expect(Set(calls("http.request")).count == 40)
            #expect(calls("http.end") == calls("http.request"))
        }

        private func requests(of type: String, in records: [JSONValue]) -> Set<String> {
            Set(records.filter { $0["type"]?.string == type }.compactMap { $0["requestId"]?.string })
        }

        @Test func aSessionIsRecordedAndShownAgain() async throws {
            let emulator = try await EmulatorProgram.start("echo", in: self.workspace)
            for n in 1...3 { _ = try await emulator.invoke("echo", #"{"n":\#(n)}"#) }
            #expect(try await emulator.stop().status == 0)
            #expect(self.workspace.sessions.count == 1)
            #expect(self.workspace.sessions.first?.hasSuffix("-echo.lmon") == true)
            let again = try await Program.run(["tail", "@last"], in: self.workspace)
            #expect(again.status == 0)
            #expect(again.output.contains("seen 3"))
            #expect(again.output.contains("shutdown"))
            let list = try await Program.run(["sessions"], in: self.workspace)
            #expect(list.outputLines.filter { $0.hasPrefix("@") }.count == 1)
            #expect(list.output.hasPrefix("@1 "))
            #expect(list.output.contains("emulator echo"))
            #expect(try await Program.run(["sessions", "--delete", "@last"], in: self.workspace).status == 0)
            #expect(self.workspace.sessions.isEmpty)
        }

        @Test func withoutRecordingNothingIsWritten() async throws {
            let emulator = try await EmulatorProgram.start("echo", in: self.workspace, ["--no-record"])
            _ = try await emulator.invoke("echo", "{}")
            #expect(try await emulator.stop().status == 0)
            #expect(self.workspace.sessions.isEmpty)
        }

        /// Killed outright, lmon leaves a session that opens, and nothing that runs.
        @Test func nothingIsLeftRunningWhenItIsKilled() async throws {
            let emulator = try await EmulatorProgram.start("echo", in: self.workspace)
            _ = try await emulator.invoke("echo", #"{"n":1}"#)
            #expect(self.workspace.processes.count >= 3)
            // What was committed a moment ago is kept: the writer commits once a second.
            #expect(
                await eventually {
                    (try? await Program.run(
                        ["tail", "@last", "--count", "1", "--timeout", "100ms"],
                        in: self.workspace
                    ))?.status == 0
                }
            )
            emulator.program.signal(SIGKILL)
            #expect(await eventually { self.workspace.processes.isEmpty })
            let again = try await Program.run(["tail", "@last"], in: self.workspace)
            #expect(again.status == 0)
            #expect(again.output.contains("seen 1"))
        }

        @Test func theTemporaryFolderIsEmptyAfterwards() async throws {
            let emulator = try await EmulatorProgram.start("echo", in: self.workspace)
            _ = try await emulator.invoke("echo", "{}")
            #expect(try await emulator.stop().status == 0)
            let left = try FileManager.default.contentsOfDirectory(atPath: "\(self.workspace.path)/tmp")
            #expect(left == [])
        }
    }
}
