import Foundation
import LmonEmulator
import LmonHTTP
import LmonJSON
import LmonRecord
import LmonTestSupport
import Testing

/// The failure matrix with a real Python, on lmon's own runtime client.
@Suite(.exclusive, .timeLimit(.minutes(1))) struct PythonTests {
    @Test func aColdAndAWarmInvocation() async throws {
        let code = """
            count = 0
            def handler(event, context):
                global count
                count += 1
                print('in', event['a'])
                return {'b': event['a'], 'count': count, 'left': context.get_remaining_time_in_millis() > 1000}
            """
        try await Rig.python(code) { rig in
            #expect(try await rig.post("f", #"{"a":1}"#).text == #"{"b": 1, "count": 1, "left": true}"#)
            await rig.recorder.wait(for: .report)
            #expect(try await rig.post("f", #"{"a":2}"#).text == #"{"b": 2, "count": 2, "left": true}"#)
            await rig.recorder.wait(for: .report, count: 2)
            let reports = try rig.recorder.payloads(.report)
            #expect(reports.map { $0["metrics"]?["initDurationMs"] != nil } == [true, false])
            let lines = rig.recorder.observations.filter { $0.type == .function }
            #expect(lines.map { $0.requestID } == reports.map { $0["requestId"]?.string })
            #expect(try rig.recorder.payloads(.function).map(\.string) == ["in 1", "in 2"])
        }
    }

    @Test func aHandlerThatRaisesKeepsItsEnvironment() async throws {
        let code = """
            count = 0
            def handler(event, context):
                global count
                count += 1
                raise TypeError(f'no {count}')
            """
        try await Rig.python(code) { rig in
            for number in 1...2 {
                let response = try await rig.post()
                #expect(response.headers["X-Amz-Function-Error"] == "Unhandled")
                #expect(response.json?["errorType"]?.string == "TypeError")
                #expect(response.json?["errorMessage"]?.string == "no \(number)")
                await rig.recorder.wait(for: .report, count: number)
            }
            #expect(try rig.recorder.payloads(.initStart).count == 1)
        }
    }

    @Test(arguments: [
        ("os._exit(0)", "Runtime exited without providing a reason"),
        ("sys.exit(3)", "Runtime exited with error: exit status 3"),
        ("os.kill(os.getpid(), 9)", "Runtime exited with error: signal: killed"),
    ])
    func aProcessThatEndsIsReportedAndStartedAgain(code: String, reason: String) async throws {
        let source = """
            import os, sys
            def handler(event, context):
                if event.get('end'): \(code)
                return 1
            """
        try await Rig.python(source) { rig in
            let response = try await rig.post("f", #"{"end":true}"#)
            let requestID = response.headers["x-amzn-RequestId"] ?? "?"
            #expect(
                response.text
                    == #"{"errorType":"Runtime.ExitError","errorMessage":"RequestId: \#(requestID) Error: \#(reason)"}"#
            )
            #expect(try await rig.post("f", "{}").text == "1")
        }
    }

    @Test(arguments: [
        ("def handler(event, context)", "Runtime.UserCodeSyntaxError"),
        ("other = 1", "Runtime.HandlerNotFound"),
        ("import surely_missing", "Runtime.ImportModuleError"),
    ])
    func codeThatCannotBeLoadedIsNamedAndTheNextSaveMendsIt(code: String, type: String) async throws {
        try await Rig.python(code) { rig in
            let response = try await rig.post()
            #expect(response.headers["X-Amz-Function-Error"] == "Unhandled")
            #expect(response.json?["errorType"]?.string == type)
            await rig.recorder.wait(for: .report)
            let mended = "def handler(event, context): return 5"
            try Data(mended.utf8).write(to: rig.folder.appendingPathComponent("app.py"))
            #expect(try await rig.post().text == "5")
        }
    }

    /// Lambda has it. That this machine has it, too, is nothing that a test may ask for or rule out.
    @Test(arguments: ["import", "handler"]) func whatIsMissingHereAndThereOnLambdaIsExplained(when: String) async throws
    {
        let missing = "raise ModuleNotFoundError(\"No module named 'boto3'\", name='boto3')"
        let code = when == "import" ? missing : "def handler(event, context): \(missing)"
        try await Rig.python(code) { rig in
            let response = try await rig.post()
            #expect(response.json?["errorMessage"]?.string?.hasSuffix("No module named 'boto3'") == true)
            await rig.recorder.wait(for: .report)
            let lines = try rig.recorder.payloads(.function).compactMap(\.string)
            #expect(lines.contains { $0.hasPrefix("lmon: boto3 is there on Lambda, but not for ") })
            #expect(lines.contains { $0.hasSuffix(" -m pip install boto3") })
        }
    }
}
