import LmonJSON

/// The Extensions API, version 2020-01-01, and the Telemetry API, 2022-07-01.
package enum ExtensionRoute: Hashable, Sendable {
    case register
    case next
    case initError
    case exitError
    case telemetry
    /// The Logs API, 2020-08-15, which the Telemetry API has replaced: answered as AWS's own emulator does.
    case logs

    /// `target` is the request line's: a path, with or without a query.
    package static func match(method: String, target: String) -> RouteMatch<ExtensionRoute> {
        let path = String(target.prefix { $0 != "?" })
        switch path {
        case "/2020-01-01/extension/register": return method == "POST" ? .route(.register) : .wrongMethod
        case "/2020-01-01/extension/event/next": return method == "GET" ? .route(.next) : .wrongMethod
        case "/2020-01-01/extension/init/error": return method == "POST" ? .route(.initError) : .wrongMethod
        case "/2020-01-01/extension/exit/error": return method == "POST" ? .route(.exitError) : .wrongMethod
        case "/2022-07-01/telemetry": return method == "PUT" ? .route(.telemetry) : .wrongMethod
        case "/2020-08-15/logs": return method == "PUT" ? .route(.logs) : .wrongMethod
        default: return .notFound
        }
    }
}

/// The body of a registration: `{"events": ["INVOKE", "SHUTDOWN"]}`, of which `events` may be missing.
package struct ExtensionRegistration: Hashable, Sendable {
    package let events: Set<ExtensionEventType>

    package init(parsing body: [UInt8]) throws(ExtensionsAPIError) {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: body)
        } catch {
            throw .invalidRequest(error.offset >= body.count ? "unexpected end of JSON input" : "\(error)")
        }
        guard value.object != nil else { throw .invalidRequest("a registration is a JSON object") }
        guard value["configurationKeys"]?.array?.isEmpty != false else {
            throw .invalidRequest("configurationKeys are deprecated; use environment variables instead")
        }
        var events: Set<ExtensionEventType> = []
        for element in value["events"]?.array ?? [] {
            guard let name = element.string else { throw .invalidRequest("events are strings") }
            guard let event = ExtensionEventType(rawValue: name) else { throw .invalidEvent(name) }
            events.insert(event)
        }
        self.events = events
    }
}

/// What `event/next` is answered with.
package enum ExtensionEvent: Hashable, Sendable {
    case invoke(requestID: String, deadline: EpochTime, functionARN: String, traceID: String?)
    /// `reason` is `spindown`, `timeout` or `failure`.
    case shutdown(reason: String, deadline: EpochTime)

    package var body: [UInt8] {
        JSONWriter.object { writer in
            switch self {
            case .invoke(let requestID, let deadline, let functionARN, let traceID):
                writer.member("eventType", "INVOKE")
                writer.member("deadlineMs", Int(deadline.milliseconds))
                writer.member("requestId", requestID)
                writer.member("invokedFunctionArn", functionARN)
                guard let traceID else { return }
                writer.object("tracing") {
                    $0.member("type", "X-Amzn-Trace-Id")
                    $0.member("value", traceID)
                }
            case .shutdown(let reason, let deadline):
                writer.member("eventType", "SHUTDOWN")
                writer.member("deadlineMs", Int(deadline.milliseconds))
                writer.member("shutdownReason", reason)
            }
        }
    }
}
