import LmonEmulator
import LmonHTTP
import LmonJSON
import LmonRecord
import LmonTestSupport
import Testing

/// The Extensions API over sockets, with the test in the place of runtime and extensions: registering, identifiers, errors.
@Suite(.exclusive, .timeLimit(.minutes(1))) struct ExtensionsAPITests {
    private static let stranger = "00000000-0000-4000-8000-000000000000"

    @Test func whatRegisteringAnswers() async throws {
        try await Rig.standIn(extensions: ["a", "b", "c"]) { rig in
            async let invocation = rig.post()
            let port = try await rig.extensionPort(count: 3)
            let first = try await rig.register("a", port: port)
            #expect(
                first.whole == "200 {\"functionName\":\"f\",\"functionVersion\":\"$LATEST\",\"handler\":\"none\"}\n"
            )
            #expect(first.headers["Content-Type"] == "application/json")
            #expect(first.identifier.utf8.count == 36)
            let account =
                #"{"accountId":"123456789012","functionName":"f","functionVersion":"$LATEST","handler":"none"}"#
            let second = try await rig.register("b", "{}", port: port, features: "other , accountId,more")
            #expect(second.whole == "200 \(account)\n")
            #expect(second.identifier != first.identifier)
            let third = try await rig.register("c", #"{"events":[]}"#, port: port, features: "accountIds")
            #expect(third.json?["accountId"] == nil)
            await rig.emulator.stop()
            _ = try? await invocation
        }
    }

    @Test func whatIsNoRegistration() async throws {
        try await Rig.standIn(extensions: ["a"]) { rig in
            async let invocation = rig.post()
            let port = try await rig.extensionPort()
            func expect(
                _ response: HTTPResponse,
                _ type: String,
                _ message: String,
                _ location: SourceLocation = #_sourceLocation
            ) {
                #expect(response.whole == HTTPResponse.refusal(type, message), sourceLocation: location)
                #expect(response.headers["Content-Type"] == "application/json", sourceLocation: location)
            }
            for name in [nil, ""] {
                expect(
                    try await rig.register(name, port: port),
                    "Extension.InvalidExtensionName",
                    "Empty extension name"
                )
            }
            for body in ["", "{", #"{"events":["INVO"#] {
                let answer = try await rig.register("a", body, port: port)
                expect(answer, "InvalidRequestFormat", "unexpected end of JSON input")
            }
            let list = try await rig.register("a", "[]", port: port)
            #expect(list.status == 403 && list.json?["errorType"]?.string == "InvalidRequestFormat")
            let keys = try await rig.register("a", #"{"configurationKeys":["k"],"events":[]}"#, port: port)
            let deprecated = "configurationKeys are deprecated; use environment variables instead"
            expect(keys, "InvalidRequestFormat", deprecated)
            let unknown = try await rig.register("a", #"{"events":["INVOKE","<BOOT>"]}"#, port: port)
            let escaped = #"\u003cBOOT\u003e: ErrorInvalidEventType"#
            expect(unknown, "Extension.InvalidEventType", escaped)
            // None of them counts: it can still register, and only once.
            #expect(try await rig.register("a", port: port).status == 200)
            let again =
                "State transition from Registered to Registered failed for extension a. "
                + "Error: State transition is not allowed"
            expect(try await rig.register("a", port: port), "Extension.InvalidExtensionState", again)
            await rig.emulator.stop()
            _ = try? await invocation
        }
    }

    @Test func internalExtensions() async throws {
        try await Rig.standIn(extensions: ["a"]) { rig in
            async let invocation = rig.post()
            let port = try await rig.extensionPort()
            let inside = try await rig.register("A", #"{"events":["INVOKE"]}"#, port: port)
            #expect(inside.status == 200)
            let shutdown = "SHUTDOWN: ShutdownEventNotSupportedForInternalExtension"
            #expect(
                try await rig.register("b", port: port).whole
                    == HTTPResponse.refusal("Extension.InvalidEventType", shutdown)
            )
            let outside = try await rig.register("a", port: port)
            #expect(outside.status == 200)
            #expect(
                try await rig.register("A", "{}", port: port).whole
                    == HTTPResponse.refusal(
                        "Extension.InvalidExtensionState",
                        "Extension with this name already registered"
                    )
            )
            for number in 3...10 { #expect(try await rig.register("i\(number)", "{}", port: port).status == 200) }
            #expect(
                try await rig.register("i11", "{}", port: port).whole
                    == HTTPResponse.refusal("Extension.TooManyExtensions", "Extension limit (10) reached")
            )
            _ = try await rig.runtimePort()
            async let next = rig.call("GET", "invocation/next", port: port)
            try await rig.wait(forOpenPolls: 1)
            #expect(
                try await rig.register("late", "{}", port: port).whole
                    == HTTPResponse.refusal("Extension.RegistrationClosed", "Extension registration closed already")
            )
            await rig.emulator.stop()
            _ = try? await next
            _ = try? await invocation
        }
    }

    @Test func identifiersThatAreNone() async throws {
        try await Rig.standIn(extensions: ["a"]) { rig in
            async let invocation = rig.post()
            let port = try await rig.extensionPort()
            let calls = [
                ("GET", "event/next"), ("POST", "init/error"), ("POST", "exit/error"), ("PUT", "/2022-07-01/telemetry"),
            ]
            for (method, path) in calls {
                let missing = try await rig.extensionCall(method, path, port: port)
                let header = "Missing Lambda-Extension-Identifier header"
                #expect(
                    missing.whole == HTTPResponse.refusal("Extension.MissingExtensionIdentifier", header),
                    "\(path)"
                )
                for malformed in ["x", String(Self.stranger.dropLast()), Self.stranger.replacing("4000", with: "400g")]
                {
                    let invalid = try await rig.extensionCall(method, path, port: port, identifier: malformed)
                    let message = "Invalid Lambda-Extension-Identifier"
                    #expect(
                        invalid.whole == HTTPResponse.refusal("Extension.InvalidExtensionIdentifier", message),
                        "\(path)"
                    )
                }
            }
            let unknown = HTTPResponse.refusal(
                "Extension.UnknownExtensionIdentifier",
                "Unknown extension \(Self.stranger)"
            )
            #expect(try await rig.nextEvent(Self.stranger, port: port).whole == unknown)
            #expect(try await rig.subscribe(Self.stranger, "{}", port: port).whole == unknown)
            for kind in ["init", "exit"] {
                let untyped = try await rig.report(kind, error: nil, Self.stranger, port: port)
                let header = "Lambda-Extension-Function-Error-Type not found"
                #expect(untyped.whole == HTTPResponse.refusal("Extension.MissingHeader", header))
                let typed = try await rig.report(kind, Self.stranger, port: port)
                let message = "Unknown Lambda-Extension-Identifier"
                #expect(typed.whole == HTTPResponse.refusal("Extension.UnknownExtensionIdentifier", message))
            }
            await rig.emulator.stop()
            _ = try? await invocation
        }
    }

    @Test func pathsAndMethodsThatAreNone() async throws {
        try await Rig.standIn(extensions: ["a"]) { rig in
            async let invocation = rig.post()
            let port = try await rig.extensionPort()
            #expect(try await rig.extensionCall("GET", "register", port: port).status == 405)
            #expect(try await rig.extensionCall("POST", "/2022-07-01/telemetry", port: port).status == 405)
            #expect(try await rig.extensionCall("GET", "nothing", port: port).whole == "404 404 page not found\n")
            let logs = try await rig.extensionCall("PUT", "/2020-08-15/logs", port: port)
            #expect(logs.whole == HTTPResponse.refusal("Logs.NotSupported", "Logs API is not supported", status: 202))
            await rig.emulator.stop()
            _ = try? await invocation
        }
    }

    /// Each state, and what may not be called in it. The messages name the extension by its identifier.
    @Test func callsInTheWrongOrder() async throws {
        try await Rig.standIn(extensions: ["a", "b"]) { rig in
            async let invocation = rig.post()
            let port = try await rig.extensionPort(count: 2)
            let id = try await rig.register("a", port: port).identifier
            func refused(
                _ response: HTTPResponse,
                _ from: String,
                _ to: String,
                _ location: SourceLocation = #_sourceLocation
            ) {
                let message =
                    "State transition from \(from) to \(to) failed for extension \(id). Error: State transition is not allowed"
                let expected = HTTPResponse.refusal("Extension.InvalidExtensionState", message)
                #expect(response.whole == expected, sourceLocation: location)
            }
            async let event = rig.nextEvent(id, port: port)
            try await rig.wait(forExtensions: "Ready", "Started")
            refused(try await rig.nextEvent(id, port: port), "Ready", "Ready")
            refused(try await rig.report("init", id, port: port), "Ready", "InitError")
            let accepted = "202 {\"status\":\"OK\"}\n"
            #expect(try await rig.report("exit", id, port: port).whole == accepted)
            #expect(try await rig.report("exit", error: "Second", id, port: port).whole == accepted)
            refused(try await rig.nextEvent(id, port: port), "ExitError", "Ready")
            refused(try await rig.report("init", id, port: port), "ExitError", "InitError")
            let state = try await rig.environment()?["extensions"]?[0]
            #expect(state?["errorType"]?.string == "Extension.Boom")
            await rig.emulator.stop()
            _ = try? await event
            _ = try? await invocation
        }
    }

    @Test func anInitErrorCountsOnce() async throws {
        try await Rig.standIn(extensions: ["a", "b"]) { rig in
            async let invocation = rig.post()
            let port = try await rig.extensionPort(count: 2)
            let id = try await rig.register("a", port: port).identifier
            for error in ["Extension.First", "Second"] {
                let answer = try await rig.report("init", error: error, id, port: port)
                #expect(answer.whole == "202 {\"status\":\"OK\"}\n")
                #expect(answer.headers["Content-Type"] == "application/json")
            }
            for (response, target) in [
                (try await rig.nextEvent(id, port: port), "Ready"),
                (try await rig.report("exit", id, port: port), "Exited"),
            ] {
                let message =
                    "State transition from InitError to \(target) failed for extension \(id). Error: State transition is not allowed"
                #expect(response.whole == HTTPResponse.refusal("Extension.InvalidExtensionState", message))
            }
            let state = try await rig.environment()?["extensions"]?[0]
            #expect(state?["state"]?.string == "InitError")
            #expect(state?["errorType"]?.string == "Extension.First")
            await rig.emulator.stop()
            _ = try? await invocation
        }
    }
}
