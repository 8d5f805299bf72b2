import LmonJSON

/// A session of a function that writes whatever it likes wherever it can: every string of every record is hostile, and
/// what names something does so everywhere alike.
package struct HostileSession {
    /// NDJSON, one record each, without newlines.
    package private(set) var lines: [[UInt8]] = []

    private var random: SeededGenerator
    private let environment: String
    private let function: String
    private var milliseconds = 0

    package init(seed: UInt64, invocations: Int = 3, longest: Int = 1_000) {
        self.random = SeededGenerator(seed: seed)
        self.environment = HostileText.text(&self.random) + "E\(seed)"
        self.function = HostileText.text(&self.random) + "f"
        self.initialize()
        for number in 0..<invocations { self.invoke(number, longest: longest) }
        self.add("lmon.shutdown", nil, [("reason", self.text())])
        self.add("acme.\(self.plain())", nil, [("what", self.text())])
    }

    // MARK: What happens

    private mutating func initialize() {
        self.add(
            "lmon.environment",
            nil,
            [("functionName", .string(self.function)), ("runtime", self.text()), ("handler", self.text())]
        )
        self.add("platform.initStart", nil, [("phase", .string("init")), ("runtimeVersion", self.text())])
        self.add(
            "lmon.interceptor",
            nil,
            [("language", self.text()), ("version", self.text()), ("loadMs", .number("4"))]
        )
        self.add(
            "platform.initReport",
            nil,
            [
                ("phase", .string("init")), ("status", .string("success")),
                ("metrics", .object([.init("durationMs", .number("75"))])),
            ]
        )
    }

    private mutating func invoke(_ number: Int, longest: Int) {
        let request = HostileText.text(&self.random) + "R\(number)"
        self.add(
            "platform.start",
            request,
            [("requestId", .string(request)), ("version", self.text()), ("functionArn", self.text())]
        )
        self.add("invocation.event", request, self.body())
        self.call(request, number)
        self.add("function", request, [("level", self.text()), ("text", self.text())])
        self.add(
            "function",
            request,
            [("line", .string(self.line(of: longest)))]
        )
        self.line("function", request, self.text())
        self.line("extension", request, self.text())
        let isFailed = self.random.chance(50)
        let failure: JSONValue = .object([
            .init("errorType", self.text()), .init("errorMessage", self.text()), .init("trace", .array([self.text()])),
        ])
        let result =
            isFailed
            ? [("text", .string(String(decoding: failure.bytes, as: UTF8.self))), ("isError", .bool(true))]
            : self.body()
        self.add("invocation.result", request, result)
        self.add(
            "platform.runtimeDone",
            request,
            [("requestId", .string(request)), ("status", self.status(isFailed)), ("errorType", self.text())]
        )
        self.add(
            "platform.report",
            request,
            [
                ("requestId", .string(request)), ("status", self.status(isFailed)), ("errorType", self.text()),
                ("metrics", .object([.init("durationMs", .number("90"))])),
            ]
        )
    }

    private mutating func call(_ request: String, _ number: Int) {
        let id = HostileText.text(&self.random) + "C\(number)"
        let call = ("callId", JSONValue.string(id))
        self.add(
            "http.request",
            request,
            [
                call, ("method", self.text()), ("url", self.text()), ("headers", self.headers()),
                ("client", self.text()), ("service", self.text()), ("operation", self.text()),
            ]
        )
        self.add(
            "http.response",
            request,
            [
                call, ("status", .number("\(self.random.pick([200, 404, 503]))")), ("version", self.text()),
                ("headers", self.headers()),
                ("connection", .object([.init("id", self.text()), .init("remote", self.text())])),
            ]
        )
        let bodies: JSONValue = .object([
            .init("request", .object(self.body().map { .init($0.0, $0.1) })),
            .init("response", .object(self.body().map { .init($0.0, $0.1) })),
        ])
        self.add(
            "http.end",
            request,
            [
                call, ("outcome", self.random.chance(70) ? .string("complete") : self.text()), ("bodies", bodies),
                ("phase", self.text()), ("code", self.text()), ("message", self.text()),
                ("timings", .object([.init("end", .number("41"))])),
            ]
        )
    }

    // MARK: Parts

    /// One log line of about so many bytes.
    private mutating func line(of length: Int) -> String {
        let piece = HostileText.text(&self.random) + "x"
        return String(repeating: piece, count: max(1, length / piece.utf8.count))
    }

    private mutating func plain() -> String { self.random.pick(["new", "odd", "later"]) }
    private mutating func text() -> JSONValue { .string(HostileText.text(&self.random)) }

    private mutating func status(_ isFailed: Bool) -> JSONValue {
        self.random.chance(20) ? self.text() : .string(isFailed ? "failure" : "success")
    }

    private mutating func headers() -> JSONValue {
        .array((0..<self.random.int(0..<4)).map { _ in .array([self.text(), self.text()]) })
    }

    /// Text, JSON with hostile names and values, bytes, or something that says that it is what it is not.
    private mutating func body() -> [(String, JSONValue)] {
        switch self.random.int(0..<4) {
        case 0:
            let inner: JSONValue = .object([
                .init(HostileText.text(&self.random), self.text()), .init("list", .array([self.text(), self.text()])),
            ])
            return [("text", .string(String(decoding: inner.bytes, as: UTF8.self))), ("size", .number("60"))]
        case 1: return [("base64", .string("AAEC/v8bXTA7cHduZWQH")), ("size", .number("15"))]
        case 2: return [("base64", self.text()), ("encoding", self.text())]
        default: return [("text", self.text()), ("contentType", self.text())]
        }
    }

    private mutating func add(_ type: String, _ request: String?, _ members: [(String, JSONValue)]) {
        self.write(type, request, .object(members.map { .init($0.0, $0.1) }))
    }

    private mutating func line(_ type: String, _ request: String?, _ record: JSONValue) {
        self.write(type, request, record)
    }

    private mutating func write(_ type: String, _ request: String?, _ record: JSONValue) {
        self.milliseconds += 7
        let clock =
            "2026-11-23T10:00:0\(self.milliseconds / 1000).\(String(1000 + self.milliseconds % 1000).dropFirst())Z"
        var members: [JSONValue.Member] = [
            .init("v", .number("1")), .init("environment", .string(self.environment)),
            .init("sequence", .number("\(self.lines.count + 1)")), .init("function", .string(self.function)),
            .init("time", .string(clock)), .init("observed", .string(clock)), .init("type", .string(type)),
        ]
        if let request { members.append(.init("requestId", .string(request))) }
        members.append(.init("record", record))
        self.lines.append(JSONValue.object(members).bytes)
    }
}
