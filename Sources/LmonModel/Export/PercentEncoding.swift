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
