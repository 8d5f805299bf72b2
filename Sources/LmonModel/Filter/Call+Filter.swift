extension Call {
    /// What a condition on calls, or on this call as the subject, says of it.
    func satisfies(_ condition: FilterCondition) -> Bool {
        guard let field = condition.field else {
            guard case .found(let pattern) = condition.test else { return false }
            return pattern.isFound(in: self)
        }
        switch field.key {
        case .late: return condition.holds(self.isLate)
        case .retry: return condition.holds((self.attempt ?? 1) > 1)
        case .reused: return condition.holds(self.connection?.isReused == true)
        case .error: return condition.holds(self.isFailed)
        case .timeout: return condition.holds(self.isTimeout)
        case .inFlight: return condition.holds(self.isInFlight)
        case .status: return condition.holds(self.status)
        case .attempt: return condition.holds(self.attempt)
        case .duration: return condition.holds(self.duration)
        case .firstByte: return condition.holds(self.timings.firstByte)
        case .size, .responseSize: return condition.holds(self.responseSize)
        case .requestSize: return condition.holds(self.requestSize)
        default: return self.satisfiesText(condition, field.key)
        }
    }

    private func satisfiesText(_ condition: FilterCondition, _ key: FilterField.Key) -> Bool {
        switch key {
        case .method: condition.holds(self.method)
        case .host: condition.holds(self.url.map { [String($0.host), $0.hostName] } ?? [])
        case .path: condition.holds(self.url.map { String($0.path) })
        case .query: condition.holds(self.url.map { String($0.query.dropFirst()) })
        case .url: condition.holds(self.url?.text)
        case .client: condition.holds(self.client)
        case .service: condition.holds(self.service)
        case .operation: condition.holds(self.operation)
        case .code: condition.holds(self.error?.code)
        case .phase: condition.holds(self.error?.phase)
        case .outcome: condition.holds(self.outcome?.description)
        case .body: condition.holds([self.requestBody?.text, self.responseBody?.text])
        case .requestBody: condition.holds(self.requestBody?.text)
        case .responseBody: condition.holds(self.responseBody?.text)
        case .requestHeader(let name): condition.holds(Self.values(name, self.requestHeaders))
        case .responseHeader(let name): condition.holds(Self.values(name, self.responseHeaders))
        case .header(let name):
            condition.holds(Self.values(name, self.requestHeaders) + Self.values(name, self.responseHeaders))
        default: false
        }
    }

    private static func values(_ name: String, _ headers: [Header]?) -> [String?] {
        (headers ?? []).filter { $0.name.lowercased() == name }.map(\.value)
    }

    private var isTimeout: Bool {
        guard let error else { return false }
        return error.phase == "timeout"
            || [
                "ETIMEDOUT", "ESOCKETTIMEDOUT", "UND_ERR_HEADERS_TIMEOUT",
                "UND_ERR_BODY_TIMEOUT", "UND_ERR_CONNECT_TIMEOUT", "ABORT_ERR_TIMEOUT", "TimeoutError",
            ]
            .contains(error.code)
    }

    /// The types of the records that told of it.
    var recordTypes: [String] {
        var types = ["http.request"]
        if self.status != nil { types.append("http.response") }
        if self.end != nil { types.append("http.end") }
        return types
    }
}

extension URLText {
    /// Without the port.
    fileprivate var hostName: String {
        let host = self.host
        guard let colon = host.utf8.lastIndex(of: UInt8(ascii: ":")), !host[colon...].contains("]") else {
            return String(host)
        }
        return String(host[..<colon])
    }
}
