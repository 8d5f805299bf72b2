import LmonJSON
import LmonRecord

/// What `invocation.event` and `invocation.result` hold: a body, itself or under `body`, and how it ended.
struct ResultPayload {
    var body = Body()
    var outcome: String?
    var errorType: String?
    var errorMessage: String?
    var deadline: Timestamp?
    var functionARN: String?
    var trace: String?
    private var saysError: Bool?

    init(_ record: Record) {
        var scanner = record.scanner
        do {
            try scanner.members { key, value throws(JSONError) in try self.read(key, &value) }
        } catch {
            // As in `PlatformPayload`: what was read counts.
        }
    }

    var isError: Bool {
        if let saysError { return saysError }
        if let outcome { return !["response", "success", "ok", "complete"].contains(outcome) }
        return self.errorType != nil
    }

    private mutating func read(_ key: String, _ value: inout JSONScanner) throws(JSONError) {
        switch key {
        case "body": if let body = try Body.scan(&value) { self.body = body }
        case "outcome": self.outcome = try value.lenientString()
        case "error", "isError":
            if try value.kind() == .boolean { self.saysError = try value.bool() } else { try value.skip() }
        case "errorType": self.errorType = try value.lenientString()
        case "errorMessage": self.errorMessage = try value.lenientString()
        case "deadline", "deadlineMs": self.deadline = try value.lenientTimestamp()
        case "functionArn", "invokedFunctionArn", "arn": self.functionARN = try value.lenientString()
        case "trace", "traceId": self.trace = try value.lenientString()
        default: try self.body.read(key, &value)
        }
    }

    /// The members of Lambda's error object, where the result is one and nothing else named the error.
    mutating func readErrorFromBody() {
        guard self.isError, self.errorType == nil || self.errorMessage == nil, let text = self.body.text else { return }
        var scanner = JSONScanner(Array(text.utf8))
        var type: String?
        var message: String?
        do {
            try scanner.members { key, value throws(JSONError) in
                switch key {
                case "errorType": type = try value.lenientString()
                case "errorMessage": message = try value.lenientString()
                default: try value.skip()
                }
            }
        } catch {
            // A truncated body still names its error first.
        }
        self.errorType = self.errorType ?? type
        self.errorMessage = self.errorMessage ?? message
    }
}
