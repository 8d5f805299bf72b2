/// Pulls JSON values out of bytes, one after the other, and checks every byte that it passes (RFC 8259).
///
/// The caller asks for what it expects and skips what it does not know:
/// ```swift
/// var scanner = JSONScanner(bytes)
/// try scanner.beginObject()
/// while let key = try scanner.nextKey() {
///     switch key {
///     case "status": status = try scanner.int()
///     default: try scanner.skip()
///     }
/// }
/// try scanner.finish()
/// ```
/// After an error the scanner stands at an undefined place and must not be used further. Duplicate keys are all reported,
/// in order. A lone surrogate escape is legal by the grammar and decodes to U+FFFD.
package struct JSONScanner: Sendable {
    /// Deeper nesting is refused, so that hostile input cannot exhaust the stack.
    package static let maximumDepth = 512

    package let bytes: [UInt8]
    package let end: Int
    /// The next byte to be read.
    package internal(set) var offset: Int
    private var depth = 0
    /// True right after an opening bracket: no comma is due.
    private var isFresh = false

    package init(_ bytes: [UInt8]) {
        self.init(bytes, in: 0..<bytes.count)
    }

    /// Scans only `range` of `bytes`; offsets in errors and results count from the start of `bytes`.
    package init(_ bytes: [UInt8], in range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
        self.bytes = bytes
        self.offset = range.lowerBound
        self.end = range.upperBound
    }

    // MARK: Looking

    /// The kind of the value that comes next; nothing is consumed but white space.
    package mutating func kind() throws(JSONError) -> JSONKind {
        switch try self.peek() {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .boolean
        case UInt8(ascii: "n"): return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        case let byte: throw JSONError(.unexpectedByte(byte), at: self.offset)
        }
    }

    /// Consumes a `null` if one comes next.
    package mutating func null() throws(JSONError) -> Bool {
        guard try self.peek() == UInt8(ascii: "n") else { return false }
        try self.literal("null")
        return true
    }

    // MARK: Containers

    package mutating func beginObject() throws(JSONError) {
        try self.open(UInt8(ascii: "{"), .object)
    }

    /// The next member's name, or nil once the object has ended; its value must then be read or skipped.
    package mutating func nextKey() throws(JSONError) -> String? {
        guard try self.advance(closing: UInt8(ascii: "}")) else { return nil }
        let key = try self.string()
        guard try self.peek() == UInt8(ascii: ":") else {
            throw JSONError(.unexpectedByte(self.bytes[self.offset]), at: self.offset)
        }
        self.offset += 1
        return key
    }

    package mutating func beginArray() throws(JSONError) {
        try self.open(UInt8(ascii: "["), .array)
    }

    /// True if another element follows, which must then be read or skipped; false once the array has ended.
    package mutating func nextElement() throws(JSONError) -> Bool {
        try self.advance(closing: UInt8(ascii: "]"))
    }

    // MARK: Scalars

    package mutating func bool() throws(JSONError) -> Bool {
        switch try self.peek() {
        case UInt8(ascii: "t"):
            try self.literal("true")
            return true
        case UInt8(ascii: "f"):
            try self.literal("false")
            return false
        default: throw JSONError(.expected(.boolean), at: self.offset)
        }
    }

    /// An integer, also when written as `12.0` or `1e3`; a fraction or an overflow is an error.
    package mutating func int() throws(JSONError) -> Int {
        let range = try self.number()
        var value = 0
        var index = range.lowerBound
        let isNegative = self.bytes[index] == UInt8(ascii: "-")
        if isNegative { index += 1 }
        while index < range.upperBound {
            let digit = Int(self.bytes[index]) - 48
            guard (0...9).contains(digit) else { return try self.integral(range) }
            let (product, overflow1) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflow2) =
                isNegative
                ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
            guard !overflow1, !overflow2 else { throw JSONError(.numberOutOfRange, at: range.lowerBound) }
            value = sum
            index += 1
        }
        return value
    }

    package mutating func double() throws(JSONError) -> Double {
        let range = try self.number()
        guard let value = self.double(range), value.isFinite else {
            throw JSONError(.numberOutOfRange, at: range.lowerBound)
        }
        return value
    }

    // MARK: Passing over

    /// Passes over the next value, checking it fully, and returns the bytes that it covers without white space.
    @discardableResult
    package mutating func skip() throws(JSONError) -> Range<Int> {
        let kind = try self.kind()
        let start = self.offset
        switch kind {
        case .object:
            try self.beginObject()
            while try self.advance(closing: UInt8(ascii: "}")) {
                _ = try self.stringBounds()
                guard try self.peek() == UInt8(ascii: ":") else {
                    throw JSONError(.unexpectedByte(self.bytes[self.offset]), at: self.offset)
                }
                self.offset += 1
                try self.skip()
            }
        case .array:
            try self.beginArray()
            while try self.nextElement() { try self.skip() }
        case .string: _ = try self.stringBounds()
        case .number: _ = try self.number()
        case .boolean: _ = try self.bool()
        case .null: try self.literal("null")
        }
        return start..<self.offset
    }

    /// Checks that nothing but white space follows.
    package mutating func finish() throws(JSONError) {
        self.skipSpace()
        guard self.offset == self.end else { throw JSONError(.trailingBytes, at: self.offset) }
    }

    // MARK: Parts

    /// The first byte of the next token; an error at the end of the range.
    @inline(__always)
    mutating func peek() throws(JSONError) -> UInt8 {
        self.skipSpace()
        guard self.offset < self.end else { throw JSONError(.unexpectedEnd, at: self.end) }
        return self.bytes[self.offset]
    }

    @inline(__always)
    private mutating func skipSpace() {
        while self.offset < self.end {
            switch self.bytes[self.offset] {
            case 0x20, 0x0A, 0x0D, 0x09: self.offset += 1
            default: return
            }
        }
    }

    private mutating func open(_ bracket: UInt8, _ kind: JSONKind) throws(JSONError) {
        guard try self.peek() == bracket else { throw JSONError(.expected(kind), at: self.offset) }
        guard self.depth < Self.maximumDepth else { throw JSONError(.tooDeep, at: self.offset) }
        self.depth += 1
        self.offset += 1
        self.isFresh = true
    }

    /// Steps to the next member or element, or past the closing bracket (false).
    private mutating func advance(closing bracket: UInt8) throws(JSONError) -> Bool {
        let byte = try self.peek()
        defer { self.isFresh = false }
        if byte == bracket {
            self.offset += 1
            self.depth -= 1
            return false
        }
        if self.isFresh { return true }
        guard byte == UInt8(ascii: ",") else { throw JSONError(.unexpectedByte(byte), at: self.offset) }
        self.offset += 1
        // A comma promises another member: `[1,]` is an error.
        let next = try self.peek()
        guard next != bracket else { throw JSONError(.unexpectedByte(next), at: self.offset) }
        return true
    }

    private mutating func literal(_ text: StaticString) throws(JSONError) {
        for index in 0..<text.utf8CodeUnitCount {
            guard self.offset < self.end else { throw JSONError(.unexpectedEnd, at: self.end) }
            guard self.bytes[self.offset] == text.utf8Start[index] else {
                throw JSONError(.unexpectedByte(self.bytes[self.offset]), at: self.offset)
            }
            self.offset += 1
        }
        self.isFresh = false
    }
}
