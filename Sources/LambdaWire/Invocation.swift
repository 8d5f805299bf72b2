/// One attempt to run a function, as the Runtime API hands it to a runtime.
///
/// A class since it is passed on many times, and never changed.
package final class Invocation: Hashable, Sendable {
    package let requestID: String
    /// Unique for each attempt, never equal to the request id.
    package let invocationID: String
    /// The payload, byte for byte.
    package let event: [UInt8]
    package let contentType: String
    /// As invoked, with the qualifier if one was given.
    package let functionARN: String
    package let traceID: String?
    /// JSON text, no longer base64.
    package let clientContext: String?
    package let tenantID: String?
    /// The caller waits for the log's tail, so it is answered when the invocation has ended.
    package let wantsLogTail: Bool
    /// Nobody waits for the outcome; a failed attempt is repeated.
    package let isAsynchronous: Bool
    /// Counts attempts from 1.
    package let attempt: Int

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

    /// The same event once more.
    package func repeated(attempt: Int, invocationID: String) -> Invocation {
        Invocation(
            requestID: self.requestID,
            invocationID: invocationID,
            event: self.event,
            contentType: self.contentType,
            functionARN: self.functionARN,
            traceID: self.traceID,
            clientContext: self.clientContext,
            tenantID: self.tenantID,
            wantsLogTail: self.wantsLogTail,
            isAsynchronous: self.isAsynchronous,
            attempt: attempt
        )
    }

    package static func == (left: Invocation, right: Invocation) -> Bool {
        left === right
            || left.requestID == right.requestID && left.invocationID == right.invocationID
                && left.event == right.event && left.contentType == right.contentType
                && left.functionARN == right.functionARN && left.traceID == right.traceID
                && left.clientContext == right.clientContext && left.tenantID == right.tenantID
                && left.wantsLogTail == right.wantsLogTail && left.isAsynchronous == right.isAsynchronous
                && left.attempt == right.attempt
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(self.requestID)
        hasher.combine(self.attempt)
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
