extension Redaction {
    /// Whether what is no text may be kept, given as base64. Compressed bytes may not: only who inflates them can tell what
    /// is in them. Neither may those in which a secret stands as it would in text.
    package func keeps(base64 text: String) -> Bool {
        let bytes = Self.decoded(text) ?? Array(text.utf8)
        let marks: [[UInt8]] = [
            [0x1F, 0x8B], [0x28, 0xB5, 0x2F, 0xFD], [0x78, 0x01], [0x78, 0x5E], [0x78, 0x9C], [0x78, 0xDA],
        ]
        // UTF-16 says the same names, with NULs between.
        let readings = bytes.contains(0) ? [bytes, bytes.filter { $0 != 0 }] : [bytes]
        return !marks.contains { bytes.starts(with: $0) } && readings.allSatisfy { self.body($0) == $0 }
    }

    /// Nil for what is no base64, in either of its alphabets. White space may stand in it.
    private static func decoded(_ text: String) -> [UInt8]? {
        var result: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for byte in text.utf8 where byte != UInt8(ascii: "=") && !byte.isSpace {
            guard let value = self.value(of: byte) else { return nil }
            bits = (bits << 6 | value) & 0xFFFF
            count += 6
            guard count >= 8 else { continue }
            count -= 8
            result.append(UInt8(truncatingIfNeeded: bits >> count))
        }
        return result
    }

    private static func value(of digit: UInt8) -> UInt32? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(digit - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(digit - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(digit - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
