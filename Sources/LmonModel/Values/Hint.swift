/// Something about an invocation that its owner may want to change, read from data that is there anyway.
package struct Hint: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// Calls one after the other that could overlap.
        case sequentialCalls(count: Int, savedMilliseconds: Double)
        case repeatedURL(count: Int, url: String)
        case notAwaited(count: Int)
        /// What an invocation waited for until its time was up.
        case unanswered(host: String, milliseconds: Double)
        case retryStorm(attempts: Int, host: String)
        case newConnections(count: Int, tls: Bool, host: String)
        /// `message` is the service's own, or empty.
        case accessDenied(host: String, message: String)
        case hostNotFound(host: String)
        /// What came is not what was asked for, or not what it says it is.
        case wrongContentType(host: String, type: String)
        case responseTooLarge(bytes: Int, limit: Int)
        case requestTooLarge(host: String, bytes: Int?)
        /// `name` is nil where only its effect was seen.
        case missingVariable(name: String?)
        case memoryNearLimit(used: Int, limit: Int)
        case memoryFarBelowLimit(used: Int, limit: Int)
    }

    package let kind: Kind
    /// The calls that it is about.
    package let calls: [String]

    package init(_ kind: Kind, calls: [String] = []) {
        self.kind = kind
        self.calls = calls
    }
}
