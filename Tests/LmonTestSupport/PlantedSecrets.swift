import LmonJSON

/// Calls whose every part holds a secret, as an interceptor of anybody's make may post them.
package struct PlantedSecrets {
    /// What must be found nowhere: the first part of each secret, since what was cut may have lost the rest.
    package private(set) var needles: [String] = []
    /// For `POST /v1/events`, one a line.
    package private(set) var events: [String] = []
    /// For any other POST, one each.
    package private(set) var seedCalls: [String] = []

    private var random: SeededGenerator
    private let compress: ([UInt8]) -> [UInt8]

    /// `compress` makes gzip of some bytes.
    package init(
        seed: UInt64,
        calls: Int = 12,
        invocation: String,
        compress: @escaping ([UInt8]) -> [UInt8]
    ) {
        self.random = SeededGenerator(seed: seed)
        self.compress = compress
        self.event("invocation.event", invocation, self.body())
        for number in 0..<calls { self.call("9-0-\(number)", invocation) }
        for _ in 0..<6 { self.seedCall() }
        self.event("invocation.result", invocation, [("outcome", .string("response"))] + self.body())
    }

    // MARK: Secrets

    private mutating func secret() -> String {
        let letters = Array("abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789")
        let text = String((0..<self.random.int(12..<40)).map { _ in self.random.pick(letters) })
        self.needles.append(String(text.prefix(9)))
        return text
    }

    /// One that is known by its looks, wherever it stands.
    private mutating func shaped() -> String {
        let letters = Array("ABCDEFGHJKLMNPQRSTUVWXYZ23456789")
        let text = String((0..<16).map { _ in self.random.pick(letters) })
        // A part of it is of no use to anybody, and cannot be known.
        self.needles.append(text)
        return self.random.pick(["AKIA", "ASIA"]) + text
    }

    /// In whatever spelling.
    private mutating func name() -> String {
        let name = self.random.pick([
            "password", "client_secret", "accessToken", "api-key", "X-Api-Key", "private_key", "session_id",
            "refresh_token",
            "Signature", "db_password", "jwt", "aws_secret_access_key",
        ])
        return self.random.chance(30) ? name.uppercased() : name
    }

    // MARK: Places

    private mutating func url() -> String {
        let host = self.random.pick(["api.test", "pay.test:8443", "[::1]:80"])
        switch self.random.int(0..<4) {
        case 0: return "https://ada:\(self.secret())@\(host)/x"
        case 1: return "https://\(host)/x?id=4&\(self.name())=\(self.secret())&page=2"
        case 2: return "https://\(host)/cb#state=1&\(self.name())=\(self.secret())"
        default: return "https://\(host)/\(self.shaped())/x?q=\(self.shaped())"
        }
    }

    private mutating func headers() -> [(String, String)] {
        let names = [
            "Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie", "X-Api-Key", "X-Amz-Security-Token",
            "X-Vault-Token", "X-Signature", "apikey", "X-Db-Password",
        ]
        var headers = [("Accept", "*/*"), ("Content-Type", "application/json")]
        for _ in 0..<3 {
            let name = self.random.pick(names)
            headers.append((self.random.chance(30) ? name.lowercased() : name, "Basic \(self.secret())"))
        }
        headers.append(("Location", self.url()))
        headers.append(("X-Note", "key \(self.shaped())"))
        return headers
    }

    private mutating func text() -> String {
        let (name, secret) = (self.name(), self.secret())
        switch self.random.int(0..<10) {
        case 0: return "user=ada&\(name)=\(secret)&page=2"
        case 1: return #"{"id":4,"\#(name)":"\#(secret)","list":[1,2]}"#
        case 2: return #"{"outer":{"\#(name)":["\#(secret)",{"deep":"\#(self.secret())"}]}}"#
        case 3: return #"{"body":"{\"\#(name)\":\"\#(secret)\"}","n":1}"#
        case 4: return "<Answer><\(name)>\(secret)</\(name)></Answer>"
        case 5: return "--b\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(secret)\r\n--b--\r\n"
        case 6: return "{\"a\":1}\n{\"\(name)\":\"\(secret)\"}\n"
        case 7: return "event: x\ndata: {\"\(name)\":\"\(secret)\"}\n\n"
        case 8: return "the key is \(self.shaped()), and see https://x.test/?\(name)=\(secret)"
        default: return #"[{"\#(name)" : "\#(secret)"}, "\#(self.shaped())"]"#
        }
    }

    /// Text, whole or cut; or bytes, as who did not decode them has them.
    private mutating func body() -> [(String, JSONValue)] {
        var text = self.text()
        let size = ("size", JSONValue.number("\(text.utf8.count)"))
        switch self.random.int(0..<6) {
        case 0: return [("base64", .string(Base64.text(Array(text.utf8)))), size]
        case 1:
            let packed = Base64.text(self.compress(Array(text.utf8)))
            return [("base64", .string(packed)), ("encoding", .string("gzip")), size]
        case 2:
            text = String(text.prefix(self.random.int(text.count / 2..<text.count)))
            return [("text", .string(text)), size, ("truncated", .bool(true))]
        default: return [("text", .string(text)), size]
        }
    }

    // MARK: Events

    private mutating func call(_ id: String, _ invocation: String) {
        let call = ("callId", JSONValue.string(id))
        let url = self.url()
        self.event(
            "http.request",
            invocation,
            [
                call, ("method", .string("POST")), ("url", .string(url)), ("headers", self.fields(self.headers())),
                ("client", .string("node:http")), ("matchKey", .string("POST \(url) 12 0")),
            ]
        )
        self.event(
            "http.response",
            invocation,
            [call, ("status", .number("200")), ("headers", self.fields(self.headers()))]
        )
        let bodies = JSONValue.object([
            .init("request", .object(self.body().map { .init($0.0, $0.1) })),
            .init("response", .object(self.body().map { .init($0.0, $0.1) })),
        ])
        let isFailed = self.random.chance(30)
        let message = ("message", JSONValue.string("cannot reach \(url)"))
        self.event(
            "http.end",
            invocation,
            [call, ("outcome", .string(isFailed ? "error" : "complete")), ("bodies", bodies)]
                + (isFailed ? [message] : [])
        )
    }

    /// Pairs, or as others have them: an object.
    private mutating func fields(_ headers: [(String, String)]) -> JSONValue {
        guard self.random.chance(30) else {
            return .array(headers.map { .array([.string($0.0), .string($0.1)]) })
        }
        return .object(headers.map { .init($0.0, self.random.chance(50) ? .string($0.1) : .array([.string($0.1)])) })
    }

    private mutating func event(_ type: String, _ invocation: String, _ record: [(String, JSONValue)]) {
        let event = JSONValue.object([
            .init("type", .string(type)), .init("invocation", .string(invocation)),
            .init("record", .object(record.map { .init($0.0, $0.1) })),
        ])
        self.events.append(String(decoding: event.bytes, as: UTF8.self))
    }

    private mutating func seedCall() {
        let pairs = self.headers()
        let object = JSONValue.object(pairs.map { .init($0.0, .string($0.1)) })
        let headers = self.random.pick([
            object, .object([.init("_headers", object)]), .array(pairs.map { .array([.string($0.0), .string($0.1)]) }),
        ])
        let call = JSONValue.object([
            .init("url", .string(self.url())), .init("method", .string("POST")), .init("headers", headers),
            .init("body", .string(self.text())), .init("date", .string("2026-11-23T10:42:01.500Z")),
        ])
        self.seedCalls.append(String(decoding: call.bytes, as: UTF8.self))
    }

    // MARK: Finding

    /// Those that some bytes hold, as they are or in a string of base64, gzip or not. `inflate` gives nil for what is none.
    package func found(in text: String, inflate: ([UInt8]) -> [UInt8]?) -> [String] {
        var haystacks = [text]
        for part in text.split(separator: "\"") where part.utf8.count >= 16 {
            guard let bytes = Base64.bytes(part) else { continue }
            haystacks.append(String(decoding: inflate(bytes) ?? bytes, as: UTF8.self))
        }
        return self.needles.filter { needle in haystacks.contains { $0.contains(needle) } }
    }
}

/// RFC 4648, as bodies have it.
package enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    package static func text(_ bytes: [UInt8]) -> String {
        var result: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let part = bytes[start..<min(start + 3, bytes.count)]
            let bits = part.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - part.count))
            for index in 0..<4 {
                let isDigit = index <= part.count
                result.append(isDigit ? Self.alphabet[bits >> (18 - 6 * index) & 63] : UInt8(ascii: "="))
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Nil for what is none.
    package static func bytes(_ text: some StringProtocol) -> [UInt8]? {
        var result: [UInt8] = []
        var (bits, count) = (0, 0)
        for byte in text.utf8 where byte != UInt8(ascii: "=") {
            guard let value = Self.alphabet.firstIndex(of: byte) else { return nil }
            (bits, count) = ((bits << 6 | value) & 0xFFFF, count + 6)
            if count >= 8 {
                count -= 8
                result.append(UInt8(truncatingIfNeeded: bits >> count))
            }
        }
        return result
    }
}
