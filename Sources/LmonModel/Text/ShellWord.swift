/// Text as one word of a command line, for any POSIX shell (sh, dash, bash, zsh, ksh), safe to paste: what cannot be seen
/// never stands in it as it is.
enum ShellWord {
    /// In single quotes where quotes are needed. Must not hold what cannot be seen; `printf` is for that.
    static func quoted(_ text: String) -> String {
        if !text.isEmpty, text.utf8.allSatisfy(self.isPlain) { return text }
        return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    /// The same for any text that does not end in a line feed.
    static func word(_ text: String) -> String {
        text.unicodeScalars.contains(where: Visibility.isHidden) ? "\"$(\(self.printf(text)))\"" : self.quoted(text)
    }

    /// A command that prints it byte for byte. `printf` is built into every shell, so its length has no bound.
    static func printf(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: Visibility.isHidden) else { return "printf %s " + self.quoted(text) }
        var format = ""
        for (index, scalar) in text.unicodeScalars.enumerated() {
            switch scalar {
            case "%": format += "%%"
            case "\\": format += "\\\\"
            case "\n": format += "\\n"
            case "\t": format += "\\t"
            // It would be taken for an option.
            case "-" where index == 0: format += "\\055"
            case _ where Visibility.isHidden(scalar): format += self.octal(scalar)
            default: format.unicodeScalars.append(scalar)
            }
        }
        return "printf " + self.quoted(format)
    }

    private static func octal(_ scalar: Unicode.Scalar) -> String {
        (UTF8.encode(scalar).map(Array.init) ?? []).map { byte in
            let digits = String(byte, radix: 8)
            return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
        }.joined()
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 48...57: true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "_"): true
        default: false
        }
    }
}
