import LambdaWire
import LmonHTTP
import LmonJSON
import LmonRecord
import LmonTestSupport
import Testing

/// The Runtime API over sockets, with the test in the runtime's place.
@Suite(.exclusive, .timeLimit(.minutes(1))) struct RuntimeAPITests {
    @Test func nextWaitsAndThenHasTheEventWithItsHeaders() async throws {
        try await Rig.standIn { rig in
            async let invocation = rig.post(
                "f:live",
                #"{"a":1}"#,
                headers: ["X-Amzn-Trace-Id": "Root=1-2-3", "X-Amz-Client-Context": "eyJhIjogMX0="]
            )
            let port = try await rig.runtimePort()
            let next = try await rig.call("GET", "invocation/next", port: port)
            #expect(next.status == 200)
            #expect(next.text == #"{"a":1}"#)
            #expect(next.headers["Lambda-Runtime-Trace-Id"] == "Root=1-2-3")
            #expect(next.headers["Lambda-Runtime-Client-Context"] == #"{"a":1}"#)
            #expect(next.headers["Content-Type"] == "application/json")
            let arn = "arn:aws:lambda:us-east-1:123456789012:function:f:live"
            #expect(next.headers["Lambda-Runtime-Invoked-Function-Arn"] == arn)
            #expect(next.headers["Lambda-Runtime-Deadline-Ms"].flatMap { Int($0) } ?? 0 > 1_700_000_000_000)
            let answer = try await rig.call(
                "POST",
                "invocation/\(next.requestID)/response",
                port: port,
                headers: ["Content-Type": "text/x"],
                body: Array("42".utf8)
            )
            #expect(answer.status == 202)
            #expect(answer.text == "{\"status\":\"OK\"}\n")
            let response = try await invocation
            #expect(response.status == 200)
            #expect(response.text == "42")
            #expect(response.headers["Content-Type"] == "text/x")
            #expect(response.headers["X-Amz-Executed-Version"] == "$LATEST")
            #expect(response.headers["x-amzn-RequestId"] == next.requestID)
            #expect(response.headers["X-Amz-Function-Error"] == nil)
        }
    }

    @Test func twoCallsOfNextBothWait() async throws {
        try await Rig.standIn { rig in
            async let first = rig.post()
            let port = try await rig.runtimePort()
            let event = try await rig.call("GET", "invocation/next", port: port)
            _ = try await rig.call("POST", "invocation/\(event.requestID)/response", port: port)
            _ = try await first
            async let one = rig.call("GET", "invocation/next", port: port)
            async let two = rig.call("GET", "invocation/next", port: port)
            while try await rig.state()["functions"]?[0]?["environments"]?[0]?["openPolls"]?.int != 2 {}
            async let second = rig.post()
            let (left, right) = try await (one, two)
            #expect(left.requestID == right.requestID)
            _ = try await rig.call("POST", "invocation/\(left.requestID)/response", port: port)
            #expect(try await second.status == 200)
        }
    }

    @Test func callsAtTheWrongMomentAreRefusedInLambdasWords() async throws {
        try await Rig.standIn { rig in
            async let invocation = rig.post()
            let port = try await rig.runtimePort()
            let early = try await rig.call("POST", "invocation/x/response", port: port)
            #expect(early.status == 400)
            #expect(early.text == "{\"errorMessage\":\"Invalid request ID\",\"errorType\":\"InvalidRequestID\"}\n")
            let event = try await rig.call("GET", "invocation/next", port: port)
            let again = try await rig.call("GET", "invocation/next", port: port)
            #expect(again.requestID == event.requestID)
            #expect(try await rig.call("POST", "init/error", port: port).status == 403)
            let path = "invocation/\(event.requestID)"
            let stale = try await rig.call(
                "POST",
                "\(path)/response",
                port: port,
                headers: ["Lambda-Runtime-Invocation-Id": "other"]
            )
            #expect(stale.status == 410)
            let nonce = event.headers["Lambda-Runtime-Invocation-Id"] ?? ""
            let echoed = try await rig.call(
                "POST",
                "\(path)/response",
                port: port,
                headers: ["Lambda-Runtime-Invocation-Id": nonce]
            )
            #expect(echoed.status == 202)
            let second = try await rig.call("POST", "\(path)/error", port: port)
            #expect(second.status == 403)
            #expect(second.json?["errorType"]?.string == "InvalidStateTransition")
            #expect(
                second.json?["errorMessage"]?.string
                    == "State transition from RuntimeResponseSentState to InvocationErrorResponse failed for runtime. "
                    + "Error: State transition is not allowed"
            )
            #expect(try await invocation.status == 200)
        }
    }

    @Test func pathsThatAreNone() async throws {
        try await Rig.standIn { rig in
            async let invocation = rig.post()
            let port = try await rig.runtimePort()
            #expect(try await rig.call("GET", "restore/next", port: port).status == 404)
            #expect(try await rig.call("GET", "invocation/x/response", port: port).status == 405)
            let event = try await rig.call("GET", "invocation/next", port: port)
            _ = try await rig.call("POST", "invocation/\(event.requestID)/response", port: port)
            #expect(try await invocation.status == 200)
        }
    }

    @Test(arguments: [LambdaLimit.responseBytes, LambdaLimit.responseBytes + 1])
    func theLargestResponse(size: Int) async throws {
        try await Rig.standIn { rig in
            async let invocation = rig.post()
            let port = try await rig.runtimePort()
            let event = try await rig.call("GET", "invocation/next", port: port)
            let body = [UInt8](repeating: UInt8(ascii: "x"), count: size)
            let answer = try await rig.call("POST", "invocation/\(event.requestID)/response", port: port, body: body)
            let response = try await invocation
            if size <= LambdaLimit.responseBytes {
                #expect(answer.status == 202)
                #expect(response.body.count == size)
            } else {
                #expect(answer.status == 413)
                #expect(answer.json?["errorType"]?.string == "RequestEntityTooLarge")
                #expect(response.headers["X-Amz-Function-Error"] == "Unhandled")
                #expect(response.json?["errorType"]?.string == "Function.ResponseSizeTooLarge")
            }
            let result = try #require(try rig.recorder.payloads(.invocationResult).first)
            #expect(result["size"]?.int == response.body.count)
        }
    }

    @Test func onlyStreamingIsAMode() async throws {
        try await Rig.standIn { rig in
            async let invocation = rig.post()
            let port = try await rig.runtimePort()
            let event = try await rig.call("GET", "invocation/next", port: port)
            let answer = try await rig.call(
                "POST",
                "invocation/\(event.requestID)/response",
                port: port,
                headers: ["Lambda-Runtime-Function-Response-Mode": "buffered"]
            )
            #expect(answer.status == 400)
            #expect(answer.json?["errorType"]?.string == "InvalidFunctionResponseMode")
            #expect(try await invocation.json?["errorType"]?.string == "Runtime.InvalidResponseModeHeader")
        }
    }

    @Test func aStreamedResponseMayFailOnTheWay() async throws {
        try await Rig.standIn { rig in
            async let invocation = rig.post()
            let port = try await rig.runtimePort()
            let event = try await rig.call("GET", "invocation/next", port: port)
            // The trailer is base64 of {"errorType":"E"}.
            let answer = try await Raw.exchange(
                port: port,
                """
                POST /2018-06-01/runtime/invocation/\(event.requestID)/response HTTP/1.1\r
                Host: x\r
                Lambda-Runtime-Function-Response-Mode: streaming\r
                Transfer-Encoding: chunked\r
                Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body\r
                \r
                4\r
                part\r
                0\r
                Lambda-Runtime-Function-Error-Type: E\r
                Lambda-Runtime-Function-Error-Body: eyJlcnJvclR5cGUiOiJFIn0=\r
                \r

                """
            )
            #expect(answer.hasPrefix("HTTP/1.1 202"))
            let response = try await invocation
            #expect(response.headers["X-Amz-Function-Error"] == "Unhandled")
            #expect(response.text == #"{"errorType":"E"}"#)
        }
    }

    @Test func aStreamThatIsCutOffFailsTheInvocation() async throws {
        try await Rig.standIn { rig in
            async let invocation = rig.post()
            let port = try await rig.runtimePort()
            let event = try await rig.call("GET", "invocation/next", port: port)
            try await Raw.send(
                port: port,
                "POST /2018-06-01/runtime/invocation/\(event.requestID)/response HTTP/1.1\r\nHost: x\r\n"
                    + "Lambda-Runtime-Function-Response-Mode: streaming\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n"
            )
            #expect(try await invocation.json?["errorType"]?.string == "Runtime.TruncatedResponse")
        }
    }

    @Test func anInitErrorIsGivenToTheInvokerAfterTheSecondTry() async throws {
        try await Rig.standIn { rig in
            async let invocation = rig.post()
            for generation in 1...2 {
                let port = try await rig.runtimePort(generation: generation)
                let body = Array(#"{"errorType":"Boom","errorMessage":"m"}"#.utf8)
                let headers: HTTPHeaders = ["Lambda-Runtime-Function-Error-Type": "Runtime.Boom"]
                #expect(
                    try await rig.call("POST", "init/error", port: port, headers: headers, body: body).status == 202
                )
                #expect(
                    try await rig.call("POST", "init/error", port: port, headers: headers, body: body).status == 403
                )
                #expect(try await rig.call("GET", "invocation/next", port: port).status == 403)
            }
            let response = try await invocation
            #expect(response.headers["X-Amz-Function-Error"] == "Unhandled")
            #expect(response.text == #"{"errorType":"Boom","errorMessage":"m"}"#)
            #expect(try rig.recorder.payloads(.initReport).map { $0["phase"]?.string } == ["init", "invoke"])
            #expect(try rig.recorder.payloads(.report).first?["errorType"]?.string == "Runtime.Boom")
        }
    }
}
