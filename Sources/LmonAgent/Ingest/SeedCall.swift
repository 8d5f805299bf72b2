import LmonJSON
import LmonRecord

/// One outgoing call as `{url, method, headers, body, date}`; `headers` come as an object, as `{"_headers": {…}}`, or as
/// pairs. What the sender did not see (status, response, timing) stays unknown.
struct SeedCall {
    let url: String
    let method: String
    let headers: [(name: String, value: String)]
    let body: String?
    let date: Timestamp?

    init(_ bytes: [UInt8]) throws(JSONError) {
        let value = try JSONValue(parsing: bytes)
        guard value.object != nil else { throw JSONError(.expected(.object), at: 0) }
        self.url = value["url"]?.string ?? ""
        self.method = value["method"]?.string ?? "GET"
        self.headers = Self.pairs(value["headers"] ?? .null)
        self.body = value["body"]?.string
        self.date = value["date"]?.string.flatMap { Timestamp($0) }
    }

    func request(id: String) -> [UInt8] {
        JSONWriter.object { writer in
            writer.member("callId", id)
            writer.member("method", self.method)
            writer.member("url", self.url)
            writer.array("headers") { writer in
                for header in self.headers {
                    writer.array {
                        $0.string(header.name)
                        $0.string(header.value)
                    }
                }
            }
        }
    }

    func end(id: String) -> [UInt8] {
        JSONWriter.object { writer in
            writer.member("callId", id)
            writer.member("outcome", "unread")
            guard let body = self.body, !body.isEmpty else { return }
            writer.object("bodies") {
                $0.object("request") {
                    $0.member("text", body)
                    $0.member("size", body.utf8.count)
                }
            }
        }
    }

    private static func pairs(_ value: JSONValue) -> [(name: String, value: String)] {
        if let inner = value["_headers"] { return self.pairs(inner) }
        if let members = value.object { return members.flatMap { Self.values($0.key, $0.value) } }
        return (value.array ?? []).flatMap { pair -> [(name: String, value: String)] in
            pair[0]?.string.map { Self.values($0, pair[1] ?? .null) } ?? []
        }
    }

    private static func values(_ name: String, _ value: JSONValue) -> [(name: String, value: String)] {
        switch value {
        case .string(let text): [(name, text)]
        case .array(let values): values.compactMap(\.string).map { (name, $0) }
        case .number(let text): [(name, text)]
        case .null, .bool, .object: []
        }
    }
}
