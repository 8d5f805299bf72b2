extension JSONScanner {
    /// The next string, unescaped.
    package mutating func string() throws(JSONError) -> String {
        let bounds = try self.stringBounds()
        guard bounds.hasEscapes else { return self.text(bounds.range) }
        return String(decoding: self.unescaped(bounds.range), as: UTF8.self)
    }

    /// Bytes that were checked already; by way of a pointer, since a slice would count references.
    private func text(_ range: Range<Int>) -> String {
        self.bytes.withUnsafeBufferPointer { String(decoding: UnsafeBufferPointer(rebasing: $0[range]), as: UTF8.self) }
    }

    /// The next string as UTF-8 bytes, unescaped: for bodies, which are searched and shown as bytes.
    package mutating func stringBytes() throws(JSONError) -> [UInt8] {
        let bounds = try self.stringBounds()
        return bounds.hasEscapes ? self.unescaped(bounds.range) : Array(self.bytes[bounds.range])
    }

    /// Passes over a string and returns what lies between its quotes, escapes as written.
    package mutating func stringRange() throws(JSONError) -> Range<Int> {
        try self.stringBounds().range
    }

    /// What `stringRange` returned, unescaped.
    package func unescapedString(_ range: Range<Int>) -> String {
        let isPlain = !self.bytes[range].contains(UInt8(ascii: "\\"))
        return isPlain
            ? String(decoding: self.bytes[range], as: UTF8.self)
            : String(decoding: self.unescaped(range), as: UTF8.self)
    }

    /// Passes over a string; the range lies between its quotes.
    mutating func stringBounds() throws(JSONError) -> (range: Range<Int>, hasEscapes: Bool) {
        guard try self.peek() == UInt8(ascii: "\"") else { throw JSONError(.expected(.string), at: self.offset) }
        self.offset += 1
        let start = self.offset
        var hasEscapes = false
        while true {
            self.offset = self.endOfPlainRun()
            guard self.offset < self.end else { throw JSONError(.unexpectedEnd, at: self.end) }
            let byte = self.bytes[self.offset]
            switch byte {
            case UInt8(ascii: "\""):
                self.offset += 1
                return (start..<self.offset - 1, hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                try self.passEscape()
            case 0x00...0x1F: throw JSONError(.controlCharacterInString, at: self.offset)
            default: try self.passMultibyte(byte)
            }
        }
    }

    /// Where the printable ASCII that starts at `offset` ends: at a quote, a backslash, a control or a multi-byte
    /// character, or the end of the range. Most of every record is such text, so it is passed eight bytes at a time.
    private func endOfPlainRun() -> Int {
        self.bytes.withUnsafeBytes { raw in
            let ones: UInt64 = 0x0101_0101_0101_0101
            let highs: UInt64 = 0x8080_8080_8080_8080
            var index = self.offset
            while index + 8 <= self.end {
                let word = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                let quote = word ^ ones &* 0x22
                let backslash = word ^ ones &* 0x5C
                // A byte below n borrows into its high bit when n is subtracted; bytes from 0x80 stop the run anyway.
                let stop = (word &- ones &* 0x20) | (quote &- ones) | (backslash &- ones) | word
                guard stop & highs == 0 else { break }
                index += 8
            }
            while index < self.end {
                let byte = raw[index]
                guard byte >= 0x20, byte < 0x80, byte != 0x22, byte != 0x5C else { break }
                index += 1
            }
            return index
        }
    }

    private mutating func passEscape() throws(JSONError) {
        guard self.offset + 1 < self.end else { throw JSONError(.unexpectedEnd, at: self.end) }
        switch self.bytes[self.offset + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            self.offset += 2
        case UInt8(ascii: "u"):
            guard self.offset + 6 <= self.end else { throw JSONError(.unexpectedEnd, at: self.end) }
            guard Self.hex(self.bytes, at: self.offset + 2) != nil else {
                throw JSONError(.invalidEscape, at: self.offset)
            }
            self.offset += 6
        default: throw JSONError(.invalidEscape, at: self.offset)
        }
    }

    /// Passes over one well-formed UTF-8 sequence of two to four bytes (Unicode table 3-7).
    private mutating func passMultibyte(_ first: UInt8) throws(JSONError) {
        let count: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch first {
        case 0xC2...0xDF: count = 2
        case 0xE0: (count, second) = (3, 0xA0...0xBF)
        case 0xED: (count, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: count = 3
        case 0xF0: (count, second) = (4, 0x90...0xBF)
        case 0xF4: (count, second) = (4, 0x80...0x8F)
        case 0xF1...0xF3: count = 4
        default: throw JSONError(.invalidUTF8, at: self.offset)
        }
        guard self.offset + count <= self.end else { throw JSONError(.invalidUTF8, at: self.offset) }
        guard second.contains(self.bytes[self.offset + 1]) else { throw JSONError(.invalidUTF8, at: self.offset) }
        for index in 2..<max(count, 2) where self.bytes[self.offset + index] & 0xC0 != 0x80 {
            throw JSONError(.invalidUTF8, at: self.offset)
        }
        self.offset += count
    }

    private func unescaped(_ range: Range<Int>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(range.count)
        var index = range.lowerBound
        while index < range.upperBound {
            let rest = self.bytes[index..<range.upperBound]
            let escape = rest.firstIndex(of: UInt8(ascii: "\\")) ?? range.upperBound
            result.append(contentsOf: self.bytes[index..<escape])
            index = escape
            guard index < range.upperBound else { break }
            switch self.bytes[index + 1] {
            case UInt8(ascii: "b"): result.append(0x08)
            case UInt8(ascii: "f"): result.append(0x0C)
            case UInt8(ascii: "n"): result.append(0x0A)
            case UInt8(ascii: "r"): result.append(0x0D)
            case UInt8(ascii: "t"): result.append(0x09)
            case UInt8(ascii: "u"):
                index += self.appendUnicodeEscape(at: index, to: &result)
                continue
            case let other: result.append(other)
            }
            index += 2
        }
        return result
    }

    /// Decodes `\uXXXX` at `index`, with its second half if it is a surrogate pair; returns the bytes consumed.
    private func appendUnicodeEscape(at index: Int, to result: inout [UInt8]) -> Int {
        let unit = Self.hex(self.bytes, at: index + 2) ?? 0xFFFD
        if 0xD800...0xDBFF ~= unit, index + 12 <= self.end, self.bytes[index + 6] == UInt8(ascii: "\\"),
            self.bytes[index + 7] == UInt8(ascii: "u"), let low = Self.hex(self.bytes, at: index + 8),
            0xDC00...0xDFFF ~= low
        {
            Self.append(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00), to: &result)
            return 12
        }
        Self.append(unit, to: &result)
        return 6
    }

    private static func append(_ value: UInt32, to result: inout [UInt8]) {
        let scalar = Unicode.Scalar(value) ?? "\u{FFFD}"
        result.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }

    private static func hex(_ bytes: [UInt8], at index: Int) -> UInt32? {
        var value: UInt32 = 0
        for byte in bytes[index..<index + 4] {
            switch byte {
            case 48...57: value = value << 4 | UInt32(byte - 48)
            case 65...70: value = value << 4 | UInt32(byte - 55)
            case 97...102: value = value << 4 | UInt32(byte - 87)
            default: return nil
            }
        }
        return value
    }
}
