import Foundation
import LmonJSON
import LmonTestSupport
import Testing

extension EndToEndTests {
    /// The real agent beside real functions on the emulator.
    @Suite struct AgentTests {
        private let workspace: Workspace

        init() throws {
            self.workspace = try Workspace()
            try self.workspace.write(Functions.echo, to: "echo/index.mjs")
        }

        /// On a busy machine an environment may be held for longer than the next invocation waits for it.
        private static let one = ["--concurrency", "1"]
        private static let agent = ["--agent"] + Self.one

        private func records(_ source: String = "@last", in workspace: Workspace) async throws -> [JSONValue] {
            let outcome = try await Program.run(["tail", "--json", source], in: workspace)
            return try outcome.outputLines.map { try JSONValue(parsing: String($0)) }
        }

        // MARK: The same stream

        /// What only an extension causes, and what only knows the emulator or the agent.
        private static let own = [
            "platform.extension", "platform.telemetrySubscription", "lmon.environment", "lmon.agent", "lmon.invoke",
            "handler.end", "lmon.overhead", "lmon.freeze", "lmon.thaw", "lmon.shutdown", "lmon.delivery", "extension",
        ]

        @Test(arguments: Layout.allCases) func theAgentTellsWhatTheEmulatorTellsItself(layout: Layout) async throws {
            let embedded = try await self.story(in: self.workspace, Self.one + layout.options)
            let other = try Workspace()
            try other.write(Functions.echo, to: "echo/index.mjs")
            let agent = try await self.story(in: other, Self.agent + layout.options)
            #expect(agent.count == embedded.count)
            for (number, pair) in zip(embedded, agent).enumerated() {
                #expect(pair.0 == pair.1, "invocation \(number)")
            }
        }

        /// What `lmon layer` writes is what watches, where it is given as any layer is.
        @Test(.enabled(if: Tool("clang") != nil, "clang is not installed"))
        func theLayerTellsWhatTheOptionDoes() async throws {
            let option = try await self.story(in: self.workspace, Self.agent + Layout.plain.options)
            let other = try Workspace()
            try other.write(Functions.echo, to: "echo/index.mjs")
            // A layer has static programs only; this one becomes the agent that was built.
            let source =
                "#include <unistd.h>\nint main(int n, char **all) { return execv(\"\(Self.executable)\", all); }\n"
            let path = try other.write(source, to: "agent.c")
            let clang = try #require(Tool("clang"))
            #expect(try await clang.run(["-static", "-s", path, "-o", other.path + "/agent"]).status == 0)
            let made = try await Program.run(["layer", "--agent", "agent", "-o", "lmon.zip"], in: other)
            #expect(made.status == 0, "\(made.errors)")
            let more = ["--layer", "lmon.zip"] + Self.one + Layout.plain.options
            let layer = try await self.story(in: other, more)
            #expect(layer == option)
            #expect(try await self.records(in: other).count { $0["type"]?.string == "lmon.agent" } == 1)
        }

        /// Each invocation's records in its order, without times and names; init comes first.
        private func story(in workspace: Workspace, _ more: [String]) async throws -> [[String]] {
            let emulator = try await EmulatorProgram.start("echo", in: workspace, more)
            for n in 0..<5 {
                _ = try await emulator.invoke("echo", #"{"n":\#(n),"call":\#(n % 2 == 0),"fail":\#(n == 3)}"#)
            }
            #expect(try await emulator.stop().status == 0)
            var lines: [String: [String]] = [:]
            var order = [""]
            for record in try await self.records(in: workspace) {
                guard let type = record["type"]?.string, !Self.own.contains(type) else { continue }
                let requestID = record["requestId"]?.string ?? ""
                if !order.contains(requestID) { order.append(requestID) }
                lines[requestID, default: []].append("\(type) \(Self.essence(of: record["record"] ?? .null, type))")
            }
            // Telemetry comes by another way than what interceptors tell.
            return order.map { (lines[$0] ?? []).sorted() }
        }

        private static func essence(of record: JSONValue, _ type: String) -> String {
            func words(_ names: String...) -> String {
                names.compactMap { name in record[name].map { String(decoding: $0.bytes, as: UTF8.self) } }
                    .joined(separator: " ")
            }
            let names = (record.object ?? []).map(\.key).joined(separator: " ")
            return switch type {
            // Without the port of its own server, and without times.
            case "http.request":
                words("method", "client", "url", "headers", "attempt", "matchKey")
                    .replacing(#/127\.0\.0\.1:\d+/#, with: "") + names
            case "http.response":
                words("status", "version", "headers").replacing(#/\["(date|Date)","[^"]*"\]/#, with: "") + names
            case "http.end": words("outcome", "sizes", "bodies") + names
            // Without its time and request id, and without a stack, in which folders stand.
            case "function": record.string.map { $0.split(separator: "\t").dropFirst(2).prefix(2).joined() } ?? ""
            case "platform.report":
                words("status", "errorType") + (record["metrics"]?.object ?? []).map(\.key).joined(separator: " ")
            case "platform.runtimeDone": words("status", "errorType")
            case "platform.initStart", "platform.initRuntimeDone", "platform.initReport": words("phase", "status")
            case "invocation.event": words("text", "size", "contentType")
            // A stack names folders.
            case "invocation.result" where record["outcome"]?.string == "error": words("outcome", "contentType")
            case "invocation.result": words("outcome", "text", "size", "contentType")
            default: ""
            }
        }

        /// Bodies of calls that went well, too, and of no other invocation.
        @Test(arguments: [[], ["--agent"]]) func ofErrorsTheWholeInvocationIsKept(watching: [String]) async throws {
            let talker = """
                export async function handler(event) {
                    const body = JSON.stringify({ n: event.n });
                    await (await fetch(event.url, { method: 'POST', body })).text();
                    if (event.fail) throw new Error('asked to fail');
                }
                """
            try self.workspace.write(talker, to: "talker/index.mjs")
            let other = try await CollectorProgram.start(in: self.workspace, "called")
            let emulator = try await EmulatorProgram.start(
                "talker",
                in: self.workspace,
                watching + Self.one + Layout.plain.options,
                variables: ["LMON_CAPTURE": "errors"]
            )
            for n in 0..<3 {
                _ = try await emulator.invoke("talker", #"{"n":\#(n),"fail":\#(n == 1),"url":"\#(other.url)"}"#)
            }
            #expect(try await emulator.stop().status == 0)
            let ends = try await self.records(in: self.workspace).filter { $0["type"]?.string == "http.end" }
            let bodies = ends.map { $0["record"]?["bodies"]?["request"] }
            #expect(bodies.map { $0?["size"]?.int } == [7, 7, 7])
            #expect(bodies.map { $0?["text"]?.string } == [nil, #"{"n":1}"#, nil])
            // Without its result, too, it counts as failed.
            let stats = try await Program.run(["stats", "--json", "@last"], in: self.workspace)
            #expect(
                try JSONValue(parsing: stats.output)["invocations"]?["failed"]?.int == 1,
                "\(stats.output.prefix(300))"
            )
        }

        // MARK: Faults

        @Test(arguments: ["trap", "abort", "segv", "stall"], Layout.allCases)
        func aFaultOfTheAgentCostsNoInvocation(kind: String, layout: Layout) async throws {
            try await self.survives("\(kind):draining", in: self.workspace, layout)
        }

        @Test(arguments: [
            "registering", "subscribing", "waiting", "waiting:2", "running", "running:2", "draining:2", "shipping",
            "stopping",
        ])
        func aTrapInAnyStateCostsNoInvocation(state: String) async throws {
            try await self.survives("trap:\(state)", in: self.workspace)
        }

        @Test func anAgentThatStallsAtItsEndIsGoneInTime() async throws {
            try await self.survives("stall:stopping", in: self.workspace)
        }

        private func survives(_ fault: String, in workspace: Workspace, _ layout: Layout = .chosen) async throws {
            let variables = ["LMON_FAULT": fault, "LMON_FLUSH": "end"]
            let more = Self.agent + layout.options
            let emulator = try await EmulatorProgram.start("echo", in: workspace, more, variables: variables)
            for n in 0..<4 {
                let answer = try await emulator.invoke("echo", #"{"n":\#(n),"call":true}"#)
                #expect(answer.body == #"{"n":\#(n)}"#)
                #expect(!answer.head.lowercased().contains("x-amz-function-error"))
            }
            // The same environment all along, and its extension lives.
            let environment = try await emulator.environment()
            #expect(environment?["generation"]?.int == 1)
            #expect(environment?["extensions"]?[0]?["process"]?.int != nil)
            #expect(try await emulator.stop().status == 0)
            #expect(await eventually { workspace.processes.isEmpty })
            // Whoever watches through it is told that it is gone, if not everything is.
            guard !fault.hasSuffix(":stopping") else { return }
            let records = try await self.records(in: workspace)
            let said = records.filter { $0["record"]?.string?.hasPrefix("lmon-agent: stopped by ") == true }
            #expect(said.count == 1)
            // As the last of what it had told, if it had told anything.
            #expect(Set(records.compactMap { $0["environment"]?.string }).count == 1)
        }

        @Test func killingTheAgentCostsTheInvocationInProgressAndTheNextOneAnswers() async throws {
            let slow = """
                import fs from 'node:fs';
                export async function handler(event) {
                    if (event.wait) {
                        fs.writeFileSync(event.wait, 'here');
                        await new Promise((resolve) => setTimeout(resolve, 20000));
                    }
                    return event.n;
                }
                """
            try self.workspace.write(slow, to: "slow/index.mjs")
            // It writes where only a plain process can.
            let more = Self.agent + Layout.plain.options
            let emulator = try await EmulatorProgram.start("slow", in: self.workspace, more)
            #expect(try await emulator.invoke("slow", #"{"n":1}"#).body == "1")
            let mark = "\(self.workspace.path)/running"
            async let failed = emulator.invoke("slow", #"{"wait":"\#(mark)"}"#)
            #expect(await eventually { FileManager.default.fileExists(atPath: mark) })
            let process = try await emulator.environment()?["extensions"]?[0]?["process"]?.int
            kill(pid_t(try #require(process)), SIGKILL)
            #expect(try await failed.body.contains(#""errorType":"Extension.Crash""#))
            #expect(try await emulator.invoke("slow", #"{"n":3}"#).body == "3")
            #expect(try await emulator.stop().status == 0)
        }

        // MARK: Flush policies

        /// A collector that answers only when it is told to shows who waits for it.
        @Test(arguments: [("end", true), ("periodic:600", false)])
        func anInvocationIsHeldUntilItsRecordsHaveLeftAndItsAnswerIsNot(policy: String, isHeld: Bool) async throws {
            let collector = try await CollectorProgram.start(in: self.workspace)
            let variables = ["LMON_SPOOL": collector.url, "LMON_FLUSH": policy, "LMON_BUDGET_MS": "10000"]
            let emulator = try await EmulatorProgram.start("echo", in: self.workspace, Self.agent, variables: variables)
            // What init had to tell is gone with this one.
            _ = try await emulator.invoke("echo", #"{"n":0}"#)
            #expect(await eventually { (try? await emulator.environment())??["state"]?.string == "frozen" })
            try await collector.answerNoBatch(with: "http.end")
            let before = collector.records.count
            let answer = try await emulator.invoke("echo", #"{"n":1,"call":true}"#)
            #expect(answer.body == #"{"n":1}"#)
            if isHeld {
                // All that the handler did has left, and before it is taken nothing is asked for and nothing is frozen.
                #expect(await eventually { collector.count(of: "http.end") == 1 })
                #expect(try await emulator.environment()?["state"]?.string == "response sent")
                collector.answerFromNowOn()
            }
            #expect(await eventually { (try? await emulator.environment())??["state"]?.string == "frozen" })
            if !isHeld {
                #expect(collector.records.count == before)
                collector.answerFromNowOn()
            }
            #expect(try await emulator.stop().status == 0)
            #expect(collector.count(of: "http.end") == 1)
            #expect(collector.isComplete)
        }

        @Test func endSendsAnInvocationBeforeItIsLetGo() async throws {
            let collector = try await CollectorProgram.start(in: self.workspace)
            // Long enough for a slow machine.
            let variables = [
                "LMON_SPOOL": collector.url, "LMON_FLUSH": "end", "LMON_TOKEN": "t0ken", "LMON_BUDGET_MS": "10000",
            ]
            let emulator = try await EmulatorProgram.start(
                "echo",
                in: self.workspace,
                Self.agent,
                variables: variables
            )
            for n in 1...3 {
                _ = try await emulator.invoke("echo", #"{"n":\#(n),"call":true}"#)
                // Nothing else happens: the environment is frozen, and has sent all that its handler did.
                #expect(await eventually { collector.count(of: "http.end") == n })
            }
            #expect(try await emulator.stop().status == 0)
            #expect(collector.count(of: "lmon.shutdown") == 1)
            #expect(collector.tokens == ["Bearer t0ken"])
            #expect(collector.isComplete)
        }

        @Test func periodicHoldsNothingAndSendsTheRestAtShutdown() async throws {
            let collector = try await CollectorProgram.start(in: self.workspace)
            let variables = ["LMON_SPOOL": collector.url, "LMON_FLUSH": "periodic:600"]
            let emulator = try await EmulatorProgram.start(
                "echo",
                in: self.workspace,
                Self.agent,
                variables: variables
            )
            for n in 1...3 { _ = try await emulator.invoke("echo", #"{"n":\#(n),"call":true}"#) }
            #expect(collector.sequences == [])
            #expect(try await emulator.stop().status == 0)
            #expect(collector.count(of: "http.end") == 3)
            #expect(collector.count(of: "lmon.overhead") > 0)
            #expect(collector.isComplete)
        }

        @Test func adaptiveHoldsInvocationsUntilTheyAreFrequent() async throws {
            let collector = try await CollectorProgram.start(in: self.workspace)
            let variables = ["LMON_SPOOL": collector.url, "LMON_FLUSH": "adaptive"]
            let emulator = try await EmulatorProgram.start("echo", in: self.workspace, Self.agent, variables: variables)
            for n in 1...30 { _ = try await emulator.invoke("echo", #"{"n":\#(n),"call":true}"#) }
            #expect(try await emulator.stop().status == 0)
            // One for each that was held: the first ones, whose pace is not known yet.
            #expect((7..<30).contains(collector.held))
            #expect(collector.count(of: "http.end") == 30)
            #expect(collector.isComplete)
        }

        @Test func whatIsToldOfTheLastDeliveriesStillArrives() async throws {
            let collector = try await CollectorProgram.start(in: self.workspace)
            let webhook = try await CollectorProgram.start(in: self.workspace, "recaps")
            let variables = [
                "LMON_SPOOL": collector.url, "LMON_WEBHOOK_URL": webhook.url, "LMON_FLUSH": "periodic:600",
            ]
            let emulator = try await EmulatorProgram.start("echo", in: self.workspace, Self.agent, variables: variables)
            for n in 1...3 { _ = try await emulator.invoke("echo", #"{"n":\#(n),"call":true}"#) }
            #expect(try await emulator.stop().status == 0)
            #expect(webhook.records.count { $0["context"]?["requestId"] != nil } == 3)
            #expect(collector.deliveries(of: "webhook") == 3)
            #expect(collector.isComplete)
        }

        /// The refusing one is a port that nobody listens at; the other takes records and never says so.
        @Test(arguments: [("metadata", true), ("off", true), ("metadata", false)])
        func whatNobodyTookIsSpilledToTheLog(spill: String, isRefused: Bool) async throws {
            let isSpilled = spill == "metadata"
            let silent = isRefused ? nil : try await CollectorProgram.start(in: self.workspace, answers: false)
            let lines = try await self.watcher([
                "LMON_SPOOL": silent?.url ?? "http://127.0.0.1:9", "LMON_SPILL": spill, "LMON_FLUSH": "end",
            ])
            let spilled = lines.compactMap { try? JSONValue(parsing: $0) }
            let starts = spilled.filter { $0["type"]?.string == "platform.start" }
            #expect(starts.count == (isSpilled ? 3 : 0))
            #expect(spilled.compactMap { $0["sequence"]?.int } == (isSpilled ? Array(1...spilled.count) : []))
            #expect(lines.contains { $0.contains("records could not be sent and are lost") } == !isSpilled)
        }

        @Test func whatAFailedAgentHadNotSentIsCounted() async throws {
            let lines = try await self.watcher([
                "LMON_SPOOL": "http://127.0.0.1:9", "LMON_FLUSH": "end", "LMON_FAULT": "trap:shipping:2",
            ])
            let said = lines.filter { $0.contains("lmon-agent: stopped by ") }
            #expect(said.count == 1)
            let lost = try #require(said.first?.firstMatch(of: #/records lost: (\d+) and all that follow/#)?.1)
            #expect(try #require(Int(lost)) > 0)
        }

        /// What the agent prints, beside three invocations: under another name, beside what watches from within.
        private func watcher(_ variables: [String: String]) async throws -> [String] {
            let settings = variables.map { "\($0)=\($1)" }.joined(separator: " ")
            // Its port is no other program's.
            let starter = """
                #!/bin/sh
                export LAMBDA_EXTENSION_NAME=watcher \(settings)
                LMON_ADDRESS=127.0.0.1:$((20000 + $$ % 12000)) exec "\(Self.executable)"
                """
            let path = try self.workspace.write(starter, to: "layer/extensions/watcher")
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
            // The layer's file starts a program that is no part of it.
            let more = ["--layer", "layer"] + Self.one + Layout.plain.options
            let emulator = try await EmulatorProgram.start("echo", in: self.workspace, more)
            for n in 1...3 {
                #expect(try await emulator.invoke("echo", #"{"n":\#(n),"call":true}"#).body == #"{"n":\#(n)}"#)
            }
            #expect(try await emulator.stop().status == 0)
            return try await self.records(in: self.workspace).filter { $0["type"]?.string == "extension" }
                .compactMap { $0["record"]?.string }
        }

        private static var executable: String {
            URL(filePath: Program.path).deletingLastPathComponent().appending(path: "lmon-agent").path
        }
    }
}
