import LmonJSON
import LmonRecord

extension Redaction {
    /// The record without the secrets in its URL, headers and bodies, in the text of an event or a result, and in what else
    /// is said of a call. Of a body that is no text only the size is kept where it may hold one.
    func record(_ record: JSONValue) -> JSONValue {
        guard case .object(let members) = record else { return record }
        let isBody = record["text"] != nil || record["base64"] != nil
        return isBody ? self.body(record) : .object(members.map { self.member($0) })
    }

    private func member(_ member: JSONValue.Member) -> JSONValue.Member {
        switch (member.key, member.value) {
        case ("url", .string(let url)): JSONValue.Member(member.key, .string(self.url(url)))
        case ("callId", _): member
        // What may hold the URL: the key that calls are matched by, an error's message.
        case (_, .string(let text)): JSONValue.Member(member.key, .string(self.header("", value: text)))
        case ("headers", .array(let fields)): JSONValue.Member(member.key, .array(fields.map { self.field($0) }))
        case ("headers", .object(let fields)):
            JSONValue.Member(
                member.key,
                .object(fields.map { JSONValue.Member($0.key, self.value($0.value, of: $0.key)) })
            )
        case ("bodies", .object(let bodies)):
            JSONValue.Member(member.key, .object(bodies.map { JSONValue.Member($0.key, self.body($0.value)) }))
        default: member
        }
    }

    private func field(_ field: JSONValue) -> JSONValue {
        guard case .array(let pair) = field, pair.count >= 2, let name = pair[0].string else { return field }
        return .array([pair[0]] + pair.dropFirst().map { self.value($0, of: name) })
    }

    /// Of a header: a text, or several.
    private func value(_ value: JSONValue, of name: String) -> JSONValue {
        switch value {
        case .string(let text), .number(let text): .string(self.header(name, value: text))
        case .array(let values): .array(values.map { self.value($0, of: name) })
        case .object(let members):
            .object(members.map { JSONValue.Member($0.key, self.value($0.value, of: name)) })
        case .null, .bool: value
        }
    }

    private func body(_ body: JSONValue) -> JSONValue {
        guard case .object(let members) = body else { return body }
        if let base64 = body["base64"]?.string { return self.bytes(base64, members) }
        guard let text = body["text"]?.string else { return body }
        let redacted = self.body(text)
        guard redacted != text else { return body }
        var kept = members.map { $0.key == "text" ? JSONValue.Member("text", .string(redacted)) : $0 }
        if body["redacted"] == nil { kept.append(JSONValue.Member("redacted", .bool(true))) }
        return .object(kept)
    }

    /// An encoding that was not undone is told by the missing size of what it decodes to.
    private func bytes(_ base64: String, _ members: [JSONValue.Member]) -> JSONValue {
        let isEncoded = members.contains { $0.key == "encoding" && $0.value != .null }
        let isDecoded = !isEncoded || members.contains { $0.key == "decodedSize" }
        guard !isDecoded || !self.keeps(base64: base64) else { return .object(members) }
        let kept = members.filter { !["base64", "redacted"].contains($0.key) }
        return .object(kept + [JSONValue.Member("redacted", .bool(true))])
    }
}
