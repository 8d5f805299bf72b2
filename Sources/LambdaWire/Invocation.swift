/// One attempt to run a function, as the Runtime API hands it to a runtime.
package struct Invocation: Hashable, Sendable {
    package var requestID: String
    /// Unique for each attempt, never equal to the request id.
    package var invocationID: String
    /// The payload, byte for byte.
    package var event: [UInt8]
    package var contentType: String
    /// As invoked, with the qualifier if one was given.
    package var functionARN: String
    package var traceID: String?
    /// JSON text, no longer base64.
    package var clientContext: String?
    package var tenantID: String?
    /// The caller waits for the log's tail, so it is answered when the invocation has ended.
    package var wantsLogTail: Bool
    /// Nobody waits for the outcome; a failed attempt is repeated.
    package var isAsynchronous: Bool
    /// Counts attempts from 1.
    package var attempt: Int

    package init(
        requestID: String,
        invocationID: String,
        event: [UInt8],
        contentType: String = "application/json",
        functionARN: String,
        traceID: String? = nil,
        clientContext: String? = nil,
        tenantID: String? = nil,
        wantsLogTail: Bool = false,
        isAsynchronous: Bool = false,
        attempt: Int = 1
    ) {
        self.requestID = requestID
        self.invocationID = invocationID
        self.event = event
        self.contentType = contentType
        self.functionARN = functionARN
        self.traceID = traceID
        self.clientContext = clientContext
        self.tenantID = tenantID
        self.wantsLogTail = wantsLogTail
        self.isAsynchronous = isAsynchronous
        self.attempt = attempt
    }

    /// The headers of the answer to `next`; what is not known is left out.
    package func nextHeaders(deadline: EpochTime) -> [(String, String)] {
        var headers = [
            ("Content-Type", self.contentType),
            (LambdaHeader.requestID, self.requestID),
            (LambdaHeader.deadline, String(deadline.milliseconds)),
            (LambdaHeader.invokedFunctionARN, self.functionARN),
            (LambdaHeader.invocationID, self.invocationID),
        ]
        if let traceID = self.traceID { headers.append((LambdaHeader.traceID, traceID)) }
        if let context = self.clientContext { headers.append((LambdaHeader.clientContext, context)) }
        if let tenantID = self.tenantID { headers.append((LambdaHeader.tenantID, tenantID)) }
        return headers
    }
}
