import LmonJSON
import LmonRecord

/// Reading of members that may have another type than we expect: they are passed over and count as not observed.
extension JSONScanner {
    mutating func lenientString() throws(JSONError) -> String? {
        guard try self.kind() == .string else {
            try self.skip()
            return nil
        }
        return try self.string()
    }

    /// Nil also beyond 10^15, which no duration, size or time reaches: sums of what is read cannot overflow.
    mutating func lenientDouble() throws(JSONError) -> Double? {
        guard try self.kind() == .number else {
            try self.skip()
            return nil
        }
        guard let value = self.double(try self.number()), abs(value) <= 1e15 else { return nil }
        return value
    }

    mutating func lenientInt() throws(JSONError) -> Int? {
        try self.lenientDouble().flatMap { Int(exactly: $0.rounded()) }
    }

    /// An HTTP status: three digits and nothing else.
    mutating func lenientStatus() throws(JSONError) -> Int? {
        let digits = self.bytes[try self.skip()]
        guard digits.count == 3, digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - 48) }
    }

    mutating func lenientBool() throws(JSONError) -> Bool? {
        guard try self.kind() == .boolean else {
            try self.skip()
            return nil
        }
        return try self.bool()
    }

    /// A string or a number, as text.
    mutating func lenientText() throws(JSONError) -> String? {
        switch try self.kind() {
        case .string: return try self.string()
        case .number, .boolean: return String(decoding: self.bytes[try self.skip()], as: UTF8.self)
        case .object, .array, .null:
            try self.skip()
            return nil
        }
    }

    /// RFC 3339 or milliseconds since 1970.
    mutating func lenientTimestamp() throws(JSONError) -> Timestamp? {
        switch try self.kind() {
        case .string: return Timestamp(try self.string())
        case .number: return try self.lenientDouble().map(Timestamp.init(milliseconds:))
        case .object, .array, .boolean, .null:
            try self.skip()
            return nil
        }
    }

    /// Hands each member of an object to `body`, which must read or skip its value; any other value is passed over.
    mutating func members(
        _ body: (_ key: String, inout JSONScanner) throws(JSONError) -> Void
    ) throws(JSONError) {
        guard try self.kind() == .object else {
            try self.skip()
            return
        }
        try self.beginObject()
        while let key = try self.nextKey() { try body(key, &self) }
    }

    /// The same for the elements of an array.
    mutating func elements(_ body: (inout JSONScanner) throws(JSONError) -> Void) throws(JSONError) {
        guard try self.kind() == .array else {
            try self.skip()
            return
        }
        try self.beginArray()
        while try self.nextElement() { try body(&self) }
    }
}
