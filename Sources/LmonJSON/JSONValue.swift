/// A whole JSON value as a tree: members keep their order and duplicates, numbers their spelling.
///
/// For what is small or shown to a person; hot paths use the scanner.
package enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    /// The literal as written, so that `1.0` and `12345678901234567890` survive.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([Member])

    package struct Member: Hashable, Sendable {
        package let key: String
        package let value: JSONValue

        package init(_ key: String, _ value: JSONValue) {
            self.key = key
            self.value = value
        }
    }

    package init(parsing bytes: [UInt8]) throws(JSONError) {
        var scanner = JSONScanner(bytes)
        self = try scanner.value()
        try scanner.finish()
    }

    package init(parsing text: String) throws(JSONError) {
        try self.init(parsing: Array(text.utf8))
    }

    /// The first member of that name, if this is an object that has one.
    package subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    package subscript(index: Int) -> JSONValue? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    package var string: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    package var double: Double? {
        guard case .number(let literal) = self else { return nil }
        return Double(literal)
    }

    package var int: Int? { self.double.flatMap(Int.init(exactly:)) }

    package var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    package var array: [JSONValue]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    package var object: [Member]? {
        guard case .object(let members) = self else { return nil }
        return members
    }

    /// The value as JSON without white space.
    package var bytes: [UInt8] {
        var writer = JSONWriter()
        writer.value(self)
        return writer.bytes
    }
}

extension JSONScanner {
    /// The next value as a tree.
    package mutating func value() throws(JSONError) -> JSONValue {
        switch try self.kind() {
        case .null:
            _ = try self.null()
            return .null
        case .boolean: return .bool(try self.bool())
        case .number: return .number(String(decoding: self.bytes[try self.number()], as: UTF8.self))
        case .string: return .string(try self.string())
        case .array:
            var elements: [JSONValue] = []
            try self.beginArray()
            while try self.nextElement() { elements.append(try self.value()) }
            return .array(elements)
        case .object:
            var members: [JSONValue.Member] = []
            try self.beginObject()
            while let key = try self.nextKey() { members.append(.init(key, try self.value())) }
            return .object(members)
        }
    }
}

extension JSONWriter {
    package mutating func value(_ value: JSONValue) {
        switch value {
        case .null: self.null()
        case .bool(let value): self.bool(value)
        case .number(let literal): self.raw(literal.utf8)
        case .string(let value): self.string(value)
        case .array(let elements): self.array { for element in elements { $0.value(element) } }
        case .object(let members):
            self.object {
                for member in members {
                    $0.key(any: member.key)
                    $0.value(member.value)
                }
            }
        }
    }
}
