import LambdaWire
import LmonEmulator
import LmonHTTP
import LmonJSON
import LmonRecord
import LmonTestSupport
import Testing

@Suite(.exclusive, .timeLimit(.minutes(1))) struct InvokeAPITests {
    @Test func whatIsRefusedWithoutRunningAnything() async throws {
        try await Rig.standIn { rig in
            func expect(
                _ response: HTTPResponse,
                _ status: Int,
                _ type: String,
                _ location: SourceLocation = #_sourceLocation
            ) {
                #expect(response.status == status, sourceLocation: location)
                #expect(response.headers["X-Amzn-ErrorType"] == type, sourceLocation: location)
            }
            let unknown = try await rig.post("g")
            expect(unknown, 404, "ResourceNotFoundException")
            #expect(
                unknown.json?["Message"]?.string
                    == "Function not found: arn:aws:lambda:us-east-1:123456789012:function:g"
            )
            expect(try await rig.post("f", "{"), 400, "InvalidRequestContentException")
            expect(
                try await rig.post("f", "{}", headers: ["X-Amz-Invocation-Type": "Soon"]),
                400,
                "InvalidParameterValueException"
            )
            expect(
                try await rig.post("f", "{}", headers: ["X-Amz-Client-Context": "???"]),
                400,
                "InvalidParameterValueException"
            )
            let long = "\"\(String(repeating: "x", count: LambdaLimit.eventBytes))\""
            expect(try await rig.post("f", long), 413, "RequestTooLargeException")
            let async: HTTPHeaders = ["X-Amz-Invocation-Type": "Event"]
            let event = "\"\(String(repeating: "x", count: LambdaLimit.asynchronousEventBytes))\""
            expect(try await rig.post("f", event, headers: async), 413, "RequestTooLargeException")
            #expect(rig.recorder.observations.isEmpty)
        }
    }

    @Test(arguments: [
        ("Host", "evil.example", 403), ("Host", "127.0.0.1.evil.example:9000", 403),
        ("Origin", "https://evil.example", 403), ("Origin", "null", 403), ("Host", "localhost:9000", 204),
        ("Host", "[::1]:9000", 204), ("Host", "127.8.9.10", 204), ("Origin", "http://localhost:3000", 204),
    ])
    func aBrowserMayNotRunFunctionsForOthers(header: String, value: String, status: Int) async throws {
        try await Rig.standIn { rig in
            let headers = HTTPHeaders([(header, value), ("X-Amz-Invocation-Type", "DryRun")])
            let response = try await rig.post("f", "{}", headers: headers)
            #expect(response.status == status)
        }
    }

    @Test func aDryRunRunsNothing() async throws {
        try await Rig.standIn { rig in
            let response = try await rig.post("f", "{}", headers: ["X-Amz-Invocation-Type": "DryRun"])
            #expect(response.status == 204)
            #expect(response.body.isEmpty)
            let missing = try await rig.post("g", "{}", headers: ["X-Amz-Invocation-Type": "DryRun"])
            #expect(missing.status == 404)
            #expect(rig.recorder.observations.isEmpty)
        }
    }

    @Test func theOnlyFunctionIsAlsoCalledFunction() async throws {
        try await Rig.node("exports.handler = async (event) => event.a") { rig in
            let byName = try await rig.post("function", #"{"a":7}"#)
            #expect(byName.text == "7")
            let arn = "arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3Af"
            #expect(try await rig.post(arn, #"{"a":8}"#).text == "8")
        }
    }

    @Test func anEmptyBodyIsAnEmptyEvent() async throws {
        try await Rig.node("exports.handler = async (event) => Object.keys(event).length") { rig in
            let response = try await rig.post("f", "")
            #expect(response.text == "0")
        }
    }

    @Test func theLogTailHasThePlatformsLinesAndTheFunctions() async throws {
        try await Rig.node("exports.handler = async () => { console.log('hello'); console.error('ä\\nb') }") { rig in
            let response = try await rig.post("f", "{}", headers: ["X-Amz-Log-Type": "Tail"])
            let requestID = response.headers["x-amzn-RequestId"] ?? "?"
            let log = try #require(response.headers["X-Amz-Log-Result"].flatMap(decodeBase64))
            let lines = log.split(separator: "\n").map(String.init)
            #expect(lines.first == "INIT_START Runtime Version: nodejs20.x")
            #expect(lines.dropFirst().first == "START RequestId: \(requestID) Version: $LATEST")
            #expect(lines.contains { $0.hasSuffix("\t\(requestID)\tINFO\thello") })
            #expect(lines.contains { $0.hasSuffix("\t\(requestID)\tERROR\tä") })
            #expect(lines.contains("END RequestId: \(requestID)"))
            let report = try #require(lines.last)
            #expect(report.hasPrefix("REPORT RequestId: \(requestID)\tDuration: "))
            #expect(report.contains("\tMemory Size: 512 MB\tMax Memory Used: "))
            #expect(report.hasSuffix(" ms\t"))
        }
    }

    @Test func aLongLogIsCutToItsEnd() async throws {
        let code = "exports.handler = async () => { for (let i = 0; i < 1000; i++) console.log('line ' + i) }"
        try await Rig.node(code) { rig in
            let response = try await rig.post("f", "{}", headers: ["X-Amz-Log-Type": "Tail"])
            let log = try #require(response.headers["X-Amz-Log-Result"].flatMap(decodeBase64))
            #expect(log.utf8.count == 4096)
            #expect(log.contains("line 999\n"))
        }
    }

    @Test func anEventIsAcceptedAndTriedThreeTimes() async throws {
        let code = "let n = 0; exports.handler = async () => { if (++n < 3) throw new Error('no'); return n }"
        let configure = { (configuration: inout EmulatorConfiguration) in
            configuration.retryDelays = [.milliseconds(1), .milliseconds(1)]
            configuration.concurrency = 1
        }
        try await Rig.node(code, configure: configure) { rig in
            let response = try await rig.post("f", "{}", headers: ["X-Amz-Invocation-Type": "Event"])
            #expect(response.status == 202)
            #expect(response.body.isEmpty)
            await rig.recorder.wait(for: .report, count: 3)
            let results = try rig.recorder.payloads(.invocationResult)
            #expect(results.map { $0["outcome"]?.string } == ["error", "error", "response"])
            let requestIDs = Set(rig.recorder.observations.filter { $0.type == .invocationEvent }.map(\.requestID))
            #expect(requestIDs == [response.headers["x-amzn-RequestId"]])
            let events = try rig.recorder.payloads(.invocationEvent)
            #expect(events.map { $0["attempt"]?.int } == [1, 2, 3])
        }
    }

    @Test func theEndOfAnEventCanBeWaitedFor() async throws {
        try await Rig.standIn { rig in
            await rig.emulator.ended("unknown")
            let queued = await rig.emulator.invoke(function: "f", payload: [], asynchronous: true)
            let requestID = queued.requestID
            async let hasResult = Task {
                await rig.emulator.ended(requestID)
                return rig.recorder.observations.contains { $0.type == .invocationResult }
            }.value
            let port = try await rig.runtimePort()
            #expect(try await rig.call("GET", "invocation/next", port: port).requestID == requestID)
            _ = try await rig.call("POST", "invocation/\(requestID)/response", port: port, body: Array("{}".utf8))
            #expect(await hasResult)
            await rig.emulator.ended(requestID)
        }
    }

    @Test func withinTheProcessItIsTheSame() async throws {
        try await Rig.node(
            "exports.handler = async (event, context) => { console.log('x'); return context.clientContext }"
        ) { rig in
            let outcome = await rig.emulator.invoke(
                function: "f",
                payload: Array("{}".utf8),
                clientContext: #"{"a":1}"#,
                wantsLogTail: true
            )
            #expect(outcome.kind == .response)
            #expect(await rig.emulator.event(of: outcome.requestID) == Array("{}".utf8))
            #expect(String(decoding: outcome.body, as: UTF8.self) == #"{"a":1}"#)
            #expect(String(decoding: outcome.logTail ?? [], as: UTF8.self).contains("\tx\n"))
            let refused = await rig.emulator.invoke(function: "g", payload: [])
            guard case .refused(404, "ResourceNotFoundException", _) = refused.kind else {
                Issue.record("\(refused)")
                return
            }
            let queued = await rig.emulator.invoke(function: "f", payload: [], asynchronous: true)
            #expect(queued.kind == .queued)
        }
    }

    @Test func aTakenDefaultPortIsReplacedAndAnAskedForOneIsNot() async throws {
        try await Rig.standIn { first in
            try await Rig.standIn(configure: { $0.port = first.port }) { second in
                #expect(second.port > first.port)
            }
            await #expect(throws: NetworkError.self) {
                try await Rig.standIn(configure: {
                    $0.port = first.port
                    $0.isPortFixed = true
                }) { _ in }
            }
        }
    }
}

private func decodeBase64(_ text: String) -> String? {
    var scalars: [UInt8] = []
    var bits = 0
    var count = 0
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    for byte in text.utf8 where byte != UInt8(ascii: "=") {
        guard let value = alphabet.firstIndex(of: byte) else { return nil }
        bits = (bits << 6 | value) & 0xFFFF
        count += 6
        if count >= 8 {
            count -= 8
            scalars.append(UInt8(bits >> count & 255))
        }
    }
    return String(decoding: scalars, as: UTF8.self)
}
