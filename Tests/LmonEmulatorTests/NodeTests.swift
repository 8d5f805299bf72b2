import Foundation
import LmonEmulator
import LmonHTTP
import LmonJSON
import LmonRecord
import LmonTestSupport
import Synchronization
import Testing

/// The failure matrix with a real node.
@Suite(.exclusive, .timeLimit(.minutes(1))) struct NodeTests {
    private static let coldStory = [
        "lmon.environment", "platform.initStart", "platform.initRuntimeDone success", "platform.initReport success",
    ]

    /// Seen without an invocation; the next one runs it, though the code was looked at a moment before.
    @Test func aSaveIsToldAndRun() async throws {
        func code(_ answer: Int) -> String { "exports.handler = async () => \(answer)" }
        try await Rig.node(code(1), configure: { $0.freezes = false }) { rig in
            #expect(try await rig.post("f", "{}").text == "1")
            let events = rig.folder.appendingPathComponent("events")
            try FileManager.default.createDirectory(at: events, withIntermediateDirectories: true)
            let (saves, continuation) = AsyncStream.makeStream(
                of: Set<String>.self,
                bufferingPolicy: .bufferingNewest(10)
            )
            var next = saves.makeAsyncIterator()
            await rig.emulator.watchCode(of: "f") { continuation.yield($0) }
            for answer in 2...3 {
                try Data("{}".utf8).write(to: events.appendingPathComponent("\(answer).json"))
                try Data(code(answer).utf8).write(to: rig.folder.appendingPathComponent("index.js"))
                #expect(await next.next() == ["index.js"])
                #expect(try await rig.post("f", "{}").text == "\(answer)")
            }
            await rig.emulator.watchCode(of: nil) { _ in }
        }
    }

    @Test func aColdAndAWarmInvocation() async throws {
        let code = "exports.handler = async (event) => { console.log('in', event.a); return { b: event.a } }"
        try await Rig.node(code, configure: { $0.freezes = false }) { rig in
            #expect(try await rig.post("f", #"{"a":1}"#).text == #"{"b":1}"#)
            await rig.recorder.wait(for: .report)
            #expect(try await rig.post("f", #"{"a":2}"#).text == #"{"b":2}"#)
            await rig.recorder.wait(for: .report, count: 2)
            let invocation = [
                "platform.start", "invocation.event", "invocation.result", "platform.runtimeDone success",
                "platform.report success",
            ]
            #expect(rig.recorder.story == Self.coldStory + invocation + invocation)
            let reports = try rig.recorder.payloads(.report)
            #expect(reports.map { $0["metrics"]?["initDurationMs"] != nil } == [true, false])
            #expect(reports.allSatisfy { ($0["metrics"]?["maxMemoryUsedMB"]?.int ?? 0) > 10 })
            let lines = rig.recorder.observations.filter { $0.type == .function }
            #expect(lines.map { $0.requestID } == reports.map { $0["requestId"]?.string })
            let text = try #require(try rig.recorder.payloads(.function).first?.string)
            #expect(text.hasSuffix("\tINFO\tin 1"))
        }
    }

    @Test func aHandlerThatThrowsKeepsItsEnvironment() async throws {
        try await Rig.node("let n = 0; exports.handler = async () => { n++; throw new TypeError('no ' + n) }") { rig in
            for number in 1...2 {
                let response = try await rig.post()
                #expect(response.status == 200)
                #expect(response.headers["X-Amz-Function-Error"] == "Unhandled")
                #expect(response.json?["errorType"]?.string == "TypeError")
                #expect(response.json?["errorMessage"]?.string == "no \(number)")
                await rig.recorder.wait(for: .report, count: number)
            }
            #expect(try rig.recorder.payloads(.report).map { $0["status"]?.string } == ["success", "success"])
            #expect(try rig.recorder.payloads(.initStart).count == 1)
        }
    }

    @Test func aTimeoutIsAnsweredAndTheNextInvocationWorks() async throws {
        let code =
            "exports.handler = (event) => event.wait ? new Promise(() => setInterval(() => {}, 9)) : Promise.resolve(1)"
        try await Rig.node(code, timeout: .seconds(1), configure: { $0.concurrency = 1 }) { rig in
            let response = try await rig.post("f", #"{"wait":true}"#)
            let requestID = response.headers["x-amzn-RequestId"] ?? "?"
            #expect(response.headers["X-Amz-Function-Error"] == "Unhandled")
            #expect(
                response.text
                    == #"{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: \#(requestID) Error: Task timed out after 1.00 seconds"}"#
            )
            #expect(try await rig.post().text == "1")
            await rig.recorder.wait(for: .report, count: 2)
            let reports = try rig.recorder.payloads(.report)
            #expect(reports.map { $0["status"]?.string } == ["timeout", "success"])
            #expect(reports.first?["metrics"]?["durationMs"]?.double == 1000)
            #expect(try rig.recorder.payloads(.initStart).map { $0["phase"]?.string } == ["init", "invoke"])
            #expect(try rig.recorder.payloads(.shutdown).first?["reason"]?.string == "timeout")
        }
    }

    @Test(arguments: [
        ("process.exit(0)", "Runtime exited without providing a reason"),
        ("process.exit(3)", "Runtime exited with error: exit status 3"),
        ("process.kill(process.pid, 'SIGKILL')", "Runtime exited with error: signal: killed"),
    ])
    func aProcessThatEndsIsReportedAndStartedAgain(code: String, reason: String) async throws {
        try await Rig.node("exports.handler = async (event) => { if (event.end) { \(code) } return 1 }") { rig in
            let response = try await rig.post("f", #"{"end":true}"#)
            let requestID = response.headers["x-amzn-RequestId"] ?? "?"
            #expect(response.headers["X-Amz-Function-Error"] == "Unhandled")
            #expect(
                response.text
                    == #"{"errorType":"Runtime.ExitError","errorMessage":"RequestId: \#(requestID) Error: \#(reason)"}"#
            )
            #expect(try await rig.post().text == "1")
            await rig.recorder.wait(for: .report, count: 2)
            #expect(try rig.recorder.payloads(.report).map { $0["status"]?.string } == ["error", "success"])
            #expect(try rig.recorder.payloads(.runtimeDone).first?["errorType"]?.string == "Runtime.ExitError")
        }
    }

    @Test(arguments: [
        ("exports.handler = async () => {", "Runtime.UserCodeSyntaxError"),
        ("exports.other = 1", "Runtime.HandlerNotFound"),
        ("require('missing')", "Runtime.ImportModuleError"),
    ])
    func codeThatCannotBeLoadedIsNamedAndTheNextSaveMendsIt(code: String, type: String) async throws {
        try await Rig.node(code) { rig in
            let response = try await rig.post()
            #expect(response.headers["X-Amz-Function-Error"] == "Unhandled")
            #expect(response.json?["errorType"]?.string == type)
            await rig.recorder.wait(for: .report)
            #expect(try rig.recorder.payloads(.initReport).map { $0["phase"]?.string } == ["init", "invoke"])
            #expect(try rig.recorder.payloads(.report).first?["errorType"]?.string == type)
            try Data("exports.handler = async () => 5".utf8).write(to: rig.folder.appendingPathComponent("index.js"))
            #expect(try await rig.post().text == "5")
        }
    }

    @Test func aMissingExecutableIsAnInvalidEntrypoint() async throws {
        try await Rig.node("", configure: { $0.node = "/nowhere/node" }) { rig in
            let response = try await rig.post()
            #expect(response.json?["errorType"]?.string == "Runtime.InvalidEntrypoint")
            #expect(response.json?["errorMessage"]?.string?.contains("/nowhere/node") == true)
        }
    }

    @Test func invocationsAtTheSameTimeHaveEnvironmentsOfTheirOwnUpToTheLimit() async throws {
        let code = """
            const http = require('http');
            exports.handler = async () => new Promise((done) => setTimeout(() => done(process.pid), 100));
            """
        try await Rig.node(code, configure: { $0.concurrency = 3 }) { rig in
            let processes = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<5 { group.addTask { try await rig.post().text } }
                return try await group.reduce(into: [String]()) { $0.append($1) }
            }
            #expect(processes.count == 5)
            #expect(Set(processes).count == 3)
            #expect(Set(rig.recorder.observations.map(\.environment)).count == 3)
        }
    }

    @Test func anIdleEnvironmentIsFrozenSoThatItsTimersStandStill() async throws {
        let code = """
            let ticks = 0;
            setInterval(() => { ticks++ }, 1);
            exports.handler = async () => ticks;
            """
        try await Rig.node(code) { rig in
            _ = try await rig.post()
            await rig.recorder.wait(for: .freeze)
            let process = try #require(
                try await rig.state()["functions"]?[0]?["environments"]?[0]?["process"]?.int
            )
            // A signal takes its time to arrive.
            while processState(process) != "T" {}
            _ = try await rig.post()
            await rig.recorder.wait(for: .freeze, count: 2)
            #expect(rig.recorder.observations.count { $0.type == .thaw } == 1)
            let story = rig.recorder.story
            let thaw = try #require(story.firstIndex(of: "lmon.thaw"))
            #expect(story[thaw + 1] == "platform.start")
        }
    }

    @Test func stoppingEndsEveryProcessAndRemovesEveryFolder() async throws {
        try await Rig.node("exports.handler = async () => [process.pid, process.env.TMPDIR]") { rig in
            let answer = try #require(try await rig.post().json)
            let process = try #require(answer[0]?.int)
            let folder = try #require(answer[1]?.string)
            #expect(FileManager.default.fileExists(atPath: folder))
            await rig.emulator.stop()
            #expect(processState(process) == nil)
            #expect(!FileManager.default.fileExists(atPath: folder))
            #expect(try rig.recorder.payloads(.shutdown).map { $0["reason"]?.string } == ["spindown"])
        }
    }

    @Test func whoWaitsWhileItStopsGetsAnError() async throws {
        try await Rig.node("exports.handler = () => new Promise(() => setInterval(() => {}, 9))") { rig in
            async let invocation = rig.post()
            await rig.recorder.wait(for: .invocationEvent)
            await rig.emulator.stop()
            let response = try await invocation
            #expect(response.status == 500)
            #expect(try rig.recorder.payloads(.report).first?["status"]?.string == "failure")
        }
    }

    @Test func stoppingBeforeTheRuntimeHasStartedLeavesNothing() async throws {
        try await Rig.node("exports.handler = async () => 1") { rig in
            async let invocation = rig.emulator.invoke(function: "f", payload: [])
            await rig.recorder.wait(for: .environment)
            await rig.emulator.stop()
            let outcome = await invocation
            guard case .refused(500, _, _) = outcome.kind else {
                Issue.record("\(outcome)")
                return
            }
        }
    }

    @Test func theVariablesAreLambdas() async throws {
        struct Hooks: EnvironmentHooks {
            func opened(environment: String, function: String, at place: EnvironmentPlace) -> EnvironmentVariables {
                EnvironmentVariables(runtime: ["LMON_ADDRESS": "127.0.0.1:1", "NODE_OPTIONS": "--no-warnings"])
            }
            func quiesce(environment: String, then: @escaping @Sendable () -> Void) { then() }
            func closed(environment: String) {}
        }
        try await Rig.run(
            files: ["index.js": "exports.handler = async () => process.env"],
            functions: { folder in
                var function = EmulatedFunction(
                    name: "f",
                    runtime: .node,
                    handler: "index.handler",
                    codeFolder: folder.path
                )
                function.variables = [
                    "OWN": "1", "_HIDDEN": "2", "AWS_REGION": "mars", "TZ": "Asia/Tokyo",
                    "NODE_OPTIONS": "--max-old-space-size=100",
                ]
                function.runtimeName = "nodejs20.x"
                return [function]
            },
            hooks: Hooks()
        ) { rig in
            let variables = try #require(try await rig.post().json)
            #expect(variables["OWN"]?.string == "1")
            #expect(variables["_HIDDEN"] == nil)
            #expect(variables["AWS_REGION"]?.string == "us-east-1")
            #expect(variables["TZ"]?.string == "Asia/Tokyo")
            #expect(variables["NODE_OPTIONS"]?.string == "--max-old-space-size=100 --no-warnings")
            #expect(variables["LMON_ADDRESS"]?.string == "127.0.0.1:1")
            #expect(variables["_HANDLER"]?.string == "index.handler")
            #expect(variables["AWS_EXECUTION_ENV"]?.string == "AWS_Lambda_nodejs20.x")
            #expect(variables["LAMBDA_TASK_ROOT"]?.string == rig.folder.path)
        }
    }

    /// The next process's start ends the calls that this one has left open, so what it has told of them comes first.
    @Test func whatAProcessHasSentIsReadBeforeItsEndIsTold() async throws {
        let hooks = HeldHooks()
        try await Rig.node("exports.handler = () => process.kill(process.pid, 'SIGKILL')", hooks: hooks) { rig in
            async let response = rig.post()
            let then = await hooks.asked()
            #expect(rig.recorder.observations.last?.type == .invocationEvent)
            rig.loop.execute(then)
            let outcome = try await response
            #expect(outcome.json?["errorType"]?.string == "Runtime.ExitError")
        }
    }

    @Test func outOfMemoryEndsTheInvocation() async throws {
        let code = """
            const kept = [];
            exports.handler = () => new Promise(() => setInterval(() => kept.push(Buffer.alloc(8 << 20, 1)), 1));
            """
        try await Rig.node(code) { rig in
            let response = try await rig.post()
            #expect(response.json?["errorType"]?.string == "Runtime.OutOfMemory")
            await rig.recorder.wait(for: .report)
            let metrics = try #require(try rig.recorder.payloads(.report).first?["metrics"])
            #expect((metrics["maxMemoryUsedMB"]?.int ?? 0) > 512)
        }
    }
}

/// The letter that /proc has for a process; nil if it is gone.
private func processState(_ process: Int) -> String? {
    #if os(Linux)
    guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return nil }
    return text.split(separator: ")").last?.split(separator: " ").first.map(String.init)
    #else
    return kill(pid_t(process), 0) == 0 ? "T" : nil
    #endif
}

/// Hooks that keep the emulator waiting the first time.
private final class HeldHooks: EnvironmentHooks {
    private let held = AsyncStream.makeStream(of: (@Sendable () -> Void).self)
    private let isFirst = Mutex(true)

    func opened(environment: String, function: String, at place: EnvironmentPlace) -> EnvironmentVariables {
        EnvironmentVariables()
    }

    func quiesce(environment: String, then: @escaping @Sendable () -> Void) {
        let isFirst = self.isFirst.withLock { isFirst in
            defer { isFirst = false }
            return isFirst
        }
        if isFirst { self.held.continuation.yield(then) } else { then() }
    }

    func closed(environment: String) {}

    func asked() async -> @Sendable () -> Void {
        for await then in self.held.stream { return then }
        return {}
    }
}
