import Foundation
import LmonEmulator
import LmonHTTP
import LmonJSON
import LmonRecord
import LmonTestSupport
import Testing

/// Real extensions beside a real runtime: what telemetry says of each way in which an invocation can end.
@Suite(.exclusive, .timeLimit(.minutes(3))) struct ExtensionProcessTests {
    private static func run(
        _ code: String = "exports.handler = async () => 1",
        extension program: String = ExtensionProbe.script,
        probe: String = "",
        timeout: Duration = .seconds(10),
        _ body: (Rig) async throws -> Void
    ) async throws {
        let functions: (URL) -> [EmulatedFunction] = { folder in
            let file = folder.appendingPathComponent("probe").path
            chmod(file, 0o755)
            var function = EmulatedFunction(
                name: "f",
                runtime: .node,
                handler: "index.handler",
                codeFolder: folder.path
            )
            function.runtimeName = "nodejs20.x"
            function.timeout = timeout
            function.variables = ["PROBE": probe, "OWN": "1"]
            function.extensions = [ExternalExtension(name: "probe", executable: file)]
            return [function]
        }
        let files = ["index.js": code, "probe": program]
        try await Rig.run(files: files, functions: functions, configure: { $0.concurrency = 1 }, body)
    }

    private static func said(_ rig: Rig) throws -> [String] {
        try rig.recorder.payloads(.extension).compactMap(\.string)
    }

    private static func telemetry(_ rig: Rig) throws -> [String] {
        try Self.said(rig).filter { $0.hasPrefix("telemetry platform") }.map {
            $0.dropFirst("telemetry ".count).split(separator: " ").joined(separator: " ")
        }
    }

    private static let initialised = [
        "platform.initStart", "platform.telemetrySubscription", "platform.initRuntimeDone success",
        "platform.extension", "platform.initReport success",
    ]

    @Test func fromInitToShutdown() async throws {
        try await Self.run { rig in
            let response = try await rig.post()
            #expect(response.text == "1")
            await rig.recorder.wait(for: .freeze)
            #expect(try await rig.post().text == "1")
            await rig.recorder.wait(for: .report, count: 2)
            await rig.emulator.stop()
            let said = try Self.said(rig)
            #expect(said.first == "registered probe 200 arguments 0")
            #expect(said.last == "done")
            let events = said.filter { $0.hasPrefix("event") }
            #expect(events == ["event INVOKE ", "event INVOKE ", "event SHUTDOWN spindown"])
            let invocation = ["platform.start", "platform.runtimeDone success", "platform.report success"]
            #expect(try Self.telemetry(rig) == Self.initialised + invocation + invocation)
        }
    }

    @Test func whatIsTheRuntimesIsHiddenFromIt() async throws {
        // A shell, since what starts other interpreters may set variables of its own.
        let show = "#!/bin/sh\ntr '\\0' '\\n' </proc/$$/environ | sed 's/^\\([^=]*\\)=.*/variable \\1/'\n"
        try await Self.run(extension: show) { rig in
            let response = try await rig.post()
            #expect(response.json?["errorType"]?.string == "Extension.Crash")
            let names = Set(try Self.said(rig).map { $0.replacing("variable ", with: "") })
            #expect(names.filter { $0.hasPrefix("_") } == [])
            let hidden: Set = [
                "AWS_EXECUTION_ENV", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME",
                "AWS_XRAY_CONTEXT_MISSING", "AWS_XRAY_DAEMON_ADDRESS", "LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT",
            ]
            #expect(names.isDisjoint(with: hidden))
            let seen: Set = [
                "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
                "AWS_REGION", "AWS_LAMBDA_RUNTIME_API", "TZ", "AWS_SAM_LOCAL", "OWN", "PROBE", "PATH",
            ]
            #expect(seen.subtracting(names) == [])
        }
    }

    @Test(arguments: [
        ("throw new Error('no')", "success"), ("process.exit(0)", "error"), ("process.exit(1)", "error"),
        ("process.kill(process.pid, 'SIGKILL')", "error"),
        ("await new Promise(() => setTimeout(() => {}, 1e6))", "timeout"),
    ])
    func whatTelemetrySaysOfAFailure(code: String, status: String) async throws {
        try await Self.run("exports.handler = async () => { \(code) }", timeout: .seconds(1)) { rig in
            let response = try await rig.post()
            #expect(response.headers["X-Amz-Function-Error"] == "Unhandled")
            await rig.recorder.wait(for: .report)
            await rig.emulator.stop()
            let invocation = ["platform.start", "platform.runtimeDone \(status)", "platform.report \(status)"]
            #expect(try Self.telemetry(rig) == Self.initialised + invocation)
            let reason = ["success": "spindown", "timeout": "timeout"][status] ?? "failure"
            #expect(try Self.said(rig).contains("event SHUTDOWN \(reason)"))
        }
    }

    @Test func anInitErrorIsTriedAgainInTheInvocation() async throws {
        try await Self.run("require('missing')", probe: "impatient") { rig in
            let response = try await rig.post()
            #expect(response.json?["errorType"]?.string == "Runtime.ImportModuleError")
            await rig.recorder.wait(for: .report)
            #expect(try rig.recorder.payloads(.initReport).map { $0["phase"]?.string } == ["init", "invoke"])
            #expect(try rig.recorder.payloads(.platformExtension).map { $0["name"]?.string } == ["probe", "probe"])
            await rig.emulator.stop()
            #expect(try Self.said(rig).count { $0 == "event SHUTDOWN failure" } == 2)
        }
    }

    /// Whatever it said before it ended, the invocation fails, and the next one has a new environment.
    @Test(arguments: [
        ("exit", "Extension.Crash", "exit code 0"), ("exit-error", "Extension.ExitError", "exit code 1"),
    ])
    func oneThatEndsDuringAnInvocation(probe: String, type: String, reason: String) async throws {
        try await Self.run("exports.handler = () => new Promise(() => setTimeout(() => {}, 1e6))", probe: probe) {
            rig in
            let response = try await rig.post()
            let requestID = response.headers["x-amzn-RequestId"] ?? "?"
            #expect(
                response.text
                    == #"{"errorType":"\#(type)","errorMessage":"RequestId: \#(requestID) Error: \#(reason)"}"#
            )
            await rig.recorder.wait(for: .report)
            #expect(try rig.recorder.payloads(.report).first?["status"]?.string == "error")
            #expect(try rig.recorder.payloads(.runtimeDone).first?["errorType"]?.string == type)
            _ = try await rig.post()
            #expect(try rig.recorder.payloads(.initStart).map { $0["phase"]?.string } == ["init", "invoke"])
        }
    }

    @Test(arguments: [
        ("init-error", "Extension.InitError", "exit code 1"),
        ("exit-before-register", "Extension.Crash", "exit code 0"),
    ])
    func oneThatFailsInit(probe: String, type: String, reason: String) async throws {
        try await Self.run(probe: probe) { rig in
            let response = try await rig.post()
            #expect(response.json?["errorType"]?.string == type)
            #expect(response.json?["errorMessage"]?.string?.hasSuffix("Error: \(reason)") == true)
            let told = try rig.recorder.payloads(.platformExtension).first
            #expect(told?["errorType"]?.string == (probe == "init-error" ? "Extension.Own" : nil))
        }
    }

    @Test func oneThatHoldsTheInvocation() async throws {
        try await Self.run(probe: "hold", timeout: .seconds(1)) { rig in
            let response = try await rig.post()
            #expect(response.text == "1")
            await rig.recorder.wait(for: .report)
            #expect(try rig.recorder.payloads(.runtimeDone).first?["status"]?.string == "success")
            #expect(try rig.recorder.payloads(.report).first?["status"]?.string == "timeout")
            #expect(try await rig.post().text == "1")
            #expect(try rig.recorder.payloads(.initStart).last?["phase"]?.string == "invoke")
        }
    }

    @Test func oneThatIgnoresShutdownIsKilledAtTheDeadline() async throws {
        try await Self.run(probe: "ignore-shutdown") { rig in
            let response = try await rig.post()
            #expect(response.text == "1")
            await rig.recorder.wait(for: .report)
            let process = pid_t(try #require(try await rig.environment()?["extensions"]?[0]?["process"]?.int))
            await rig.emulator.stop()
            let said = try Self.said(rig)
            #expect(said.contains("event SHUTDOWN spindown") && !said.contains("done"))
            #expect(kill(process, 0) != 0)
        }
    }

    @Test(arguments: [("PermissionDenied", 1), ("TooManyExtensions", 11)])
    func oneThatCannotBeStarted(error: String, count: Int) async throws {
        let names = (0..<count).map { "e\(10 + $0)" }
        let configure = { (configuration: inout EmulatorConfiguration) in
            configuration.functions[0].extensions[count - 1].launchError = error
        }
        try await Rig.standIn(extensions: names, configure: configure) { rig in
            let response = try await rig.post()
            #expect(response.json?["errorType"]?.string == "Extension.LaunchError")
            let told = try rig.recorder.payloads(.platformExtension).prefix(count)
            #expect(told.map { $0["errorType"]?.string } == [String?](repeating: nil, count: count - 1) + [error])
            #expect(told.last?["state"]?.string == "LaunchError")
        }
    }
}
