/// The text form of a screen in golden files: its size, its rows, then the runs of columns that are not plain.
///
/// What was written can be read again and is an equal screen, but for blanks at the ends of rows that no style covers.
package enum ScreenText {
    package static func of(_ screen: Screen) -> String {
        var lines = ["\(screen.size.columns)×\(screen.size.rows)"]
        lines += (0..<screen.size.rows).map { screen.text(row: $0) }
        lines.append("styles")
        for row in 0..<screen.size.rows {
            let runs = self.runs(in: screen, row: row)
            if !runs.isEmpty { lines.append("\(row): \(runs.joined(separator: " · "))") }
        }
        if let cursor = screen.cursor { lines.append("cursor \(cursor.column),\(cursor.row)") }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Runs of columns that are not plain: `4-9 failed+bold`.
    private static func runs(in screen: Screen, row: Int) -> [String] {
        var runs: [String] = []
        var start = 0
        for column in 0...screen.size.columns {
            let style = screen[start, row].style
            guard column == screen.size.columns || screen[column, row].style != style else { continue }
            if style != .plain, column > start { runs.append("\(start)-\(column - 1) \(style)") }
            start = column
        }
        return runs
    }

    /// The screen that a golden file holds; nil if it holds something else.
    package static func screen(from text: String) -> Screen? {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
        guard let size = lines.popFirst().flatMap({ self.pair($0, by: "×") }), lines.count > size.1 else { return nil }
        var screen = Screen(size: Screen.Size(columns: size.0, rows: size.1))
        for row in 0..<size.1 { screen.draw(String(lines.removeFirst()), column: 0, row: row) }
        guard lines.popFirst() == "styles" else { return nil }
        for line in lines where !line.isEmpty {
            if line.hasPrefix("cursor ") {
                guard let place = self.pair(line.dropFirst(7), by: ",") else { return nil }
                screen.cursor = Screen.Position(column: place.0, row: place.1)
            } else {
                guard self.restyle(&screen, line) else { return nil }
            }
        }
        return screen
    }

    private static func restyle(_ screen: inout Screen, _ line: Substring) -> Bool {
        guard let colon = line.firstIndex(of: ":"), let row = Int(line[..<colon]) else { return false }
        for run in line[line.index(after: colon)...].split(separator: "·") {
            let parts = run.split(separator: " ")
            guard parts.count == 2, let columns = self.pair(parts[0], by: "-"), columns.0 <= columns.1,
                let style = Style(description: parts[1])
            else { return false }
            for column in columns.0...columns.1 where screen.contains(column: column, row: row) {
                screen.cells[row * screen.size.columns + column].style = style
            }
        }
        return true
    }

    private static func pair(_ text: Substring, by separator: Character) -> (Int, Int)? {
        let numbers = text.split(separator: separator, omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 2, let first = numbers[0], let second = numbers[1], first >= 0, second >= 0 else {
            return nil
        }
        return (first, second)
    }
}
