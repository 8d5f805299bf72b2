package import LmonRecord

/// One HTTP call of a function. Everything that was not observed is nil.
package struct Call: Hashable, Sendable, Identifiable {
    /// `<pid>-<thread>-<counter>`, one of a kind within its environment.
    package let id: String
    /// Where it started.
    package let invocation: InvocationID

    package var method: String?
    package var url: URLText?
    package var requestHeaders: [Header]?
    package var requestBody: Body?
    /// `node:http`, `node:undici` …
    package var client: String?
    /// For AWS SDK calls: `DynamoDB`, `GetItem`.
    package var service: String?
    package var operation: String?
    /// From 1, where the client says that it tries again.
    package var attempt: Int?
    package var matchKey: String?

    package var status: Int?
    package var httpVersion: String?
    package var responseHeaders: [Header]?
    package var responseBody: Body?
    package var connection: Connection?

    package var start: Timestamp?
    /// When its end was reported: the moment of the end itself unless `outcome` is `unread`.
    package var end: Timestamp?
    package var timings = Timings()
    package var sizes = Sizes()
    package var outcome: Outcome?
    package var error: Failure?

    /// Its environment ended while it was open, and nobody reported how it ended.
    package var isCut = false
    /// Set if it ended after its invocation did, or was open while the environment stood still.
    package var lateness: Lateness?
    /// Of the records that told of its start and its end.
    var startSequence: Int?
    var endSequence: Int?

    package init(id: String, invocation: InvocationID) {
        self.id = id
        self.invocation = invocation
    }
}

extension Call {
    /// What became of a call, in the interceptor's words.
    package enum Outcome: Hashable, Sendable, CustomStringConvertible {
        case complete
        /// The response came, and nobody read its body.
        case unread
        case aborted
        case error
        case other(String)

        package init(_ name: String) {
            switch name {
            case "complete": self = .complete
            case "unread": self = .unread
            case "aborted": self = .aborted
            case "error": self = .error
            default: self = .other(name)
            }
        }

        package var description: String {
            switch self {
            case .complete: "complete"
            case .unread: "unread"
            case .aborted: "aborted"
            case .error: "error"
            case .other(let name): name
            }
        }
    }

    /// Milliseconds from the start of the call.
    package struct Timings: Hashable, Sendable {
        package var dns: Double?
        package var connect: Double?
        package var tls: Double?
        package var firstByte: Double?
        package var end: Double?

        package init() {}
    }

    /// Bytes on the wire, as far as they were counted.
    package struct Sizes: Hashable, Sendable {
        package var request: Int?
        package var response: Int?

        package init() {}
    }

    package struct Connection: Hashable, Sendable {
        package var id: String?
        package var isReused: Bool?
        package var remote: String?

        package init() {}
    }

    package struct Failure: Hashable, Sendable {
        /// dns, connect, tls, send, receive, timeout.
        package var phase: String?
        package var code: String?
        package var message: String?

        package init() {}
    }

    package struct Lateness: Hashable, Sendable {
        /// The invocation in progress when it ended; nil if none was, or if it is open still.
        package var endedIn: InvocationID?
        package var crossedFreeze = false

        package init() {}
    }

    package var isInFlight: Bool { self.outcome == nil && self.end == nil && !self.isCut }
    package var isLate: Bool { self.lateness != nil }

    /// No answer, or one of the server's errors.
    package var isFailed: Bool {
        if self.outcome == .error || self.outcome == .aborted || self.error != nil { return true }
        return (self.status ?? 0) >= 500
    }

    /// An answer that may be meant: 4xx.
    package var isRefused: Bool { (400..<500).contains(self.status ?? 0) }

    /// Milliseconds, once it has ended.
    package var duration: Double? {
        if let end = self.timings.end { return end }
        guard let start, let end, self.outcome != .unread else { return nil }
        return end.milliseconds(since: start)
    }

    package var responseSize: Int? { self.sizes.response ?? self.responseBody?.size }
    package var requestSize: Int? { self.sizes.request ?? self.requestBody?.size }
}
