/// What a program wrote to its terminal, told apart into what ncurses and lmon send and what neither would.
package enum TerminalBytes {
    /// Sequences and controls that are not among the known ones, each once.
    package static func unknown(in bytes: [UInt8]) -> [String] {
        var found: [String] = []
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            var sequence: String?
            switch byte {
            case 0x1B: sequence = self.escape(&rest)
            // Backspace, newline, carriage return; the character sets of old terminals.
            case 0x08, 0x0A, 0x0D, 0x0E, 0x0F: break
            case 0..<0x20, 0x7F: sequence = "control \(byte)"
            case 0xC2:
                // C1 in UTF-8, which some terminals obey.
                if let next = rest.first, (0x80..<0xA0).contains(next) { sequence = "C1 \(next)" }
            default: break
            }
            if let sequence, !found.contains(sequence) { found.append(sequence) }
        }
        return found
    }

    /// Nil if it is a known one.
    private static func escape(_ rest: inout ArraySlice<UInt8>) -> String? {
        guard let kind = rest.popFirst() else { return "ESC at the end" }
        switch kind {
        case UInt8(ascii: "["): return self.control(&rest)
        // Charsets, the keypad, saving and restoring the cursor, reverse index.
        case UInt8(ascii: "("), UInt8(ascii: ")"):
            let set = rest.popFirst() ?? 0
            return set == UInt8(ascii: "B") || set == UInt8(ascii: "0") ? nil : "ESC ( \(set)"
        case UInt8(ascii: "]"): return self.command(&rest)
        case UInt8(ascii: "="), UInt8(ascii: ">"), UInt8(ascii: "7"), UInt8(ascii: "8"), UInt8(ascii: "M"): return nil
        default: return "ESC \(Character(Unicode.Scalar(kind)))"
        }
    }

    /// Only the clipboard, with base64 and nothing else.
    private static func command(_ rest: inout ArraySlice<UInt8>) -> String? {
        let text = String(decoding: rest.prefix { $0 != 0x07 && $0 != 0x1B }, as: UTF8.self)
        rest = rest.dropFirst(text.utf8.count)
        let end = rest.popFirst()
        let isBase64 = text.dropFirst(5).utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="):
                true
            default: false
            }
        }
        let isKnown = text.hasPrefix("52;c;") && isBase64 && end == 0x07 && !text.hasSuffix("cHduZWQ=")
        return isKnown ? nil : "OSC \(text.prefix(40))"
    }

    private static let finals = Set("mHdGABCDJKXPLM@rbfST".utf8)
    /// Application cursor keys, wrapping, blinking, the cursor, mouse, focus, the alternate screen, paste.
    private static let modes: Set = ["1", "7", "12", "25", "1000", "1002", "1003", "1006", "1049", "2004", "4", "34"]

    private static func control(_ rest: inout ArraySlice<UInt8>) -> String? {
        var parameters = ""
        while let byte = rest.popFirst() {
            guard byte < 0x40 || byte > 0x7E else {
                let final = Character(Unicode.Scalar(byte))
                if final == "h" || final == "l" {
                    let numbers = parameters.drop { $0 == "?" }.split(separator: ";").map(String.init)
                    return numbers.allSatisfy(self.modes.contains) ? nil : "CSI \(parameters)\(final)"
                }
                // The title is kept and given back with the screen.
                if final == "t" { return ["22;0;0", "23;0;0"].contains(parameters) ? nil : "CSI \(parameters)t" }
                return self.finals.contains(byte) ? nil : "CSI \(parameters)\(final)"
            }
            parameters.unicodeScalars.append(Unicode.Scalar(byte))
        }
        return "CSI at the end"
    }
}
