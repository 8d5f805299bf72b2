import LmonJSON
import LmonRecord

/// The members of AWS's platform events and of lmon's lifecycle records that the fold uses, from any of them.
struct PlatformPayload {
    var requestID: String?
    var status: String?
    var errorType: String?
    var spans: [Invocation.Span] = []
    var trace: String?
    var functionARN: String?
    var version: String?
    var initializationType: String?
    var phase: String?
    var runtime: String?
    var name: String?
    var state: String?
    var reason: String?
    var deadline: Timestamp?
    var metrics = Metrics()

    struct Metrics {
        var duration: Double?
        var billed: Double?
        var memoryLimit: Int?
        var memoryUsed: Int?
        var initDuration: Double?
        var restoreDuration: Double?
        var producedBytes: Int?
    }

    /// What could be read; a payload of another shape gives little or nothing.
    init(_ record: Record) {
        var scanner = record.scanner
        do {
            try scanner.members { key, value throws(JSONError) in try self.read(key, &value) }
        } catch {
            // The line was checked when the record was made: only nesting could be refused, and then we have what we have.
        }
    }

    private mutating func read(_ key: String, _ value: inout JSONScanner) throws(JSONError) {
        switch key {
        case "requestId": self.requestID = try value.lenientString()
        case "status": self.status = try value.lenientString()
        case "errorType": self.errorType = try value.lenientString()
        case "spans":
            try value.elements { element throws(JSONError) in
                if let span = try Self.span(&element) { self.spans.append(span) }
            }
        case "tracing":
            try value.members { key, member throws(JSONError) in
                if key == "value" { self.trace = try member.lenientString() } else { try member.skip() }
            }
        case "trace", "traceId": self.trace = try value.lenientString()
        case "functionArn", "invokedFunctionArn", "arn": self.functionARN = try value.lenientString()
        case "version", "functionVersion": self.version = try value.lenientText()
        case "initializationType": self.initializationType = try value.lenientString()
        case "phase": self.phase = try value.lenientString()
        case "runtimeVersion": self.runtime = try value.lenientString()
        case "name": self.name = try value.lenientString()
        case "state": self.state = try value.lenientString()
        case "reason": self.reason = try value.lenientString()
        case "deadline", "deadlineMs": self.deadline = try value.lenientTimestamp()
        case "metrics": try value.members { key, member throws(JSONError) in try self.metrics.read(key, &member) }
        default: try value.skip()
        }
    }

    private static func span(_ scanner: inout JSONScanner) throws(JSONError) -> Invocation.Span? {
        var name: String?
        var start: Timestamp?
        var duration: Double?
        try scanner.members { key, value throws(JSONError) in
            switch key {
            case "name": name = try value.lenientString()
            case "start": start = try value.lenientTimestamp()
            case "durationMs": duration = try value.lenientDouble()
            default: try value.skip()
            }
        }
        guard let name, let start, let duration else { return nil }
        return Invocation.Span(name: name, start: start, duration: duration)
    }
}

extension PlatformPayload.Metrics {
    mutating func read(_ key: String, _ value: inout JSONScanner) throws(JSONError) {
        switch key {
        case "durationMs": self.duration = try value.lenientDouble()
        case "billedDurationMs": self.billed = try value.lenientDouble()
        case "memorySizeMB": self.memoryLimit = try value.lenientInt()
        case "maxMemoryUsedMB": self.memoryUsed = try value.lenientInt()
        case "initDurationMs": self.initDuration = try value.lenientDouble()
        case "restoreDurationMs": self.restoreDuration = try value.lenientDouble()
        case "producedBytes": self.producedBytes = try value.lenientInt()
        default: try value.skip()
        }
    }
}
