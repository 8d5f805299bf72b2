import LmonJSON

/// NDJSON of one environment, line by line.
struct SessionLines {
    private(set) var lines: [[UInt8]] = []
    var function = "orders"

    var input: String { self.lines.map { String(decoding: $0, as: UTF8.self) + "\n" }.joined() }

    mutating func add(_ type: String, _ request: String, _ record: JSONValue) {
        let number = self.lines.count + 1
        let second = String(1000 + number / 1000).dropFirst(2)
        let time = "2026-11-23T10:00:\(second).\(String(1000 + number % 1000).dropFirst())Z"
        let members: [JSONValue.Member] = [
            .init("v", .number("1")), .init("environment", .string("E1")), .init("sequence", .number("\(number)")),
            .init("function", .string(self.function)), .init("time", .string(time)), .init("type", .string(type)),
            .init("requestId", .string(request)), .init("record", record),
        ]
        self.lines.append(JSONValue.object(members).bytes)
    }

    struct Call {
        var method = "GET"
        var url: String
        var headers: [[String]] = []
        var body: JSONValue?
        var status: Int? = 200
        var responseHeaders: [[String]] = []
        var responseBody: JSONValue?
    }

    mutating func invocation(_ request: String, _ calls: [Call]) {
        self.add("platform.start", request, .object([.init("requestId", .string(request))]))
        for (index, call) in calls.enumerated() { self.add(call, "\(request)-\(index)", request) }
        let end: JSONValue = .object([
            .init("requestId", .string(request)), .init("status", .string("success")),
            .init("metrics", .object([.init("durationMs", .number("12.5"))])),
        ])
        self.add("platform.runtimeDone", request, end)
        self.add("platform.report", request, end)
    }

    private mutating func add(_ call: Call, _ id: String, _ request: String) {
        let id = JSONValue.Member("callId", .string(id))
        let start: [JSONValue.Member] = [
            id, .init("method", .string(call.method)), .init("url", .string(call.url)),
            .init("headers", Self.pairs(call.headers)),
        ]
        self.add("http.request", request, .object(start))
        guard let status = call.status else { return }
        let response: [JSONValue.Member] = [
            id, .init("status", .number("\(status)")), .init("headers", Self.pairs(call.responseHeaders)),
        ]
        self.add("http.response", request, .object(response))
        let bodies = [("request", call.body), ("response", call.responseBody)].compactMap { name, body in
            body.map { JSONValue.Member(name, $0) }
        }
        let end: [JSONValue.Member] = [id, .init("outcome", .string("complete")), .init("bodies", .object(bodies))]
        self.add("http.end", request, .object(end))
    }

    private static func pairs(_ headers: [[String]]) -> JSONValue {
        .array(headers.map { .array($0.map { .string($0) }) })
    }

    static func text(_ text: String) -> JSONValue { .object([.init("text", .string(text))]) }
    static func base64(_ text: String) -> JSONValue { .object([.init("base64", .string(text))]) }
}
