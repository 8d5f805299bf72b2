/// Why bytes are not the JSON that was asked for, and where.
package struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        case unexpectedEnd
        case unexpectedByte(UInt8)
        case expected(JSONKind)
        case invalidNumber
        case numberOutOfRange
        case invalidEscape
        case controlCharacterInString
        case invalidUTF8
        case tooDeep
        case trailingBytes
    }

    package let code: Code
    /// Index of the offending byte in the scanned array; for `unexpectedEnd` the end of the scanned range.
    package let offset: Int

    package init(_ code: Code, at offset: Int) {
        self.code = code
        self.offset = offset
    }

    package var description: String {
        switch self.code {
        case .unexpectedEnd: "the JSON text ends too early"
        case .unexpectedByte(let byte): "unexpected \(Self.name(of: byte))"
        case .expected(let kind): "expected \(kind.article) \(kind)"
        case .invalidNumber: "not a number"
        case .numberOutOfRange: "the number does not fit"
        case .invalidEscape: "unknown escape in a string"
        case .controlCharacterInString: "a control character inside a string must be escaped"
        case .invalidUTF8: "not UTF-8"
        case .tooDeep: "nested deeper than \(JSONScanner.maximumDepth) levels"
        case .trailingBytes: "more text after the JSON value"
        }
    }

    private static func name(of byte: UInt8) -> String {
        switch byte {
        case 0x21...0x7E: "'\(Character(Unicode.Scalar(byte)))'"
        case 0x20: "space"
        default: "byte 0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
    }
}

/// A place in a text, both from 1, columns counted in bytes.
package struct TextPosition: Hashable, Sendable, CustomStringConvertible {
    package let line: Int
    package let column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// The place of `offset` in `bytes`; lines end at LF.
    package init(offset: Int, in bytes: some Collection<UInt8>) {
        var line = 1
        var column = 1
        for byte in bytes.prefix(offset) {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else {
                column += 1
            }
        }
        self.init(line: line, column: column)
    }

    package var description: String { "line \(self.line), column \(self.column)" }
}

/// What a JSON value is, told by its first byte.
package enum JSONKind: String, Hashable, Sendable, CustomStringConvertible {
    case object, array, string, number, boolean, null

    package var description: String { self.rawValue }

    fileprivate var article: String { self == .object || self == .array ? "an" : "a" }
}
