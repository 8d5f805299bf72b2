import LmonJSON

extension Record {
    /// The same record without the bodies in it, which are marked as cut; their sizes stay. Nil if it has none.
    package func withoutBodies() -> Record? {
        let isPayload = self.type == .invocationEvent || self.type == .invocationResult
        guard isPayload || self.type == .httpEnd || self.type == .httpRequest else { return nil }
        guard let value = try? JSONValue(parsing: Array(self.payload)), case .object(let members) = value else {
            return nil
        }
        let less: JSONValue
        if isPayload {
            less = Self.cut(value)
        } else {
            guard let bodies = value["bodies"]?.object else { return nil }
            let cut = JSONValue.object(bodies.map { JSONValue.Member($0.key, Self.cut($0.value)) })
            less = .object(members.map { $0.key == "bodies" ? JSONValue.Member("bodies", cut) : $0 })
        }
        guard less != value else { return nil }
        let seen = Observation(
            environment: self.environment,
            function: self.function,
            time: self.time,
            type: self.type,
            requestID: self.requestID,
            payload: less.bytes
        )
        return Record(seen, sequence: self.sequence, observed: self.observed)
    }

    private static func cut(_ body: JSONValue) -> JSONValue {
        guard case .object(let members) = body, body["text"] != nil || body["base64"] != nil else { return body }
        let kept = members.filter { !["text", "base64", "truncated"].contains($0.key) }
        return .object(kept + [JSONValue.Member("truncated", .bool(true))])
    }
}
