package import LambdaWire

/// What an invoker gets.
package enum Outcome: Hashable, Sendable {
    /// What the handler returned.
    case success(body: [UInt8], contentType: String)
    /// The handler threw, or Lambda says what went wrong.
    case functionError(body: [UInt8], contentType: String)
    /// The service gave up: throttled, or shut down meanwhile.
    case refused(InvokeAPIError)

    static func functionError(_ error: FunctionError) -> Outcome {
        .functionError(body: error.body, contentType: "application/json")
    }

    package var isFunctionError: Bool {
        switch self {
        case .functionError: true
        case .success, .refused: false
        }
    }
}
