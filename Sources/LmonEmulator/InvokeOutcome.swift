import LambdaLifecycle
import LambdaWire

/// What an invocation within this process came to.
package struct InvokeOutcome: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case response
        /// The body is an error object, if the function made one.
        case functionError
        /// Accepted; it runs later.
        case queued
        /// The Invoke API refused it.
        case refused(status: Int, type: String, message: String)
    }
    package var kind: Kind
    package var requestID: String
    package var body: [UInt8] = []
    /// The last 4 KiB of the log, if it was asked for.
    package var logTail: [UInt8]?

    package init(kind: Kind, requestID: String, body: [UInt8] = [], logTail: [UInt8]? = nil) {
        self.kind = kind
        self.requestID = requestID
        self.body = body
        self.logTail = logTail
    }

    init(_ outcome: Outcome, requestID: String, logTail: [UInt8]?) {
        switch outcome {
        case .success(let body, _):
            self.init(kind: .response, requestID: requestID, body: body, logTail: logTail)
        case .functionError(let body, _):
            self.init(kind: .functionError, requestID: requestID, body: body, logTail: logTail)
        case .refused(let error):
            let kind = Kind.refused(status: error.status, type: error.type, message: error.message)
            self.init(kind: kind, requestID: requestID, body: error.body, logTail: logTail)
        }
    }
}
