import LmonJSON

extension TelemetrySubscription {
    /// Reads the body of `PUT /2022-07-01/telemetry`. Members that are not known are passed over: older clients send some.
    ///
    /// - Throws: 400 `ValidationError`; its message names the member.
    package init(parsing body: [UInt8]) throws(RuntimeAPIError) {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: body)
        } catch {
            throw .invalidSubscription("The body is not JSON: \(error)")
        }
        guard case .object = value else { throw .invalidSubscription("The body must be a JSON object") }
        self.init(
            schema: try Self.schema(value.given("schemaVersion")),
            types: try Self.types(value.given("types")),
            destination: try Self.destination(value.given("destination")),
            buffering: try Self.buffering(value.given("buffering"))
        )
        self.namesLoopback = value["destination"]?["URI"]?.string.map(Self.namesLoopback) ?? false
    }

    private static func schema(_ value: JSONValue?) throws(RuntimeAPIError) -> Schema {
        guard let value else { throw .invalidSubscription("schemaVersion is required") }
        guard let schema = value.string.flatMap(Schema.init(rawValue:)) else {
            throw .notOneOf("schemaVersion", Schema.allCases.map(\.rawValue))
        }
        return schema
    }

    private static func types(_ value: JSONValue?) throws(RuntimeAPIError) -> [Kind] {
        guard let value else { throw .invalidSubscription("types is required") }
        guard let names = value.array, !names.isEmpty else {
            throw .invalidSubscription("types must be an array of at least one type")
        }
        var types: [Kind] = []
        for name in names {
            guard let type = name.string.flatMap(Kind.init(rawValue:)) else {
                throw .notOneOf("Each of types", Kind.allCases.map(\.rawValue))
            }
            if !types.contains(type) { types.append(type) }
        }
        return types
    }

    // MARK: Destination

    private static func destination(_ value: JSONValue?) throws(RuntimeAPIError) -> Destination {
        guard let value else { throw .invalidSubscription("destination is required") }
        guard case .object = value else { throw .invalidSubscription("destination must be an object") }
        switch value.given("protocol") {
        case .string("HTTP"): return try self.http(value.given("URI"))
        case .string("TCP"): return try self.tcp(value.given("port"))
        case nil: throw .invalidSubscription("destination.protocol is required")
        default: throw .notOneOf("destination.protocol", ["HTTP", "TCP"])
        }
    }

    private static func tcp(_ value: JSONValue?) throws(RuntimeAPIError) -> Destination {
        guard let value else { throw .invalidSubscription("destination.port is required for TCP") }
        return .tcp(port: try value.integer("destination.port", in: 1...65_535))
    }

    private static func http(_ value: JSONValue?) throws(RuntimeAPIError) -> Destination {
        guard let value else { throw .invalidSubscription("destination.URI is required for HTTP") }
        guard let text = value.string, let destination = self.http(text) else {
            throw .invalidSubscription("destination.URI must be http://sandbox.localdomain:PORT/PATH")
        }
        return destination
    }

    /// Loopback's own names are the sandbox as well: extensions that are tried on a desk use them.
    private static func http(_ text: String) -> Destination? {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), text.prefix(7).lowercased() == "http://" else {
            return nil
        }
        let rest = text.dropFirst(7)
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let target = rest[authority.endIndex...].prefix { $0 != "#" }
        guard let colon = authority.lastIndex(of: ":") else { return nil }
        let digits = authority[authority.index(after: colon)...]
        let hosts: Set<String> = ["sandbox", "sandbox.localdomain", "localhost", "127.0.0.1"]
        guard hosts.contains(authority[..<colon].lowercased()), digits.first?.isNumber == true,
            let port = UInt16(digits), port > 0
        else { return nil }
        return .http(port: Int(port), target: target.hasPrefix("/") ? String(target) : "/\(target)")
    }

    private static func namesLoopback(_ address: String) -> Bool {
        let host = address.dropFirst(7).prefix { $0 != ":" }.lowercased()
        return host == "localhost" || host == "127.0.0.1"
    }

    // MARK: Buffering

    private static func buffering(_ value: JSONValue?) throws(RuntimeAPIError) -> Buffering {
        var buffering = Buffering()
        guard let value else { return buffering }
        guard case .object = value else { throw .invalidSubscription("buffering must be an object") }
        if let items = value.given("maxItems") {
            buffering.maxItems = try items.integer("buffering.maxItems", in: 1000...10_000)
        }
        if let bytes = value.given("maxBytes") {
            buffering.maxBytes = try bytes.integer("buffering.maxBytes", in: 262_144...1_048_576)
        }
        if let timeout = value.given("timeoutMs") {
            buffering.timeoutMs = try timeout.integer("buffering.timeoutMs", in: 25...30_000)
        }
        return buffering
    }
}

extension JSONValue {
    /// The member, unless it is null, which says no more than its absence.
    fileprivate func given(_ key: String) -> JSONValue? {
        let value = self[key]
        return value == .null ? nil : value
    }

    fileprivate func integer(_ name: String, in range: ClosedRange<Int>) throws(RuntimeAPIError) -> Int {
        guard let value = self.int, range.contains(value) else {
            throw .invalidSubscription("\(name) must be an integer from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }
}

extension RuntimeAPIError {
    /// What the Telemetry API answers to a subscription that is none.
    fileprivate static func invalidSubscription(_ message: String) -> RuntimeAPIError {
        RuntimeAPIError(status: 400, errorType: "ValidationError", errorMessage: message)
    }

    fileprivate static func notOneOf(_ name: String, _ values: [String]) -> RuntimeAPIError {
        .invalidSubscription("\(name) must be one of \(values.joined(separator: ", "))")
    }
}
