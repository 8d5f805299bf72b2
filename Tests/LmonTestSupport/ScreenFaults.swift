package import LmonScreen

/// What is wrong with a screen, whatever it shows: columns that are not straight, characters that a terminal may obey.
package enum ScreenFaults {
    package static func of(_ screen: Screen) -> [String] {
        (0..<screen.size.rows).flatMap { row in self.faults(screen, row: row).map { "row \(row), \($0)" } }
    }

    private static func faults(_ screen: Screen, row: Int) -> [String] {
        var faults: [String] = []
        var column = 0
        while column < screen.size.columns {
            let cell = screen[column, row]
            guard !cell.isContinuation else {
                faults.append("column \(column): the right half of nothing")
                column += 1
                continue
            }
            let text = screen.text(of: cell)
            // As it is sent: one base, its marks, and blanks for what the base does not fill.
            let shown = Text.portable(text)
            let width = shown.unicodeScalars.reduce(0) { $0 + Text.width(of: $1) }
            var taken = 1
            while column + taken < screen.size.columns, screen[column + taken, row].isContinuation { taken += 1 }
            if width != taken {
                faults.append("column \(column): \(self.named(text)) is \(width) wide and has \(taken)")
            }
            if let scalar = shown.unicodeScalars.first(where: self.isDangerous) {
                faults.append("column \(column): U+\(String(scalar.value, radix: 16, uppercase: true))")
            }
            column += taken
        }
        return faults
    }

    /// By Unicode's own categories, not by the table that the screen uses: controls, and line and paragraph separators;
    /// of format characters those that turn the direction of what follows.
    private static func isDangerous(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate: true
        case .format: scalar.properties.isBidiControl || scalar.properties.isDefaultIgnorableCodePoint
        default: false
        }
    }

    private static func named(_ text: String) -> String {
        text.unicodeScalars.map { "U+\(String($0.value, radix: 16, uppercase: true))" }.joined(separator: " ")
    }
}
