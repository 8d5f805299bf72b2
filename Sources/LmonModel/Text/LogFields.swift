import LmonJSON

/// The members of a log line that is JSON, as a list shows them.
package struct LogFields: Hashable, Sendable {
    package struct Field: Hashable, Sendable {
        package let key: String
        /// Text without its quotes, anything else as compact JSON.
        package let value: String
    }

    /// All but the message, and what stands in columns of its own: time, level, request id.
    package private(set) var fields: [Field] = []
    package private(set) var hasMessage = false

    /// Nil if it is no object.
    package init?(_ json: String, limit: Int = 64) {
        var scanner = JSONScanner(Array(json.utf8))
        do {
            guard try scanner.kind() == .object else { return nil }
            try scanner.beginObject()
            while let key = try scanner.nextKey() {
                switch key {
                case "message", "msg":
                    self.hasMessage = true
                    try scanner.skip()
                case "level", "severity", "timestamp", "time", "requestId", "AWSRequestId": try scanner.skip()
                default:
                    guard self.fields.count < limit else {
                        try scanner.skip()
                        continue
                    }
                    self.fields.append(Field(key: key, value: try Self.text(&scanner)))
                }
            }
        } catch { return nil }
    }

    private static func text(_ scanner: inout JSONScanner) throws(JSONError) -> String {
        guard try scanner.kind() == .string else {
            var writer = JSONWriter()
            writer.value(try scanner.value())
            return String(decoding: writer.bytes, as: UTF8.self)
        }
        return try scanner.string()
    }
}
