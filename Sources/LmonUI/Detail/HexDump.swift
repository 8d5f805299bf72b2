import LmonModel

/// Bytes as offset, hexadecimal digits and characters.
enum HexDump {
    /// More lines than that nobody reads.
    private static let limit = 5_000

    /// Sixteen bytes a line where so many columns have room for them, else eight, else four.
    static func lines(_ bytes: [UInt8], columns: Int) -> [TextLine] {
        let width = columns >= 76 ? 16 : columns >= 43 ? 8 : 4
        var lines: [TextLine] = []
        var offset = 0
        while offset < bytes.count, lines.count < self.limit {
            lines.append(self.line(bytes[offset..<min(bytes.count, offset + width)], width))
            offset += width
        }
        if offset < bytes.count { lines.append(TextLine("… \(Format.bytes(bytes.count - offset)) more", .dim)) }
        return lines
    }

    private static func line(_ bytes: ArraySlice<UInt8>, _ width: Int) -> TextLine {
        let digits = bytes.map { self.hex(Int($0), 2) }.joined(separator: " ")
        let blanks = String(repeating: " ", count: width * 3 - 1 - digits.utf8.count)
        let text = String(decoding: bytes.map { $0 &- 0x20 < 0x5F ? $0 : UInt8(ascii: ".") }, as: UTF8.self)
        return TextLine([
            .init(self.hex(bytes.startIndex, 6) + "  ", .dim), .init(digits + blanks), .init("  " + text, .string),
        ])
    }

    private static func hex(_ value: Int, _ count: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
    }
}

enum Base64 {
    /// Nil if it is none; a missing end is forgiven, since a body may be cut.
    static func decoded(_ text: String) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(text.utf8.count / 4 * 3)
        var bits: UInt32 = 0
        var count = 0
        for byte in text.utf8 where byte != UInt8(ascii: "=") && byte > 0x20 {
            guard let value = self.value(of: byte) else { return nil }
            bits = bits << 6 | UInt32(value)
            count += 6
            guard count >= 8 else { continue }
            count -= 8
            result.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
        }
        return result
    }

    private static func value(of byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - 65
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - 71
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte + 4
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
