extension Text {
    /// The columns of a scalar: 0, 1 or 2, as `wcwidth` counts; ambiguous ones are 1.
    package static func width(of scalar: Unicode.Scalar) -> Int {
        let value = scalar.value
        if value < 0x300 { return 1 }
        if self.contains(WidthTables.zero, value) { return 0 }
        return self.contains(WidthTables.wide, value) ? 2 : 1
    }

    /// The columns of a grapheme cluster: those of its widest scalar, and 2 when it asks for emoji presentation.
    ///
    /// A family, a flag, a skin tone or a keycap is one cluster and takes two columns.
    package static func width(of character: Character) -> Int {
        let scalars = character.unicodeScalars
        guard let first = scalars.first else { return 0 }
        if scalars.count == 1 { return self.width(of: first) }
        if self.isFlag(character) { return 2 }
        var width = 0
        for scalar in scalars {
            if scalar == "\u{FE0F}", first.properties.isEmoji { return 2 }
            width = max(width, self.width(of: scalar))
        }
        return width
    }

    /// Two regional letters; one alone is a letter like any other.
    private static func isFlag(_ character: Character) -> Bool {
        let letters = character.unicodeScalars.prefix(2)
        return letters.count == 2 && letters.allSatisfy(self.isRegionalIndicator)
    }

    static func isRegionalIndicator(_ scalar: Unicode.Scalar) -> Bool {
        (0x1F1E6...0x1F1FF).contains(scalar.value)
    }

    /// Whether every scalar is one cluster by itself, so that no grapheme breaking is needed.
    ///
    /// True for Latin text with box drawing, blocks, arrows and symbols: nearly all that lmon draws.
    static func isSimple(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar.value {
            case 0x20..<0x7F, 0xA0..<0xAD, 0xAE..<0x300, 0x2010..<0x2028, 0x2030..<0x2060, 0x2070..<0x20D0,
                0x2100..<0x2C00:
                true
            default: false
            }
        }
    }

    private static func contains(_ table: [ClosedRange<UInt32>], _ value: UInt32) -> Bool {
        var low = 0
        var high = table.count
        while low < high {
            let middle = (low + high) / 2
            if value > table[middle].upperBound {
                low = middle + 1
            } else if value < table[middle].lowerBound {
                high = middle
            } else {
                return true
            }
        }
        return false
    }

    /// A cluster as every terminal shows it in the width that `width(of:)` gives: one base and up to four marks.
    ///
    /// Terminals disagree on joined emoji, skin tones and variation selectors, and a wrong guess shifts the rest of the
    /// line. So of those only the base is sent; a base narrower than the cluster is followed by a blank. Flags are two
    /// letters of one column each, which a terminal that can will join.
    package static func portable(_ cluster: String) -> String {
        guard let character = cluster.first, let first = cluster.unicodeScalars.first else { return cluster }
        if self.isFlag(character) { return String(cluster.unicodeScalars.prefix(2).map(Character.init)) }
        var result = String.UnicodeScalarView([first])
        for scalar in cluster.unicodeScalars.dropFirst() {
            if scalar == "\u{200D}" || scalar == "\u{FE0F}" || scalar == "\u{FE0E}" || result.count == 5 { break }
            // What joins nothing here is not sent, nor is a flag's name in tags.
            if scalar.properties.isDefaultIgnorableCodePoint { continue }
            if self.width(of: scalar) == 0 { result.append(scalar) }
        }
        let missing = self.width(of: character) - self.width(of: first)
        return String(result) + String(repeating: " ", count: max(0, missing))
    }

    /// A cluster without what exceeds sixteen scalars: nobody needs more, and stacked marks know no end.
    static func bounded(_ character: Character) -> String {
        let scalars = character.unicodeScalars
        guard scalars.count > 16 else { return String(character) }
        return String(String.UnicodeScalarView(scalars.prefix(16)))
    }
}
