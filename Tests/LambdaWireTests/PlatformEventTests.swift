import LambdaWire
import LmonJSON
import Testing

@Suite struct PlatformEventTests {
    private static let report = PlatformEvent.Report(
        requestID: "r1",
        status: .success,
        duration: EpochTime.Span(microseconds: 3104),
        initDuration: EpochTime.Span(microseconds: 542_010),
        memorySizeMB: 2048,
        maxMemoryUsedMB: 95
    )

    @Test(arguments: [
        (
            PlatformEvent.initStart(
                .init(
                    phase: .`init`,
                    functionName: "f",
                    functionVersion: "$LATEST",
                    instanceID: "s",
                    memoryMB: 128,
                    runtimeVersion: nil
                )
            ),
            #"{"initializationType":"on-demand","phase":"init","functionName":"f","functionVersion":"$LATEST","instanceId":"s","instanceMaxMemory":128}"#
        ),
        (
            .initReport(phase: .invoke, status: .error, errorType: "Runtime.X", duration: .init(microseconds: 150_790)),
            #"{"initializationType":"on-demand","phase":"invoke","status":"error","errorType":"Runtime.X","metrics":{"durationMs":150.79}}"#
        ),
        (
            .start(requestID: "r1", version: "$LATEST", functionARN: "arn", traceID: "Root=1"),
            #"{"requestId":"r1","version":"$LATEST","functionArn":"arn","tracing":{"type":"X-Amzn-Trace-Id","value":"Root=1"}}"#
        ),
        (
            .runtimeDone(
                .init(
                    requestID: "r1",
                    status: .success,
                    duration: .init(milliseconds: 5000),
                    producedBytes: 2,
                    spans: [
                        .init(.responseLatency, from: .init(microseconds: 7), to: .init(microseconds: 1007))
                    ]
                )
            ),
            #"{"requestId":"r1","status":"success","metrics":{"durationMs":5000.0,"producedBytes":2},"spans":[{"name":"responseLatency","start":"@7","durationMs":1.0}]}"#
        ),
        (
            .telemetrySubscription(name: "e", types: [.platform, .extension]),
            #"{"name":"e","state":"Subscribed","types":["platform","extension"]}"#
        ),
        (
            .extension(.init(name: "e", state: "Ready", events: ["SHUTDOWN", "INVOKE"])),
            #"{"name":"e","state":"Ready","events":["INVOKE","SHUTDOWN"]}"#
        ),
        (
            .extension(.init(name: "e", state: "LaunchError", events: [], errorType: "PermissionDenied")),
            #"{"name":"e","state":"LaunchError","events":[],"errorType":"PermissionDenied"}"#
        ),
        (
            .logsDropped(.init(records: 2, bytes: 30)),
            #"{"droppedBytes":30,"droppedRecords":2,"reason":"The subscriber takes its records more slowly than they come, or not at all."}"#
        ),
        (
            .report(Self.report),
            #"{"requestId":"r1","status":"success","metrics":{"durationMs":3.104,"billedDurationMs":546,"memorySizeMB":2048,"maxMemoryUsedMB":95,"initDurationMs":542.01},"spans":[]}"#
        ),
    ])
    func isWrittenAsTheSchemaHasIt(event: PlatformEvent, expected: String) {
        var writer = JSONWriter()
        event.write(to: &writer) { $1.string("@\($0.microseconds)") }
        #expect(String(decoding: writer.bytes, as: UTF8.self) == expected)
    }

    @Test(arguments: [
        (LogLine.initStart(runtimeVersion: "nodejs:22.v1"), "INIT_START Runtime Version: nodejs:22.v1\n"),
        (.start(requestID: "r1", version: "$LATEST"), "START RequestId: r1 Version: $LATEST\n"),
        (.end(requestID: "r1"), "END RequestId: r1\n"),
        (
            .report(Self.report),
            "REPORT RequestId: r1\tDuration: 3.10 ms\tBilled Duration: 546 ms\tMemory Size: 2048 MB\t"
                + "Max Memory Used: 95 MB\tInit Duration: 542.01 ms\t\n"
        ),
        (
            .report(
                .init(
                    requestID: "r1",
                    status: .error,
                    errorType: "Runtime.ExitError",
                    duration: .init(microseconds: 999),
                    memorySizeMB: 128,
                    maxMemoryUsedMB: 43
                )
            ),
            "REPORT RequestId: r1\tDuration: 1.00 ms\tBilled Duration: 1 ms\tMemory Size: 128 MB\t"
                + "Max Memory Used: 43 MB\tStatus: error\tError Type: Runtime.ExitError\n"
        ),
        (
            .initReport(phase: .`init`, .timeout, errorType: nil, .init(milliseconds: 10_000)),
            "INIT_REPORT Init Duration: 10000.00 ms\tPhase: init\tStatus: timeout\n"
        ),
        (
            .telemetry(name: "my-ext", types: [.platform, .function, .extension]),
            "TELEMETRY\tName: my-ext\tState: Subscribed\tTypes: [Platform, Function, Extension]\n"
        ),
        (
            .extension(.init(name: "my-ext", state: "Ready", events: ["SHUTDOWN", "INVOKE"])),
            "EXTENSION\tName: my-ext\tState: Ready\tEvents: [INVOKE, SHUTDOWN]\n"
        ),
        (
            .extension(.init(name: "my-ext", state: "LaunchError", events: [], errorType: "PermissionDenied")),
            "EXTENSION\tName: my-ext\tState: LaunchError\tEvents: []\tError Type: PermissionDenied\n"
        ),
    ])
    func aLogLine(line: LogLine, expected: String) {
        #expect(line.text == expected)
    }

    @Test func variablesThatAFunctionMayHave() {
        #expect(["AB", "a1", "A_1"].allSatisfy(RuntimeVariables.isConfigurable))
        #expect(!["A", "_X", "1A", "A-B", "", "Ä1"].contains(where: RuntimeVariables.isConfigurable))
    }

    @Test func theNamesOfLogs() {
        #expect(
            LambdaName.logStream(date: "2026-11-23", version: "$LATEST", identifier: "0f")
                == "2026/11/23/[$LATEST]0f"
        )
        #expect(LambdaName.arn(region: "r", account: "1", function: "f", qualifier: "q").hasSuffix(":function:f:q"))
    }
}
