import LmonScreen

/// The palette: what is typed, what matches it, and the key that would have done.
enum PaletteOverlay {
    static func area(_ size: Screen.Size) -> Area {
        let width = min(size.columns, 76)
        let height = min(size.rows - 1, 20)
        let column = (size.columns - width) / 2
        return Area(columns: column..<(column + width), rows: 1..<(1 + height))
    }

    /// Entries that fit.
    static func height(_ size: Screen.Size) -> Int { max(1, self.area(size).rows.count - 3) }

    /// The entry at a row of the screen.
    static func index(at row: Int, _ palette: CommandPalette, _ size: Screen.Size) -> Int? {
        let offset = row - self.area(size).rows.lowerBound - 2
        guard (0..<self.height(size)).contains(offset) else { return nil }
        let index = self.top(palette, size) + offset
        return palette.entries.indices.contains(index) ? index : nil
    }

    private static func top(_ palette: CommandPalette, _ size: Screen.Size) -> Int {
        max(0, palette.chosen - self.height(size) + 1)
    }

    static func draw(_ state: UIState, _ palette: CommandPalette, into canvas: inout Canvas) {
        let area = self.area(state.size)
        Box.draw(area, title: "commands", into: &canvas)
        let start = area.columns.lowerBound + 2
        let end = area.columns.upperBound - 2
        let first = area.rows.lowerBound + 1
        let pen = canvas.text(":", start, first, .title)
        let head = Text.truncatedHead(palette.field.head, to: end - pen - 1, ellipsis: canvas.glyphs.ellipsis)
        canvas.text(
            Text.width(of: palette.field.head) > end - pen - 1 ? head : palette.field.text,
            pen,
            first,
            limit: end
        )
        canvas.screen.cursor = Screen.Position(column: pen + Text.width(of: head), row: first)
        let entries = palette.entries
        if entries.isEmpty { canvas.text("No command matches.", start + 2, first + 1, limit: end, .dim) }
        let top = self.top(palette, state.size)
        for (offset, entry) in entries.dropFirst(top).prefix(self.height(state.size)).enumerated() {
            let row = first + 1 + offset
            self.draw(entry, columns: start..<end, row: row, into: &canvas)
            if top + offset == palette.chosen {
                canvas.glyph(canvas.glyphs.selection, start, row, .title)
                canvas.select(row: row, columns: (area.columns.lowerBound + 1)..<(area.columns.upperBound - 1))
            }
        }
        let left = entries.count - top - self.height(state.size)
        if left > 0 {
            let text = " \(left) more ↓ "
            canvas.label(text, end - text.count, area.rows.upperBound - 1, .dim)
        }
    }

    private static func draw(
        _ entry: CommandPalette.Entry,
        columns: Range<Int>,
        row: Int,
        into canvas: inout Canvas
    ) {
        let key = canvas.glyphs.rendered(entry.key)
        let keyStart = columns.upperBound - Text.width(of: key)
        let nameWidth = min(22, columns.count / 2)
        canvas.text(canvas.truncated(entry.name, to: nameWidth), columns.lowerBound + 2, row, .title)
        let pen = columns.lowerBound + 3 + nameWidth
        canvas.label(
            canvas.truncated(canvas.glyphs.rendered(entry.help), to: keyStart - pen - 1),
            pen,
            row,
            limit: keyStart
        )
        canvas.text(key, keyStart, row, .inFlight)
    }
}
