import Foundation
import LmonEmulator
import LmonHTTP
import LmonJSON
import LmonRecord
import LmonTestSupport
import Testing

/// What extensions are told, and in which order everything ends.
@Suite(.exclusive, .timeLimit(.minutes(1))) struct ExtensionEventTests {
    private static let trace = "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1"

    @Test func anInvocationIsToldToTheByte() async throws {
        try await Rig.standIn(extensions: ["a"]) { rig in
            async let invocation = rig.post("f:live", headers: ["X-Amzn-Trace-Id": Self.trace])
            let port = try await rig.extensionPort()
            let id = try await rig.register("a", port: port).identifier
            async let event = rig.nextEvent(id, port: port)
            let next = try await rig.call("GET", "invocation/next", port: port)
            let told = try await event
            let deadline = next.headers["Lambda-Runtime-Deadline-Ms"] ?? ""
            let arn = "arn:aws:lambda:us-east-1:123456789012:function:f:live"
            let tracing = #"{"type":"X-Amzn-Trace-Id","value":"\#(Self.trace)"}"#
            #expect(
                told.whole
                    == #"200 {"eventType":"INVOKE","deadlineMs":\#(deadline),"requestId":"\#(next.requestID)","invokedFunctionArn":"\#(arn)","tracing":\#(tracing)}"#
            )
            #expect(told.headers["Content-Type"] == "application/json")
            #expect(told.headers["Lambda-Extension-Event-Identifier"]?.utf8.count == 36)

            try await rig.respond(next.requestID, port: port)
            // The invoker does not wait for the extension, the report does.
            #expect(try await invocation.text == "1")
            async let idle = rig.call("GET", "invocation/next", port: port)
            await rig.recorder.wait(for: .runtimeDone)
            #expect(rig.recorder.observations.allSatisfy { $0.type != .report })
            async let last = rig.nextEvent(id, port: port)
            await rig.recorder.wait(for: .report)
            let report = try #require(try rig.recorder.payloads(.report).first)
            #expect(report["spans"]?[0]?["name"]?.string == "extensionOverhead")
            let before = Date.now
            async let stopped: Void = rig.emulator.stop()
            let shutdown = try await last
            let end = try #require(shutdown.json?["deadlineMs"]?.int)
            #expect(shutdown.whole == #"200 {"eventType":"SHUTDOWN","deadlineMs":\#(end),"shutdownReason":"spindown"}"#)
            #expect(shutdown.headers["Lambda-Extension-Event-Identifier"] == nil)
            #expect(end >= Int(before.timeIntervalSince1970 * 1000) + 2000)
            #expect(end <= Int(Date.now.timeIntervalSince1970 * 1000) + 2000)
            // It does not end by itself, and is killed at the deadline.
            await stopped
            #expect(Int(Date.now.timeIntervalSince1970 * 1000) >= end)
            _ = try? await idle
        }
    }

    @Test func onlyThoseWhoAskedAreTold() async throws {
        try await Rig.standIn(extensions: ["all", "none", "end"]) { rig in
            async let invocation = rig.post()
            let port = try await rig.extensionPort(count: 3)
            let all = try await rig.register("all", port: port).identifier
            let none = try await rig.register("none", "{}", port: port).identifier
            let end = try await rig.register("end", #"{"events":["SHUTDOWN"]}"#, port: port).identifier
            _ = try await rig.runtimePort()
            let inside = try await rig.register("inside", #"{"events":["INVOKE"]}"#, port: port).identifier
            async let noEvent = try? rig.nextEvent(none, port: port)
            async let endEvent = rig.nextEvent(end, port: port)
            async let allEvent = rig.nextEvent(all, port: port)
            async let insideEvent = rig.nextEvent(inside, port: port)
            let next = try await rig.call("GET", "invocation/next", port: port)
            #expect(try await allEvent.json?["requestId"]?.string == next.requestID)
            #expect(try await insideEvent.json?["requestId"]?.string == next.requestID)
            try await rig.wait(forExtensions: "Running", "Ready", "Ready", "Running")
            try await rig.respond(next.requestID, port: port)
            async let idle = try? rig.call("GET", "invocation/next", port: port)
            // An internal one holds the invocation as well.
            async let allLast = rig.nextEvent(all, port: port)
            try await rig.wait(forExtensions: "Ready", "Ready", "Ready", "Running")
            #expect(rig.recorder.observations.allSatisfy { $0.type != .report })
            async let insideLast = try? rig.nextEvent(inside, port: port)
            await rig.recorder.wait(for: .report)

            let environment = try await rig.environment()
            let runtime = pid_t(try #require(environment?["process"]?.int))
            let silent = pid_t(try #require(environment?["extensions"]?[1]?["process"]?.int))
            async let stopped: Void = rig.emulator.stop()
            #expect(try await endEvent.json?["shutdownReason"]?.string == "spindown")
            // Whoever is told, the runtime is gone by then.
            #expect(kill(runtime, 0) != 0)
            #expect(try await allLast.json?["eventType"]?.string == "SHUTDOWN")
            await stopped
            #expect(kill(silent, 0) != 0)
            #expect(await noEvent == nil)
            #expect(await insideLast == nil)
            _ = await idle
            #expect(try await invocation.text == "1")
        }
    }

    /// Its extensions are within it: it is asked to end, and has half a second.
    @Test func aRuntimeWithInternalExtensionsIsAskedFirst() async throws {
        let script = "trap 'echo asked; exit 0' TERM; sleep 1000 & wait"
        try await Rig.run(functions: { folder in
            [
                EmulatedFunction(
                    name: "f",
                    runtime: .command(executable: "sh", arguments: ["-c", script]),
                    handler: "none",
                    codeFolder: folder.path
                )
            ]
        }) { rig in
            async let invocation = rig.post()
            let port = try await rig.runtimePort()
            let id = try await rig.register("inside", #"{"events":["INVOKE"]}"#, port: port).identifier
            async let event = rig.nextEvent(id, port: port)
            let next = try await rig.call("GET", "invocation/next", port: port)
            _ = try await event
            try await rig.respond(next.requestID, port: port)
            async let idle = try? rig.call("GET", "invocation/next", port: port)
            async let last = try? rig.nextEvent(id, port: port)
            await rig.recorder.wait(for: .report)
            await rig.emulator.stop()
            #expect(try rig.recorder.payloads(.function).compactMap(\.string).contains("asked"))
            #expect(await last == nil)
            _ = await idle
            _ = try await invocation
        }
    }

    @Test func afterATimeoutTheReasonIsTimeoutAndInitRunsAgain() async throws {
        try await Rig.standIn(extensions: ["a"], timeout: .milliseconds(200)) { rig in
            async let invocation = rig.post()
            let port = try await rig.extensionPort()
            let id = try await rig.register("a", port: port).identifier
            async let event = rig.nextEvent(id, port: port)
            _ = try await rig.call("GET", "invocation/next", port: port)
            _ = try await event
            #expect(try await invocation.json?["errorType"]?.string == "Sandbox.Timedout")
            let shutdown = try await rig.nextEvent(id, port: port)
            #expect(shutdown.json?["shutdownReason"]?.string == "timeout")
            let process = pid_t(try #require(try await rig.environment()?["extensions"]?[0]?["process"]?.int))
            kill(process, SIGKILL)
            async let second = rig.post()
            await rig.recorder.wait(for: .initStart, count: 2)
            #expect(try rig.recorder.payloads(.initStart).last?["phase"]?.string == "invoke")
            // The identifier belonged to the process that is gone.
            let stale = try await rig.nextEvent(id, port: port)
            #expect(stale.json?["errorType"]?.string == "Extension.UnknownExtensionIdentifier")
            _ = try await second
        }
    }
}
