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
            Line(key: "· ╌ ≈", text: "DNS; connecting; TLS"),
            Line(key: "▒ ↻2", text: "time left; second attempt"),
            Line(key: "┆ ┄", text: "where its invocation ended; its environment stood still"),
            Line(key: "‹ › '", text: "goes on outside the axis; a log line"),
            Line(key: "◈", text: "marked"),
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
