/// `%41` in URLs.
enum PercentEncoding {
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// Blanks and what `mustGo` as `%XX`; what is written so already stays.
    static func escaped(_ text: String, where mustGo: (Unicode.Scalar) -> Bool) -> String {
        var result: [UInt8] = []
        for scalar in text.unicodeScalars {
            for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
                if scalar == " " || mustGo(scalar) {
                    result += [UInt8(ascii: "%"), self.digits[Int(byte >> 4)], self.digits[Int(byte & 15)]]
                } else {
                    result.append(byte)
                }
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The text that is meant, `+` being a blank.
    static func unescaped(_ text: some StringProtocol) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count, let high = self.value(bytes[index + 1]),
                let low = self.value(bytes[index + 2])
            {
                result.append(high << 4 | low)
                index += 3
            } else {
                result.append(bytes[index] == UInt8(ascii: "+") ? 0x20 : bytes[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        let capital = digit >= 97 ? digit & 0xDF : digit
        return self.digits.firstIndex(of: capital).map { UInt8($0) }
    }
}

enum Base64 {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encoded(_ bytes: some Sequence<UInt8>) -> String {
        var result: [UInt8] = []
        var (bits, count): (UInt32, Int) = (0, 0)
        for byte in bytes {
            (bits, count) = (bits << 8 | UInt32(byte), count + 8)
            while count >= 6 {
                count -= 6
                result.append(self.digits[Int(bits >> UInt32(count) & 63)])
            }
        }
        if count > 0 { result.append(self.digits[Int(bits << UInt32(6 - count) & 63)]) }
        while result.count % 4 != 0 { result.append(UInt8(ascii: "=")) }
        return String(decoding: result, as: UTF8.self)
    }

    /// Whether a decoder takes it.
    static func isWhole(_ text: String) -> Bool {
        let bytes = text.utf8
        let digits = bytes.drop(while: Self.isDigit)
        return bytes.count % 4 == 0 && digits.count <= 2 && digits.allSatisfy { $0 == UInt8(ascii: "=") }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == UInt8(ascii: "+")
            || byte == UInt8(ascii: "/")
    }
}

extension URLText {
    /// The parameters of its query, in order, decoded.
    package var parameters: [(name: String, value: String)] {
        let query = self.query.prefix { $0 != "#" }
        guard query.hasPrefix("?") else { return [] }
        return query.dropFirst().split(separator: "&").map { part in
            let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (PercentEncoding.unescaped(halves[0]), halves.count > 1 ? PercentEncoding.unescaped(halves[1]) : "")
        }
    }
}
