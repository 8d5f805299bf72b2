import LmonScreen

/// The help: this pane's keys first, all from the key table.
enum HelpText {
    struct Line {
        var key: String
        var text: String
        var isTitle = false
    }

    static func lines(for pane: Pane) -> [Line] {
        var lines: [Line] = []
        let order: [Command.Group] = pane == .list ? [.move, .find, .act, .window] : [.move, .act, .find, .window]
        for group in order {
            if !lines.isEmpty { lines.append(Line(key: "", text: "")) }
            lines.append(Line(key: group.rawValue, text: "", isTitle: true))
            for binding in KeyTable.bindings where binding.group == group {
                lines.append(Line(key: binding.label, text: binding.help))
            }
        }
        lines.append(Line(key: "", text: ""))
        lines.append(Line(key: "Glyphs", text: "", isTitle: true))
        lines += [
            Line(key: "✓ ✗ ◐", text: "fine, failed, in flight"),
            Line(key: "! ○ ◆", text: "look here; Lambda itself; lmon itself"),
            Line(key: "░ █", text: "waiting for an answer; its transfer"),
            Line(key: "–", text: "not observed, which is not 0"),
        ]
        return lines
    }
}

enum HelpOverlay {
    static func draw(_ state: UIState, scroll: Int, into canvas: inout Canvas) {
        let size = state.size
        let width = min(size.columns, 72)
        let area = Area(
            columns: ((size.columns - width) / 2)..<((size.columns - width) / 2 + width),
            rows: 1..<(size.rows - 1)
        )
        Box.draw(area, title: "keys", into: &canvas)
        let inner = (area.columns.lowerBound + 2)..<(area.columns.upperBound - 1)
        let lines = HelpText.lines(for: state.pane)
        let height = area.rows.count - 2
        for (offset, line) in lines.dropFirst(scroll).prefix(height).enumerated() {
            let row = area.rows.lowerBound + 1 + offset
            canvas.label(line.key, inner.lowerBound, row, limit: inner.upperBound, line.isTitle ? .title : .inFlight)
            canvas.label(
                canvas.truncated(line.text, to: inner.count - 10),
                inner.lowerBound + 9,
                row,
                limit: inner.upperBound
            )
        }
        let left = lines.count - scroll - height
        if left > 0 {
            let text = " \(left) more ↓ "
            canvas.label(text, area.columns.upperBound - 2 - text.count, area.rows.upperBound - 1, .dim)
        }
    }
}

enum InvokeOverlay {
    static func draw(_ state: UIState, _ dialog: InvokeDialog, into canvas: inout Canvas) {
        let size = state.size
        let width = min(size.columns - 2, 76)
        let height = min(size.rows - 2, 12)
        let column = (size.columns - width) / 2
        let row = max(1, (size.rows - height) / 2)
        let area = Area(columns: column..<(column + width), rows: row..<(row + height))
        Box.draw(area, title: "invoke", into: &canvas)
        let start = column + 2
        let end = column + width - 2
        var pen = canvas.text("function  ", start, row + 1, .dim)
        pen = canvas.text(canvas.truncated(dialog.function, to: end - pen), pen, row + 1, .title)
        if dialog.functions.count > 1 {
            canvas.label("  Tab: \(dialog.chosen + 1) of \(dialog.functions.count)", pen, row + 1, limit: end, .dim)
        }
        canvas.text("event", start, row + 2, .dim)
        self.drawEvent(dialog.event, columns: start..<end, rows: (row + 3)..<(row + height - 1), into: &canvas)
    }

    /// The text in lines that fit, so far scrolled that the cursor is on the screen.
    private static func drawEvent(_ field: TextField, columns: Range<Int>, rows: Range<Int>, into canvas: inout Canvas)
    {
        let lines = self.lines(of: field.text, columns.count)
        let before = self.lines(of: field.head, columns.count)
        let cursorLine = max(0, before.count - 1)
        let top = max(0, cursorLine - rows.count + 1)
        for (offset, line) in lines.dropFirst(top).prefix(rows.count).enumerated() {
            canvas.text(line, columns.lowerBound, rows.lowerBound + offset, limit: columns.upperBound)
        }
        let column = columns.lowerBound + min(Text.width(of: before.last ?? ""), columns.count - 1)
        canvas.screen.cursor = Screen.Position(column: column, row: rows.lowerBound + cursorLine - top)
    }

    /// Broken anywhere, so that what precedes the cursor breaks as it does in the whole.
    private static func lines(of text: String, _ columns: Int) -> [String] {
        text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).flatMap { line -> [String] in
            var lines = [""]
            var used = 0
            for character in Text.sanitised(String(line)) {
                let width = Text.width(of: character)
                if used + width > columns {
                    lines.append("")
                    used = 0
                }
                lines[lines.count - 1].append(character)
                used += width
            }
            return lines
        }
    }
}

enum Box {
    static func draw(_ area: Area, title: String, into canvas: inout Canvas) {
        let left = area.columns.lowerBound
        let right = area.columns.upperBound - 1
        let glyphs = canvas.glyphs
        for row in area.rows {
            canvas.screen.fill(row: row, columns: area.columns)
            canvas.glyph(glyphs.axis, left, row, .dim)
            canvas.glyph(glyphs.axis, right, row, .dim)
        }
        for row in [area.rows.lowerBound, area.rows.upperBound - 1] {
            canvas.screen.fill(row: row, columns: (left + 1)..<right, with: glyphs.rule, style: .dim)
        }
        canvas.glyph(glyphs.topLeft, left, area.rows.lowerBound, .dim)
        canvas.glyph(glyphs.topRight, right, area.rows.lowerBound, .dim)
        canvas.glyph(glyphs.bottomLeft, left, area.rows.upperBound - 1, .dim)
        canvas.glyph(glyphs.bottomRight, right, area.rows.upperBound - 1, .dim)
        canvas.label(" \(title) ", left + 2, area.rows.lowerBound, .title)
    }
}
