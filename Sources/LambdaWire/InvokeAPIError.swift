package import LmonJSON

/// An error of the Invoke API itself, as opposed to one of the function.
package struct InvokeAPIError: Error, Hashable, Sendable {
    package let status: Int
    /// The value of `X-Amzn-ErrorType`.
    package let type: String
    package let message: String
    package let body: [UInt8]

    /// `key` is `Message` or `message`: the service model is not of one mind.
    private init(_ status: Int, _ type: String, _ message: String, key: StaticString = "message", reason: String? = nil)
    {
        self.status = status
        self.type = type
        self.message = message
        self.body = JSONWriter.object {
            $0.member("Reason", reason)
            $0.member("Type", status >= 500 ? "Service" : "User")
            $0.member(key, message)
        }
    }

    package static func functionNotFound(arn: String) -> InvokeAPIError {
        InvokeAPIError(404, "ResourceNotFoundException", "Function not found: \(arn)", key: "Message")
    }

    package static func notJSON(_ error: JSONError) -> InvokeAPIError {
        InvokeAPIError(
            400,
            "InvalidRequestContentException",
            "Could not parse request body into json: \(error) at byte \(error.offset)"
        )
    }

    package static func invalidParameter(_ message: String) -> InvokeAPIError {
        InvokeAPIError(400, "InvalidParameterValueException", message)
    }

    package static func tooLarge(bytes: Int, isAsynchronous: Bool) -> InvokeAPIError {
        let limit = isAsynchronous ? LambdaLimit.asynchronousEventBytes : LambdaLimit.eventBytes
        let type = isAsynchronous ? "Event" : "RequestResponse"
        return InvokeAPIError(
            413,
            "RequestTooLargeException",
            "\(bytes) byte payload is too large for the \(type) invocation type (limit \(limit) bytes)"
        )
    }

    package static let tooManyRequests = InvokeAPIError(
        429,
        "TooManyRequestsException",
        "Rate Exceeded.",
        reason: "ReservedFunctionConcurrentInvocationLimitExceeded"
    )

    package static func accessDenied(_ message: String) -> InvokeAPIError {
        InvokeAPIError(403, "AccessDeniedException", message, key: "Message")
    }

    package static let unknownOperation = InvokeAPIError(
        404,
        "UnknownOperationException",
        "There is no such operation here.",
        key: "Message"
    )

    package static func service(_ message: String) -> InvokeAPIError {
        InvokeAPIError(500, "ServiceException", message, key: "Message")
    }
}
