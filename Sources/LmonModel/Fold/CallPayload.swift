import LmonJSON
package import LmonRecord

/// The members of `http.request`, `http.response` and `http.end`.
struct CallPayload {
    var callID: String?
    var method: String?
    var url: String?
    var headers: [Header]?
    var client: String?
    var service: String?
    var operation: String?
    var attempt: Int?
    var matchKey: String?
    var status: Int?
    var version: String?
    var connection: Call.Connection?
    var timings = Call.Timings()
    var sizes = Call.Sizes()
    var outcome: String?
    var requestBody: Body?
    var responseBody: Body?
    var failure = Call.Failure()

    init(_ record: Record) {
        var scanner = record.scanner
        do {
            try scanner.members { key, value throws(JSONError) in try self.read(key, &value) }
        } catch {
            // As in `PlatformPayload`: what was read counts.
        }
    }

    private mutating func read(_ key: String, _ value: inout JSONScanner) throws(JSONError) {
        switch key {
        case "callId": self.callID = try value.lenientText()
        case "method": self.method = try value.lenientString()
        case "url": self.url = try value.lenientString()
        case "headers": self.headers = try Self.headers(&value)
        case "client": self.client = try value.lenientString()
        case "service": self.service = try value.lenientString()
        case "operation": self.operation = try value.lenientString()
        case "attempt": self.attempt = try value.lenientInt()
        case "matchKey": self.matchKey = try value.lenientString()
        case "status": self.status = try value.lenientStatus()
        case "version": self.version = try value.lenientText()
        case "outcome": self.outcome = try value.lenientString()
        case "phase": self.failure.phase = try value.lenientString()
        case "code": self.failure.code = try value.lenientText()
        case "message": self.failure.message = try value.lenientString()
        case "error": try value.members { key, member throws(JSONError) in try self.readError(key, &member) }
        case "connection": try self.readConnection(&value)
        case "timings": try value.members { key, member throws(JSONError) in try self.readTiming(key, &member) }
        case "sizes": try self.readSizes(&value)
        case "bodies": try self.readBodies(&value)
        case "body": self.requestBody = try Body.scan(&value)
        default: try value.skip()
        }
    }

    private mutating func readError(_ key: String, _ value: inout JSONScanner) throws(JSONError) {
        switch key {
        case "phase": self.failure.phase = try value.lenientString()
        case "code": self.failure.code = try value.lenientText()
        case "message": self.failure.message = try value.lenientString()
        default: try value.skip()
        }
    }

    private mutating func readConnection(_ value: inout JSONScanner) throws(JSONError) {
        var connection = Call.Connection()
        try value.members { key, member throws(JSONError) in
            switch key {
            case "id": connection.id = try member.lenientText()
            case "reused": connection.isReused = try member.lenientBool()
            case "remote": connection.remote = try member.lenientString()
            default: try member.skip()
            }
        }
        self.connection = connection
    }

    private mutating func readTiming(_ key: String, _ value: inout JSONScanner) throws(JSONError) {
        switch key {
        case "dns": self.timings.dns = try value.lenientDouble()
        case "connect": self.timings.connect = try value.lenientDouble()
        case "tls": self.timings.tls = try value.lenientDouble()
        case "firstByte": self.timings.firstByte = try value.lenientDouble()
        case "end": self.timings.end = try value.lenientDouble()
        default: try value.skip()
        }
    }

    private mutating func readSizes(_ value: inout JSONScanner) throws(JSONError) {
        try value.members { key, member throws(JSONError) in
            switch key {
            case "request": self.sizes.request = try member.lenientInt()
            case "response": self.sizes.response = try member.lenientInt()
            default: try member.skip()
            }
        }
    }

    private mutating func readBodies(_ value: inout JSONScanner) throws(JSONError) {
        try value.members { key, member throws(JSONError) in
            switch key {
            case "request": self.requestBody = try Body.scan(&member)
            case "response": self.responseBody = try Body.scan(&member)
            default: try member.skip()
            }
        }
    }

    /// A list of pairs; an object is read too, since others may post one.
    private static func headers(_ value: inout JSONScanner) throws(JSONError) -> [Header]? {
        var headers: [Header] = []
        switch try value.kind() {
        case .array:
            try value.elements { pair throws(JSONError) in
                var parts: [String] = []
                try pair.elements { part throws(JSONError) in parts.append(try part.lenientText() ?? "") }
                if parts.count == 2 { headers.append(Header(parts[0], parts[1])) }
            }
        case .object:
            try value.members { name, member throws(JSONError) in
                if let text = try member.lenientText() { headers.append(Header(name, text)) }
            }
        case .string, .number, .boolean, .null:
            try value.skip()
            return nil
        }
        return headers
    }
}

extension Record {
    /// Which call an `http.*` record tells of.
    package var callID: String? { CallPayload(self).callID }
}
