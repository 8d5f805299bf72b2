import Foundation
import Testing

extension EndToEndTests {
    @Suite struct TailFilterTests {
        private let workspace: Workspace

        init() throws {
            self.workspace = try Workspace()
        }

        /// Three invocations: `r1` of orders calls and is answered 200, `r2` of payment 502, `r3` of orders logs and fails.
        private static let records: [String] = {
            var lines: [String] = []
            func add(_ function: String, _ request: String, _ type: String, _ record: String) {
                let number = lines.count + 1
                let time = "2026-11-23T10:00:\(10 + number).000Z"
                lines.append(
                    #"{"v":1,"environment":"E1","sequence":\#(number),"function":"\#(function)","time":"\#(time)","type":"\#(type)","requestId":"\#(request)","record":\#(record)}"#
                )
            }
            func add(_ function: String, _ request: String, _ status: String, calling code: Int?) {
                add(function, request, "platform.start", #"{"requestId":"\#(request)"}"#)
                if let code {
                    let url = "https://\(function).test/v1"
                    add(function, request, "http.request", #"{"callId":"\#(request)","method":"GET","url":"\#(url)"}"#)
                    add(
                        function,
                        request,
                        "http.end",
                        #"{"callId":"\#(request)","status":\#(code),"outcome":"complete"}"#
                    )
                } else {
                    add(function, request, "function", #""now ready""#)
                }
                let end = #"{"requestId":"\#(request)","status":"\#(status)","metrics":{"durationMs":\#(code ?? 900)}}"#
                add(function, request, "platform.runtimeDone", end)
                add(function, request, "platform.report", end)
            }
            add("orders", "r1", "success", calling: 200)
            add("payment", "r2", "success", calling: 502)
            add("orders", "r3", "error", calling: nil)
            return lines
        }()

        private static let input = Self.records.map { $0 + "\n" }.joined()

        private func tail(_ arguments: [String], input: String = Self.input) async throws -> Program.Outcome {
            try await Program.run(["tail", "-"] + arguments, in: self.workspace, input: input)
        }

        @Test(arguments: [
            ("host~payment and status>=500", [5, 6, 7, 8, 9]), ("duration>0.6s", [10, 11, 12, 13]),
            ("not error", [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]), ("type=http.end status=502", [7]),
            ("ready", [10, 11, 12, 13]),
            ("status=404", []),
        ])
        func recordsOfWhatMatchesPassByteForByte(filter: String, expected: [Int]) async throws {
            let outcome = try await self.tail(["--json", "--filter", filter])
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output == expected.map { Self.records[$0] + "\n" }.joined())
        }

        @Test func linesForPeopleAreThoseOfWhatMatches() async throws {
            let outcome = try await self.tail(["--utc", "--filter", "function=orders", "--count", "2"])
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.outputLines.map { $0.contains("payment") }.contains(true) == false)
            #expect(outcome.outputLines.filter { $0.contains(" orders ") }.count == 2)
            #expect(outcome.output.contains("now ready"))
        }

        @Test(arguments: [
            // Options, status, records printed, on standard error.
            (["--until", "status>=500"], 0, 8, "payment r2 matches status>=500\n"),
            (["--fail-on", "status>=500"], 1, 8, "lmon: payment r2 matches status>=500\n"),
            (["--fail-on", "cold"], 0, 14, ""),
            (["--until", "ready", "--fail-on", "error"], 0, 12, "orders r3 matches ready\n"),
            (["--until", "error", "--fail-on", "error"], 1, 13, "lmon: orders r3 matches error\n"),
            (
                ["--filter", "function=payment", "--until", "error"], 1, 5,
                "the source ended before anything matched error\n"
            ),
            (["--until", "not status=200"], 0, 10, "payment r2 matches not status=200\n"),
        ])
        func conditionsEndIt(options: [String], status: Int32, records: Int, errors: String) async throws {
            let outcome = try await self.tail(["--json"] + options)
            #expect(outcome.status == status)
            #expect(outcome.outputLines.count == records)
            #expect(outcome.errors.hasSuffix(errors), "\(outcome.errors)")
        }

        /// Of a deployed function, as it comes: its handler ended well, and then comes what it logged, and that it timed out.
        @Test(arguments: [
            ["--json", "--filter", "not error"], ["--json", "--filter", "not level=error"],
            ["--filter", "not level=error"], ["--json", "--filter", "logs<1"],
            ["--filter", "not error", "--until", "orders"],
            ["--filter", "not error", "--count", "1"], ["--filter", "not error", "--fail-on", "orders"],
        ])
        func theEndOfItsHandlerIsNotTheLastWord(arguments: [String]) async throws {
            let records = [
                ("platform.start", #"{"requestId":"r1"}"#), ("handler.end", #"{"status":"success"}"#),
                ("lmon.overhead", #"{"interceptorMs":0.1}"#),
                ("function", #"{"level":"ERROR","message":"no more time"}"#),
                ("platform.runtimeDone", #"{"requestId":"r1","status":"success"}"#),
                ("platform.report", #"{"requestId":"r1","status":"timeout","metrics":{"durationMs":3000}}"#),
            ]
            let input = records.enumerated().map { index, record in
                """
                {"v":1,"environment":"E1","sequence":\(index + 1),"function":"orders","time":"2026-11-23T10:00:00.000Z",\
                "type":"\(record.0)","requestId":"r1","record":\(record.1)}

                """
            }
            let outcome = try await self.tail(arguments, input: input.joined())
            #expect(outcome.output == "", "\(arguments)")
            let isWaiting = arguments.contains("--until") || arguments.contains("--count")
            #expect(outcome.status == (isWaiting ? 1 : 0), "\(arguments): \(outcome.errors)")
        }

        @Test func whatDoesNotComeInTimeIsStatusThree() async throws {
            let tail = try RunningProgram(["tail", "-", "--until", "cold", "--timeout", "200ms"], in: self.workspace)
            let outcome = try await tail.end()
            #expect(outcome.status == 3)
            #expect(outcome.errors == "lmon: nothing matched cold within 200ms\n")
        }

        @Test func aMistakeIsShownWhereItIs() async throws {
            let outcome = try await self.tail(["--filter", "cold é statsu>=500"])
            #expect(outcome.status == 2)
            #expect(outcome.output == "")
            #expect(
                outcome.errors == """
                    lmon: --filter: no field statsu; did you mean status?
                      cold é statsu>=500
                             ^

                    """
            )
        }

        @Test func aFunctionIsWatchedLiveAndFromItsRecording() async throws {
            try self.workspace.write(Functions.echo, to: "echo/index.mjs")
            let emulator = try await EmulatorProgram.start("echo", in: self.workspace)
            let until = ["--until", "path~items/2 and status=200", "--timeout", "30s"]
            let tail = try RunningProgram(
                ["tail", emulator.tee, "--filter", "function=echo"] + until,
                in: self.workspace
            )
            _ = try await emulator.invoke("echo", #"{"n":1,"call":true}"#)
            _ = try await emulator.invoke("echo", #"{"n":2,"call":true}"#)
            let outcome = try await tail.end()
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output.contains("/items/2"))
            _ = try await emulator.invoke("echo", #"{"n":3,"fail":true}"#)
            _ = try await emulator.stop()
            let recorded = ["tail", "@last", "--filter", "error", "--fail-on", "errorType=TypeError"]
            let failed = try await Program.run(recorded, in: self.workspace)
            #expect(failed.status == 1)
            #expect(failed.errors.hasSuffix(" matches errorType=TypeError\n"))
            #expect(failed.output.contains("TypeError"))
            #expect(!failed.output.contains("/items/1"))
        }
    }
}
