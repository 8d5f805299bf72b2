/// A refusal of the Runtime API; status, type and message are AWS's own.
package struct RuntimeAPIError: Error, Hashable, Sendable {
    package let status: Int
    package let errorType: String
    package let errorMessage: String

    package init(status: Int, errorType: String, errorMessage: String) {
        self.status = status
        self.errorType = errorType
        self.errorMessage = errorMessage
    }

    package static let invalidRequestID = RuntimeAPIError(
        status: 400,
        errorType: "InvalidRequestID",
        errorMessage: "Invalid request ID"
    )
    package static let invalidResponseMode = RuntimeAPIError(
        status: 400,
        errorType: "InvalidFunctionResponseMode",
        errorMessage: "Invalid function response mode"
    )
    package static let truncated = RuntimeAPIError(
        status: 400,
        errorType: "TruncatedHTTPRequest",
        errorMessage: "HTTP request detected as truncated"
    )
    /// The echoed invocation id is an earlier attempt's.
    package static let staleInvocation = RuntimeAPIError(
        status: 410,
        errorType: "InvokeTimeout",
        errorMessage: "Invoke timeout"
    )
    package static let responseTooLarge = RuntimeAPIError(
        status: 413,
        errorType: "RequestEntityTooLarge",
        errorMessage: "Exceeded maximum allowed payload size (\(LambdaLimit.responseBytes) bytes)."
    )
    /// Telemetry can be subscribed to during init only.
    package static let subscriptionClosed = RuntimeAPIError(
        status: 403,
        errorType: "Telemetry.SubscriptionClosed",
        errorMessage: "Telemetry API subscription is closed"
    )
    /// Status 202 by AWS's own choice: extensions go on without logs.
    package static let logsNotSupported = RuntimeAPIError(
        status: 202,
        errorType: "Logs.NotSupported",
        errorMessage: "Logs API is not supported"
    )
    package static let internalServerError = RuntimeAPIError(
        status: 500,
        errorType: "InternalServerError",
        errorMessage: "Internal Server Error"
    )

    package static func invalidStateTransition(from state: RuntimeState, to target: RuntimeState) -> RuntimeAPIError {
        RuntimeAPIError(
            status: 403,
            errorType: "InvalidStateTransition",
            errorMessage: "State transition from \(state.rawValue) to \(target.rawValue) failed for runtime. "
                + "Error: State transition is not allowed"
        )
    }

    /// JSON as Go's encoder writes it, with the line feed.
    package var body: [UInt8] {
        goJSONObject([("errorMessage", self.errorMessage), ("errorType", self.errorType)])
    }

    /// What every accepted POST is answered with (status 202); some clients crash on an empty body.
    package static let acceptedBody = Array("{\"status\":\"OK\"}\n".utf8)
}

/// A runtime's states, by the names that appear in messages.
package enum RuntimeState: String, Hashable, Sendable {
    case started = "Started"
    case initError = "InitError"
    case ready = "Ready"
    case running = "Running"
    case invocationResponse = "InvocationResponse"
    case invocationErrorResponse = "InvocationErrorResponse"
    case responseSent = "RuntimeResponseSentState"
}

/// Go's encoder escapes `<`, `>`, `&` and the two separators that JavaScript once minded, and ends with a line feed.
private func goJSONObject(_ members: [(String, String)]) -> [UInt8] {
    var text = "{"
    for (index, (key, value)) in members.enumerated() {
        if index > 0 { text += "," }
        text += "\"\(key)\":\"\(goEscaped(value))\""
    }
    return Array((text + "}\n").utf8)
}

private func goEscaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": escaped += "\\\""
        case "\\": escaped += "\\\\"
        case "\n": escaped += "\\n"
        case "\r": escaped += "\\r"
        case "\t": escaped += "\\t"
        case "<", ">", "&", "\u{2028}", "\u{2029}", "\u{0}"..."\u{1F}":
            let digits = String(scalar.value, radix: 16)
            escaped += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: escaped.unicodeScalars.append(scalar)
        }
    }
    return escaped
}
