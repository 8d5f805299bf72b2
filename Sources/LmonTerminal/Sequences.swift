/// The bytes that lmon sends a terminal by itself, beside what ncurses does.
enum Sequences {
    private static let mouseOn = "\u{1B}[?1000h\u{1B}[?1006h"
    private static let mouseOff = "\u{1B}[?1006l\u{1B}[?1000l"
    private static let pasteOn = "\u{1B}[?2004h"
    private static let pasteOff = "\u{1B}[?2004l"

    static func mouse(_ isReported: Bool) -> [UInt8] { Array((isReported ? self.mouseOn : self.mouseOff).utf8) }

    static func enter(hasMouse: Bool) -> [UInt8] {
        Array((self.pasteOn + (hasMouse ? self.mouseOn : "")).utf8)
    }

    /// Everything off, in an order that leaves the shell's own screen and a visible cursor. `capability` gives a string
    /// capability of the terminal's description by its terminfo name.
    static func restore(_ capability: (String) -> String?) -> [UInt8] {
        // Where there is no other screen to go back to, the shell goes on with an empty one.
        let last = capability("rmcup") == nil ? "clear" : "rmcup"
        let ends = ["sgr0", "op", "rmkx", "cnorm", last].compactMap(capability).map(self.withoutPadding)
        return Array((self.mouseOff + self.pasteOff + ends.joined()).utf8)
    }

    /// Capabilities ask for pauses as `$<5>`, which no terminal of today needs.
    static func withoutPadding(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let character = rest.popFirst() {
            if character == "$", rest.first == "<", let close = rest.firstIndex(of: ">") {
                rest = rest[rest.index(after: close)...]
            } else {
                result.append(character)
            }
        }
        return result
    }

    /// `isInScreen`: GNU screen does not know this one, and hands on what it is told to, in pieces.
    static func clipboard(_ text: String, isInScreen: Bool = false) -> [UInt8] {
        let sequence = Array("\u{1B}]52;c;".utf8) + self.base64(Array(text.utf8)) + Array("\u{07}".utf8)
        guard isInScreen else { return sequence }
        return stride(from: 0, to: sequence.count, by: self.screenPiece).flatMap { start in
            let piece = sequence[start..<min(start + self.screenPiece, sequence.count)]
            return Array("\u{1B}P".utf8) + piece + Array("\u{1B}\\".utf8)
        }
    }

    /// GNU screen forgets what is longer than 768 bytes, with what is around it.
    private static let screenPiece = 764

    /// Whether what is sent to a terminal of this type reaches GNU screen first. A tmux inside of one has its variable, too.
    static func isInScreen(_ type: String, _ variable: (String) -> String?) -> Bool {
        func isSet(_ name: String) -> Bool { variable(name)?.isEmpty == false }
        return type.hasPrefix("screen") && isSet("STY") && !isSet("TMUX")
    }

    static func base64(_ bytes: [UInt8]) -> [UInt8] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var result: [UInt8] = []
        result.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = (0..<3).reduce(UInt32(0)) { $0 << 8 | ($1 < group.count ? UInt32(group[start + $1]) : 0) }
            for digit in 0..<4 {
                let isPadding = digit > group.count
                result.append(isPadding ? UInt8(ascii: "=") : alphabet[Int(bits >> UInt32(18 - 6 * digit)) & 63])
            }
        }
        return result
    }
}
