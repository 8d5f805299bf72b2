import LmonScreen

extension StandardOutput {
    /// Writes JSON: byte for byte where a program reads it. For a terminal, what it might obey is spelled as JSON spells
    /// it, `\u009b`, which is the same JSON.
    @discardableResult
    static func writeJSON(_ line: some Collection<UInt8>) -> Bool {
        guard self.isTerminal else { return self.writeLine(line) }
        return self.writeLine(JSONSpelling.visible(line))
    }
}

enum JSONSpelling {
    /// Control characters below a blank are escaped in any JSON; these are not, and only strings can hold them.
    static func visible(_ json: some Collection<UInt8>) -> String {
        var text = ""
        for scalar in String(decoding: json, as: UTF8.self).unicodeScalars {
            guard !Text.isShownAsItself(scalar) else {
                text.unicodeScalars.append(scalar)
                continue
            }
            for unit in String(scalar).utf16 {
                let digits = String(unit, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return text
    }
}
