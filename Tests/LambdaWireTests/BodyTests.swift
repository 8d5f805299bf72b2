import LambdaWire
import LmonJSON
import Testing

@Suite struct BodyTests {
    @Test func aRefusalIsWrittenAsGoWritesIt() {
        #expect(
            text(RuntimeAPIError.invalidRequestID.body)
                == "{\"errorMessage\":\"Invalid request ID\",\"errorType\":\"InvalidRequestID\"}\n"
        )
        let odd = RuntimeAPIError(status: 400, errorType: "T", errorMessage: "<a href=\"&\">\u{1}\n\u{2028}")
        #expect(
            text(odd.body)
                == #"{"errorMessage":"\u003ca href=\"\u0026\"\u003e\u0001\n\u2028","errorType":"T"}"# + "\n"
        )
    }

    @Test(arguments: [
        (InvokeAPIError.functionNotFound(arn: "arn:x"), 404, "ResourceNotFoundException", "Message"),
        (.notJSON(JSONError(.unexpectedEnd, at: 3)), 400, "InvalidRequestContentException", "message"),
        (.tooLarge(bytes: 7, isAsynchronous: false), 413, "RequestTooLargeException", "message"),
        (.tooManyRequests, 429, "TooManyRequestsException", "message"),
        (.service("x"), 500, "ServiceException", "Message"),
    ])
    func anErrorOfTheService(error: InvokeAPIError, status: Int, type: String, key: String) throws {
        let body = try JSONValue(parsing: error.body)
        #expect(error.status == status)
        #expect(error.type == type)
        #expect(body[key]?.string == error.message)
        #expect(body["Type"]?.string == (status < 500 ? "User" : "Service"))
    }

    @Test(
        arguments: [
            ("Runtime.ImportModuleError", "Runtime.ImportModuleError"), ("Function.Custom", "Function.Custom"),
            ("Function.x", "Function.Unknown"), ("unhandled", "Runtime.Unknown"), (nil, "Runtime.Unknown"),
            ("xRuntime.Abc", "xRuntime.Abc"), ("Runtime.A", "Runtime.Unknown"), ("", "Runtime.Unknown"),
        ] as [(String?, String)]
    )
    func theTypeOfAReportedError(header: String?, expected: String) {
        #expect(ReportedError.normalizedType(header) == expected)
    }

    @Test(
        arguments: [
            (#"{"errorMessage":"m"}"#, nil, #"{"errorMessage":"m"}"#, "application/json"),
            ("oops", nil, "oops", "application/octet-stream"),
            (
                #"{"errorMessage":"m","errorCause":{},"stackTrace":[]}"#, "application/vnd.aws.lambda.error.cause+json",
                #"{"errorMessage":"m","stackTrace":[]}"#, "application/json"
            ),
            (
                "oops", "application/vnd.aws.lambda.error.cause+json", #""Invalid error body""#,
                "application/octet-stream"
            ),
        ] as [(String, String?, String, String)]
    )
    func thePayloadOfAReportedError(body: String, type: String?, expected: String, expectedType: String) {
        let payload = ReportedError.payload(Array(body.utf8), contentType: type)
        #expect(text(payload.body) == expected)
        #expect(payload.contentType == expectedType)
    }

    @Test func theHeadersOfNextLeaveOutWhatIsNotKnown() {
        let invocation = Invocation(requestID: "r", invocationID: "n", event: [], functionARN: "arn")
        let names = invocation.nextHeaders(deadline: EpochTime(microseconds: 1_234_567)).map(\.0)
        #expect(
            names == [
                "Content-Type", "Lambda-Runtime-Aws-Request-Id", "Lambda-Runtime-Deadline-Ms",
                "Lambda-Runtime-Invoked-Function-Arn", "Lambda-Runtime-Invocation-Id",
            ]
        )
        #expect(invocation.nextHeaders(deadline: EpochTime(microseconds: 1_234_567))[2].1 == "1234")
    }
}

private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
