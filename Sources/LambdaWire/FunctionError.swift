import LmonJSON

/// The payload of a failed invocation where Lambda, not the handler, says what went wrong.
package struct FunctionError: Hashable, Sendable {
    package let errorType: String
    package let errorMessage: String

    package init(errorType: String, errorMessage: String) {
        self.errorType = errorType
        self.errorMessage = errorMessage
    }

    package static func timedOut(requestID: String, after limit: EpochTime.Span) -> FunctionError {
        FunctionError(
            errorType: "Sandbox.Timedout",
            errorMessage: "RequestId: \(requestID) Error: Task timed out after "
                + "\(EpochTime.Span(microseconds: limit.microseconds / 1000).logText) seconds"
        )
    }

    package static let responseTooLarge = FunctionError(
        errorType: "Function.ResponseSizeTooLarge",
        errorMessage:
            "Response payload size exceeded maximum allowed payload size (\(LambdaLimit.responseBytes) bytes)."
    )

    package static func invalidResponseMode(requestID: String) -> FunctionError {
        FunctionError(
            errorType: "Runtime.InvalidResponseModeHeader",
            errorMessage: "RequestId: \(requestID) Error: \(RuntimeAPIError.invalidResponseMode.errorMessage)"
        )
    }

    package static func truncatedResponse(requestID: String) -> FunctionError {
        FunctionError(
            errorType: "Runtime.TruncatedResponse",
            errorMessage: "RequestId: \(requestID) Error: \(RuntimeAPIError.truncated.errorMessage)"
        )
    }

    /// The runtime's process ended, or never began.
    package static func fault(_ fault: RuntimeFault, requestID: String) -> FunctionError {
        FunctionError(errorType: fault.errorType, errorMessage: "RequestId: \(requestID) Error: \(fault.reason)")
    }

    package var body: [UInt8] {
        JSONWriter.object {
            $0.member("errorType", self.errorType)
            $0.member("errorMessage", self.errorMessage)
        }
    }
}

/// What ended a runtime that nobody had asked to end.
package struct RuntimeFault: Hashable, Sendable {
    package let errorType: String
    package let reason: String

    package init(errorType: String, reason: String) {
        self.errorType = errorType
        self.reason = reason
    }

    package static func exited(_ exit: RuntimeExit) -> RuntimeFault {
        switch exit {
        case .status(0):
            RuntimeFault(errorType: "Runtime.ExitError", reason: "Runtime exited without providing a reason")
        case .status(let status):
            RuntimeFault(errorType: "Runtime.ExitError", reason: "Runtime exited with error: exit status \(status)")
        case .signal(let number):
            RuntimeFault(
                errorType: "Runtime.ExitError",
                reason: "Runtime exited with error: signal: \(signalName(number))"
            )
        }
    }

    package static let outOfMemory = RuntimeFault(
        errorType: "Runtime.OutOfMemory",
        reason: "Runtime exited with error: signal: killed"
    )

    package static func invalidEntrypoint(_ reason: String) -> RuntimeFault {
        RuntimeFault(errorType: "Runtime.InvalidEntrypoint", reason: reason)
    }
}

/// How a process ended.
package enum RuntimeExit: Hashable, Sendable {
    case status(Int)
    case signal(Int)
}

/// Go's names, which Lambda's messages use.
private func signalName(_ number: Int) -> String {
    switch number {
    case 1: "hangup"
    case 2: "interrupt"
    case 3: "quit"
    case 4: "illegal instruction"
    case 5: "trace/breakpoint trap"
    case 6: "aborted"
    case 7: "bus error"
    case 8: "floating point exception"
    case 9: "killed"
    case 11: "segmentation fault"
    case 13: "broken pipe"
    case 14: "alarm clock"
    case 15: "terminated"
    default: "signal \(number)"
    }
}
