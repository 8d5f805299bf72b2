extension Text {
    private static let tabWidth = 4

    /// Text that cannot drive a terminal, nor hide or reorder anything.
    ///
    /// Control characters become their pictures (`␛`), what has no width or changes direction its code (`‹200B›`), tabs
    /// blanks up to the next multiple of four; a mark without a base gets a dotted circle. A joiner stays where it joins
    /// (emoji, scripts that need it), and is shown after ASCII, where it can only deceive.
    package static func sanitised(_ text: String) -> String {
        if self.isPrintableASCII(text) || self.isSimple(text) { return text }
        var result = ""
        result.reserveCapacity(text.utf8.count)
        var column = 0
        for character in text {
            if character == "\t" {
                let blanks = self.tabWidth - column % self.tabWidth
                result += String(repeating: " ", count: blanks)
                column += blanks
                continue
            }
            let shown = self.isHarmless(character) ? String(character) : self.replaced(character)
            result += shown
            column += shown.reduce(0) { $0 + self.width(of: $1) }
        }
        return result
    }

    /// Whether a character by itself is left as it is: it has a shape, and drives, hides or reorders nothing.
    package static func isShownAsItself(_ scalar: Unicode.Scalar) -> Bool {
        !self.isDangerous(scalar, after: "\u{3042}")
    }

    /// The same for bytes that claim to be UTF-8: what is not becomes `�`.
    package static func sanitised(utf8 bytes: some Collection<UInt8>) -> String {
        self.sanitised(String(decoding: bytes, as: UTF8.self))
    }

    private static func isHarmless(_ character: Character) -> Bool {
        guard let first = character.unicodeScalars.first, self.width(of: first) > 0 else { return false }
        return character.unicodeScalars.allSatisfy { !self.isDangerous($0, after: first) }
    }

    private static func replaced(_ character: Character) -> String {
        var result = ""
        var base: Unicode.Scalar?
        for scalar in character.unicodeScalars {
            if self.isDangerous(scalar, after: base ?? " ") {
                result += self.picture(of: scalar)
                base = nil
            } else if base == nil, self.width(of: scalar) == 0 {
                // A Hangul vowel or final joins only its own kind, never the circle.
                guard scalar.properties.isGraphemeExtend else {
                    result += "‹" + self.hexadecimal(scalar.value) + "›"
                    continue
                }
                result += "\u{25CC}"
                result.unicodeScalars.append(scalar)
                base = scalar
            } else {
                result.unicodeScalars.append(scalar)
                base = base ?? scalar
            }
        }
        return result
    }

    private static func isDangerous(_ scalar: Unicode.Scalar, after base: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0xAD, 0x61C, 0x180E, 0x200B, 0x200E...0x200F, 0x2028...0x202E, 0x2060...0x206F,
            0xFEFF, 0xFFF9...0xFFFB:
            true
        case 0x200C, 0x200D: base.value < 0x80
        case 0xFE00...0xFE0F: base.value < 0x80 && !base.properties.isEmoji
        case 0xE0000...0xE0FFF: base.value != 0x1F3F4 && !(0xE0100...0xE01EF).contains(scalar.value)
        default: scalar.value & 0xFFFE == 0xFFFE || (0xFDD0...0xFDEF).contains(scalar.value)
        }
    }

    private static func picture(of scalar: Unicode.Scalar) -> String {
        switch scalar.value {
        case 0..<0x20: String(Unicode.Scalar(0x2400 + scalar.value).map(Character.init) ?? "?")
        case 0x7F: "\u{2421}"
        default: "‹" + self.hexadecimal(scalar.value) + "›"
        }
    }

    private static func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 2 - digits.count)) + digits
    }
}
