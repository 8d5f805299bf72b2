import LmonModel

/// Forms as fields, one a line.
enum FormText {
    /// `a=1&b=x+y` → `a: 1`, `b: x y`; nil if it does not look like one.
    static func fields(_ text: String) -> [TextLine]? {
        guard text.utf8.contains(UInt8(ascii: "=")), !text.utf8.contains(UInt8(ascii: "\n")) else { return nil }
        return text.split(separator: "&").map { field in
            let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = self.decoded(parts[0])
            return TextLine([.init(name + ": ", .key), .init(parts.count > 1 ? self.decoded(parts[1]) : "")])
        }
    }

    /// Parts with their headers and bodies; nil without a boundary.
    static func parts(_ text: String, _ type: String) -> [TextLine]? {
        let first = text.prefix { !$0.isNewline }
        guard first.hasPrefix("--"), first.utf8.count > 2 else { return nil }
        var isHead = false
        return text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).prefix(5_000).map { line in
            if line.hasPrefix(first) {
                isHead = true
                return TextLine(String(line), .dim)
            }
            if line.isEmpty { isHead = false }
            guard isHead, let colon = line.firstIndex(of: ":") else { return TextLine(String(line)) }
            return TextLine([.init(String(line[...colon]), .key), .init(String(line[line.index(after: colon)...]))])
        }
    }

    /// Percent signs and plus signs undone; what is not well formed stays.
    private static func decoded(_ text: Substring) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let high = Character(Unicode.Scalar(bytes[index + 1])).hexDigitValue,
                let low = Character(Unicode.Scalar(bytes[index + 2])).hexDigitValue
            {
                result.append(UInt8(high * 16 + low))
                index += 3
            } else {
                result.append(bytes[index] == UInt8(ascii: "+") ? 0x20 : bytes[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
