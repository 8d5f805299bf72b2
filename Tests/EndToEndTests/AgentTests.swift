import Foundation
import LmonJSON
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
            return switch type {
            case "http.request": words("method", "client")
            case "http.response": words("status", "headers").replacing(#/\["(date|Date)","[^"]*"\]/#, with: "")
            case "http.end": words("outcome", "sizes", "bodies")
            // Without its time and request id, and without a stack, in which folders stand.
            case "function": record.string.map { $0.split(separator: "\t").dropFirst(2).prefix(2).joined() } ?? ""
            case "platform.report", "platform.runtimeDone": words("status", "errorType")
            case "platform.initStart", "platform.initRuntimeDone", "platform.initReport": words("phase", "status")
            case "invocation.event": words("text", "size", "contentType")
            // A stack names folders.
            case "invocation.result" where record["outcome"]?.string == "error": words("outcome", "contentType")
            case "invocation.result": words("outcome", "text", "size", "contentType")
            default: ""
            }
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

        /// The agent under another name, beside what watches from within, so that what it prints is seen.
        @Test(arguments: [("metadata", true), ("off", false)])
        func whatNobodyTookIsSpilledToTheLog(spill: String, isSpilled: Bool) async throws {
            // Its sink refuses; its port is no other program's.
            let starter = """
                #!/bin/sh
                export LAMBDA_EXTENSION_NAME=watcher LMON_SPOOL=http://127.0.0.1:9 LMON_SPILL=\(spill) LMON_FLUSH=end
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
            let lines = try await self.records(in: self.workspace).filter { $0["type"]?.string == "extension" }
                .compactMap { $0["record"]?.string }
            let spilled = lines.compactMap { try? JSONValue(parsing: $0) }
            let starts = spilled.filter { $0["type"]?.string == "platform.start" }
            #expect(starts.count == (isSpilled ? 3 : 0))
            #expect(spilled.compactMap { $0["sequence"]?.int } == (isSpilled ? Array(1...spilled.count) : []))
            #expect(lines.contains { $0.contains("records could not be sent and are lost") } == !isSpilled)
        }

        private static var executable: String {
            URL(filePath: Program.path).deletingLastPathComponent().appending(path: "lmon-agent").path
        }
    }
}

/// A collector: answers 200, and keeps what it was sent as lines of a file.
struct CollectorProgram {
    let url: String
    private let file: String
    private let program: RunningProgram

    private static let script = """
        const fs = require('fs');
        const file = process.argv[2];
        const server = require('http').createServer((request, response) => {
            const chunks = [];
            request.on('data', (chunk) => chunks.push(chunk));
            request.on('end', () => {
                fs.appendFileSync(file + '.tokens', (request.headers.authorization ?? '') + '\\n');
                fs.appendFileSync(file, Buffer.concat(chunks) + '\\n');
                response.end();
            });
        });
        server.listen(0, '127.0.0.1', () => console.log(server.address().port));
        """

    static func start(in workspace: Workspace, _ name: String = "collected") async throws -> CollectorProgram {
        let script = try workspace.write(Self.script, to: "collector.cjs")
        let file = "\(workspace.path)/\(name).ndjson"
        let program = try RunningProgram(["node", script, file], in: workspace, executable: "/usr/bin/env")
        try await program.wait(for: "\n")
        let port = program.output.split(separator: "\n").first ?? ""
        return CollectorProgram(url: "http://127.0.0.1:\(port)", file: file, program: program)
    }

    var records: [JSONValue] {
        let text = (try? String(contentsOfFile: self.file, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap { try? JSONValue(parsing: String($0)) }
    }

    var sequences: [Int] { self.records.compactMap { $0["sequence"]?.int } }

    /// Something came, and every number up to the last one, once and in order.
    var isComplete: Bool {
        let sequences = self.sequences
        return !sequences.isEmpty && sequences == sequences.indices.map { $0 + 1 }
    }

    var tokens: Set<String> {
        let text = (try? String(contentsOfFile: "\(self.file).tokens", encoding: .utf8)) ?? ""
        return Set(text.split(separator: "\n").map(String.init))
    }

    /// Invocations that the agent tells to have held.
    var held: Int {
        self.records.count { $0["type"]?.string == "lmon.overhead" && $0["record"]?["heldMs"] != nil }
    }

    func deliveries(of sink: String) -> Int {
        self.records.count { $0["type"]?.string == "lmon.delivery" && $0["record"]?["sink"]?.string == sink }
    }

    func count(of type: String) -> Int { self.records.count { $0["type"]?.string == type } }
}
