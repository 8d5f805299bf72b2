import Foundation
import LmonEmulator
import LmonHTTP
import LmonJSON
import LmonRecord
import LmonTestSupport
import Testing

/// The Telemetry API over sockets, with the test in the place of runtime and extension.
@Suite(.exclusive, .timeLimit(.minutes(1))) struct TelemetryAPITests {
    private static func body(
        _ destination: String,
        schema: String = "2022-12-13",
        types: String = #""platform","function","extension""#,
        buffering: String = #"{"timeoutMs":25,"maxBytes":262144,"maxItems":1000}"#
    ) -> String {
        #"{"schemaVersion":"\#(schema)","types":[\#(types)],"destination":\#(destination),"buffering":\#(buffering)}"#
    }

    private static func http(_ port: Int) -> String {
        #"{"protocol":"HTTP","URI":"http://sandbox.localdomain:\#(port)/in"}"#
    }

    /// An invocation that has just begun, with the extension `a`, which has subscribed to what comes to `server`.
    private struct Begun {
        let server: ExtensionServer
        let port: Int
        let identifier: String
        let requestID: String
    }

    private static func begun(
        _ rig: Rig,
        answers: [ExtensionServer.Answer] = [],
        subscription: (Int) -> String = { body(http($0)) },
        _ body: (Begun) async throws -> Void
    ) async throws {
        let server = try ExtensionServer(on: rig.emulator.loop, answers: answers)
        defer { server.release() }
        async let invocation = rig.post()
        let port = try await rig.extensionPort()
        let identifier = try await rig.register("a", port: port).identifier
        let answer = try await rig.subscribe(identifier, subscription(server.port), port: port)
        #expect(answer.whole == #"200 "OK""#)
        #expect(answer.headers["Content-Type"] == "application/json")
        _ = try await rig.runtimePort()
        async let event = rig.nextEvent(identifier, port: port)
        let next = try await rig.call("GET", "invocation/next", port: port)
        _ = try await event
        try await body(Begun(server: server, port: port, identifier: identifier, requestID: next.requestID))
        await rig.emulator.stop()
        _ = try? await invocation
    }

    /// Waits for a record of a type; returns all types that came until then.
    private static func types(_ server: ExtensionServer, until type: String) async -> [String] {
        var count = 0
        while true {
            count += 1
            let types = await server.posts.wait(for: count).flatMap(\.types).compactMap(\.self)
            if types.contains(type) { return types }
        }
    }

    // MARK: Subscribing

    @Test func whatIsNoSubscription() async throws {
        try await Rig.standIn(extensions: ["a"]) { rig in
            async let invocation = rig.post()
            let port = try await rig.extensionPort()
            let id = try await rig.register("a", port: port).identifier
            let good = Self.http(1)
            func buffering(_ text: String) -> String { Self.body(good, buffering: text) }
            let cases = [
                ("", "The body is not JSON"), ("[]", "The body must be a JSON object"),
                ("{}", "schemaVersion is required"),
                (
                    Self.body(good, schema: "2021-03-18"),
                    "schemaVersion must be one of 2022-07-01, 2022-12-13, 2025-01-29"
                ),
                (#"{"schemaVersion":"2022-07-01"}"#, "types is required"),
                (Self.body(good, types: ""), "types must be an array of at least one type"),
                (Self.body(good, types: #""Platform""#), "Each of types must be one of platform, function, extension"),
                (#"{"schemaVersion":"2022-07-01","types":["platform"]}"#, "destination is required"),
                (Self.body("{}"), "destination.protocol is required"),
                (Self.body(#"{"protocol":"http"}"#), "destination.protocol must be one of HTTP, TCP"),
                (Self.body(#"{"protocol":"HTTP"}"#), "destination.URI is required for HTTP"),
                (Self.body(#"{"protocol":"HTTP","URI":"http://example.com:1"}"#), "destination.URI must be"),
                (Self.body(#"{"protocol":"HTTP","URI":"http://sandbox:0"}"#), "destination.URI must be"),
                (Self.body(#"{"protocol":"TCP"}"#), "destination.port is required for TCP"),
                (Self.body(#"{"protocol":"TCP","port":65536}"#), "destination.port must be an integer from 1 to 65535"),
                (buffering(#"{"maxItems":999}"#), "buffering.maxItems must be an integer from 1000 to 10000"),
                (buffering(#"{"maxItems":10001}"#), "buffering.maxItems must be an integer from 1000 to 10000"),
                (buffering(#"{"maxBytes":262143}"#), "buffering.maxBytes must be an integer from 262144 to 1048576"),
                (buffering(#"{"maxBytes":1048577}"#), "buffering.maxBytes must be an integer from 262144 to 1048576"),
                (buffering(#"{"timeoutMs":24}"#), "buffering.timeoutMs must be an integer from 25 to 30000"),
                (buffering(#"{"timeoutMs":30001}"#), "buffering.timeoutMs must be an integer from 25 to 30000"),
            ]
            for (body, message) in cases {
                let answer = try await rig.subscribe(id, body, port: port)
                #expect(answer.status == 400, "\(body)")
                #expect(answer.json?["errorType"]?.string == "ValidationError", "\(body)")
                #expect(answer.json?["errorMessage"]?.string?.hasPrefix(message) == true, "\(answer.text)")
            }
            // The limits themselves, and what older clients send besides.
            let old = #"{"protocol":"HTTP","URI":"http://sandbox:1/","method":"POST","encoding":"JSON"}"#
            let limits = #"{"maxItems":10000,"maxBytes":1048576,"timeoutMs":30000}"#
            for _ in 1...2 {
                let answer = try await rig.subscribe(id, Self.body(old, buffering: limits), port: port)
                #expect(answer.whole == #"200 "OK""#)
            }
            #expect(rig.recorder.observations.count { $0.type == .telemetrySubscription } == 1)
            await rig.emulator.stop()
            _ = try? await invocation
        }
    }

    @Test func initIsToldToWhoSubscribesInItAndThenNobodyCan() async throws {
        try await Rig.standIn(extensions: ["a"]) { rig in
            try await Self.begun(rig) { begun in
                let types = await Self.types(begun.server, until: "platform.start")
                #expect(
                    types == [
                        "platform.initStart", "platform.telemetrySubscription", "platform.initRuntimeDone",
                        "platform.extension", "platform.initReport", "platform.start",
                    ]
                )
                let posts = begun.server.posts.elements
                #expect(posts.allSatisfy { $0.target == "/in" && $0.contentType == "application/json" })
                let elements = posts.flatMap(\.elements)
                let subscribed = try #require(elements.first { $0["type"]?.string == "platform.telemetrySubscription" })
                #expect(
                    String(decoding: subscribed["record"]?.bytes ?? [], as: UTF8.self)
                        == #"{"name":"a","state":"Subscribed","types":["platform","function","extension"]}"#
                )
                let ready = try #require(elements.first { $0["type"]?.string == "platform.extension" })
                #expect(
                    String(decoding: ready["record"]?.bytes ?? [], as: UTF8.self)
                        == #"{"name":"a","state":"Ready","events":["INVOKE","SHUTDOWN"]}"#
                )
                for element in elements {
                    let time = element["time"]?.string ?? ""
                    #expect(time.hasSuffix("Z") && time.utf8.count == 24, "\(time)")
                }
                let late = try await rig.subscribe(begun.identifier, Self.body(Self.http(1)), port: begun.port)
                let message = "Telemetry API subscription is closed"
                #expect(late.whole == HTTPResponse.refusal("Telemetry.SubscriptionClosed", message))
            }
        }
    }

    // MARK: Delivery

    /// Strict decoders take whole numbers for some, and fail on `694.0`.
    @Test func theReportComesWhenAllAreDoneAndHasTheTypesThatDecodersDemand() async throws {
        try await Rig.standIn(extensions: ["a"]) { rig in
            try await Self.begun(rig) { begun in
                try await rig.respond(begun.requestID, port: begun.port)
                async let idle = try? rig.call("GET", "invocation/next", port: begun.port)
                #expect(await !Self.types(begun.server, until: "platform.runtimeDone").contains("platform.report"))
                async let event = try? rig.nextEvent(begun.identifier, port: begun.port)
                await rig.recorder.wait(for: .freeze)
                // Told after the freeze: with the next invocation.
                async let second = try? rig.post()
                _ = await (idle, event)
                _ = await Self.types(begun.server, until: "platform.report")
                let elements = begun.server.posts.elements.flatMap(\.elements)
                let report = try #require(elements.first { $0["type"]?.string == "platform.report" }?["record"])
                #expect(report["status"]?.string == "success")
                for (name, isWhole) in [
                    ("billedDurationMs", true), ("memorySizeMB", true), ("maxMemoryUsedMB", true),
                    ("durationMs", false), ("initDurationMs", false),
                ] {
                    guard case .number(let literal)? = report["metrics"]?[name] else {
                        Issue.record("\(name) is missing")
                        continue
                    }
                    #expect(literal.contains(".") != isWhole, "\(name): \(literal)")
                }
                await rig.emulator.stop()
                _ = await second
            }
        }
    }

    @Test func aListenerThatFailsIsAskedAgain() async throws {
        try await Rig.standIn(extensions: ["a"]) { rig in
            try await Self.begun(rig, answers: [.status(500), .status(500), .status(400)]) { begun in
                _ = await Self.types(begun.server, until: "platform.initReport")
                let posts = await begun.server.posts.wait(for: 4).map(\.types)
                // Whatever has come meanwhile goes with what was refused.
                #expect(posts.prefix(4).allSatisfy { $0.first == "platform.initStart" })
                #expect(posts.dropFirst(4).allSatisfy { !$0.contains("platform.initStart") })
            }
        }
    }

    @Test func overTCPItIsLines() async throws {
        try await Rig.standIn(extensions: ["a"]) { rig in
            let received = Collector<[UInt8]>()
            let listener = try await TCPListener.listen(host: "127.0.0.1", port: 0, on: rig.emulator.loop) {
                $0.onBytes { received.add($0) }
            }
            let destination = #"{"protocol":"TCP","port":\#(listener.port)}"#
            try await Self.begun(rig, subscription: { _ in Self.body(destination, schema: "2022-07-01") }) { _ in
                var text = ""
                for count in 1... {
                    text = String(decoding: await received.wait(for: count).joined(), as: UTF8.self)
                    if text.contains("platform.start\""), text.hasSuffix("\n") { break }
                }
                let types = try text.split(separator: "\n").map { try JSONValue(parsing: String($0))["type"]?.string }
                #expect(types.first == "platform.initStart")
                #expect(types.last == "platform.start")
            }
            await listener.close()
        }
    }

    /// More than the buffer holds is written while the subscriber says nothing; the invocation goes on regardless.
    @Test func aSubscriberThatHangsLosesTheOldestAndIsToldHowMany() async throws {
        let flood = "yes $(printf %0100000d 7) | head -n 120; exec sleep 1000"
        let flooding = { (configuration: inout EmulatorConfiguration) in
            configuration.functions[0].runtime = .command(executable: "sh", arguments: ["-c", flood])
        }
        try await Rig.standIn(extensions: ["a"], configure: flooding) { rig in
            try await Self.begun(rig, answers: [.silence]) { begun in
                await rig.recorder.wait { $0.count { $0.type == .function } == 120 }
                try await rig.respond(begun.requestID, port: begun.port)
                async let idle = try? rig.call("GET", "invocation/next", port: begun.port)
                await rig.recorder.wait(for: .runtimeDone)
                rig.emulator.loop.execute { begun.server.answerSilent() }
                _ = await Self.types(begun.server, until: "platform.logsDropped")
                let elements = begun.server.posts.elements.flatMap(\.elements)
                let dropped = elements.first { $0["type"]?.string == "platform.logsDropped" }?["record"]
                #expect(dropped?["droppedRecords"]?.int ?? 0 > 20)
                #expect(dropped?["droppedBytes"]?.int ?? 0 > 2_000_000)
                #expect(dropped?["reason"]?.string?.isEmpty == false)
                // The stream of records tells of it too, once it is certain.
                await rig.recorder.wait(for: .logsDropped)
                await rig.emulator.stop()
                _ = await idle
            }
        }
    }

    @Test func whatIsThereGoesAtOnceWhenTheRuntimeCrashes() async throws {
        let patient = #"{"timeoutMs":30000,"maxItems":10000}"#
        try await Rig.standIn(extensions: ["a"]) { rig in
            try await Self.begun(rig, subscription: { Self.body(Self.http($0), buffering: patient) }) { begun in
                let process = pid_t(try #require(try await rig.environment()?["process"]?.int))
                #expect(begun.server.posts.elements.isEmpty)
                kill(process, SIGKILL)
                let types = await Self.types(begun.server, until: "platform.report")
                #expect(types.suffix(3) == ["platform.start", "platform.runtimeDone", "platform.report"])
                let done = begun.server.posts.elements.flatMap(\.elements).first {
                    $0["type"]?.string == "platform.runtimeDone"
                }?["record"]
                #expect(done?["status"]?.string == "error")
                #expect(done?["errorType"]?.string == "Runtime.ExitError")
            }
        }
    }
}
