/// The names of Lambda's HTTP headers, spelled as the service sends them; compare them without regard to case.
package enum LambdaHeader {
    // Runtime API: what `next` answers with.
    package static let requestID = "Lambda-Runtime-Aws-Request-Id"
    package static let deadline = "Lambda-Runtime-Deadline-Ms"
    package static let invokedFunctionARN = "Lambda-Runtime-Invoked-Function-Arn"
    package static let traceID = "Lambda-Runtime-Trace-Id"
    package static let clientContext = "Lambda-Runtime-Client-Context"
    package static let cognitoIdentity = "Lambda-Runtime-Cognito-Identity"
    package static let tenantID = "Lambda-Runtime-Aws-Tenant-Id"
    /// Names one attempt; a client that knows it sends it back with its response (July 2026).
    package static let invocationID = "Lambda-Runtime-Invocation-Id"

    // Runtime API: what a runtime sends.
    package static let responseMode = "Lambda-Runtime-Function-Response-Mode"
    package static let errorType = "Lambda-Runtime-Function-Error-Type"
    /// A trailer: base64 of the error's JSON.
    package static let errorBody = "Lambda-Runtime-Function-Error-Body"

    // Invoke API.
    package static let invocationType = "X-Amz-Invocation-Type"
    package static let logType = "X-Amz-Log-Type"
    package static let callerClientContext = "X-Amz-Client-Context"
    package static let callerTenantID = "X-Amz-Tenant-Id"
    package static let callerTraceID = "X-Amzn-Trace-Id"
    package static let functionError = "X-Amz-Function-Error"
    package static let executedVersion = "X-Amz-Executed-Version"
    package static let logResult = "X-Amz-Log-Result"
    package static let serviceRequestID = "x-amzn-RequestId"
    package static let serviceErrorType = "X-Amzn-ErrorType"
}

/// Sizes that AWS fixes, in bytes.
package enum LambdaLimit {
    /// A buffered response, inclusive: 6 MiB and 100 bytes.
    package static let responseBytes = 6 * 1024 * 1024 + 100
    /// The event of a synchronous invocation.
    package static let eventBytes = 6 * 1024 * 1024
    /// The event of an asynchronous invocation.
    package static let asynchronousEventBytes = 1024 * 1024
    /// What `X-Amz-Log-Result` holds before base64.
    package static let logTailBytes = 4096
    /// Base64 of the client context.
    package static let clientContextBytes = 3583
}
