import LmonJSON
import LmonRecord

/// Which records that senders make hold what may be secret.
enum CallRedaction {
    static func applies(to type: RecordType) -> Bool {
        switch type {
        case .httpRequest, .httpResponse, .httpEnd, .invocationEvent, .invocationResult: true
        default: false
        }
    }
}

extension Redaction {
    /// The payload without the secrets in its URL, headers and bodies, or in the text of an event or a result. What is not
    /// text is left as it is: only who can decode it can redact it.
    func payload(_ payload: [UInt8]) -> [UInt8] {
        guard let value = try? JSONValue(parsing: payload), case .object(let members) = value else { return payload }
        let redacted = value["text"] == nil ? JSONValue.object(members.map { self.member($0) }) : self.body(value)
        guard redacted != value else { return payload }
        var writer = JSONWriter(capacity: payload.count + 64)
        writer.value(redacted)
        return writer.bytes
    }

    private func member(_ member: JSONValue.Member) -> JSONValue.Member {
        switch (member.key, member.value) {
        case ("url", .string(let url)): JSONValue.Member(member.key, .string(self.url(url)))
        case ("headers", .array(let fields)): JSONValue.Member(member.key, .array(fields.map { self.field($0) }))
        case ("bodies", .object(let bodies)):
            JSONValue.Member(member.key, .object(bodies.map { JSONValue.Member($0.key, self.body($0.value)) }))
        default: member
        }
    }

    private func field(_ field: JSONValue) -> JSONValue {
        guard case .array(let pair) = field, pair.count == 2, let name = pair[0].string, let value = pair[1].string
        else {
            return field
        }
        return .array([pair[0], .string(self.header(name, value: value))])
    }

    private func body(_ body: JSONValue) -> JSONValue {
        guard case .object(let members) = body, let text = body["text"]?.string else { return body }
        let redacted = self.body(text)
        guard redacted != text else { return body }
        var kept = members.map { $0.key == "text" ? JSONValue.Member("text", .string(redacted)) : $0 }
        if body["redacted"] == nil { kept.append(JSONValue.Member("redacted", .bool(true))) }
        return .object(kept)
    }
}
