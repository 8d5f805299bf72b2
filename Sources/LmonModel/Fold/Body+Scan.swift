import LmonJSON

extension Body {
    /// Reads a body object; nil for anything else.
    static func scan(_ scanner: inout JSONScanner) throws(JSONError) -> Body? {
        guard try scanner.kind() == .object else {
            try scanner.skip()
            return nil
        }
        var body = Body()
        try scanner.members { key, value throws(JSONError) in try body.read(key, &value) }
        return body
    }

    /// True if `key` is a body's member.
    @discardableResult
    mutating func read(_ key: String, _ value: inout JSONScanner) throws(JSONError) -> Bool {
        switch key {
        case "text": self.content = try value.lenientString().map(Content.text)
        case "base64": self.content = try value.lenientString().map(Content.base64)
        case "size": self.size = try value.lenientInt()
        case "decodedSize": self.decodedSize = try value.lenientInt()
        case "truncated": self.isTruncated = try Self.flag(&value)
        case "encoding": self.encoding = try value.lenientString()
        case "redacted": self.isRedacted = try Self.flag(&value)
        default:
            try value.skip()
            return false
        }
        return true
    }

    /// True, or a number or list that says how much.
    private static func flag(_ value: inout JSONScanner) throws(JSONError) -> Bool {
        switch try value.kind() {
        case .boolean: return try value.bool()
        case .number: return try value.lenientDouble() != 0
        case .array:
            var count = 0
            try value.elements { element throws(JSONError) in
                try element.skip()
                count += 1
            }
            return count > 0
        case .string: return try value.string().isEmpty == false
        case .object, .null:
            try value.skip()
            return false
        }
    }
}
