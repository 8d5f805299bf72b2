import LmonModel
import LmonScreen

/// The dialog of `i`: function, event, what is wrong with it, and its keys.
enum InvokeOverlay {
    private static let keys = [
        ("↵", "send"), ("^J", "new line"), ("^L", "events"), ("^O", "$EDITOR"), ("^T", "tidy"), ("Tab", "function"),
        ("Esc", "close"),
    ]
    private static let shortKeys = [("↵", "send"), ("^J", "line"), ("^L", "list"), ("^O", "edit")]
    private static let listKeys = [("↵", "take"), ("j k", "move"), ("Esc", "back")]

    static func draw(_ state: UIState, _ dialog: InvokeDialog, into canvas: inout Canvas) {
        let places = dialog.places(state.size)
        Box.draw(places.box, title: "invoke", into: &canvas)
        let start = places.text.columns.lowerBound
        let end = places.text.columns.upperBound
        var pen = canvas.text("function  ", start, places.function, .dim)
        pen = canvas.text(canvas.truncated(dialog.function, to: end - pen), pen, places.function, .title)
        if dialog.functions.count > 1 {
            let text = "  Tab: \(dialog.chosen + 1) of \(dialog.functions.count)"
            canvas.label(text, pen, places.function, limit: end, .dim)
        }
        pen = canvas.text("event     ", start, places.event, .dim)
        let source = dialog.origin.title + (dialog.isEdited && dialog.origin != .typed ? ", edited" : "")
        canvas.label(canvas.truncated(source, to: end - pen), pen, places.event)
        if let listed = dialog.listed {
            self.drawList(dialog.choices, listed, places.text, into: &canvas)
        } else {
            self.drawText(dialog.editor, places.text, into: &canvas)
        }
        if let row = places.note {
            let text = dialog.error ?? dialog.flaw ?? ""
            let style: Style = dialog.error == nil ? .warning : .failed
            canvas.label(canvas.truncated(canvas.glyphs.rendered(text), to: end - start), start, row, style)
        }
        let keys = dialog.listed != nil ? self.listKeys : end - start < 50 ? self.shortKeys : self.keys
        self.drawKeys(keys, start..<end, places.keys, into: &canvas)
    }

    private static func drawText(_ editor: TextEditor, _ area: Area, into canvas: inout Canvas) {
        let columns = area.columns.count
        // A line that is longer than the area shows the part that the cursor is in.
        let skipped = max(0, editor.rowsToCursor(columns) - area.rows.count)
        var row = -skipped
        for index in editor.lines.indices.dropFirst(editor.top) where row < area.rows.count {
            let line = WrappedLine(editor.lines[index], columns)
            if index == editor.row {
                let place = line.place(of: editor.column)
                canvas.screen.cursor = Screen.Position(
                    column: area.columns.lowerBound + min(place.offset, columns),
                    row: area.rows.lowerBound + row + place.row
                )
            }
            for text in line.rows {
                if row >= 0, row < area.rows.count {
                    canvas.text(
                        text,
                        area.columns.lowerBound,
                        area.rows.lowerBound + row,
                        limit: area.columns.upperBound
                    )
                }
                row += 1
            }
        }
    }

    private static func drawList(_ choices: [EventChoice], _ listed: Int, _ area: Area, into canvas: inout Canvas) {
        let height = area.rows.count
        let top = max(0, min(listed - height / 2, choices.count - height))
        let width = min(area.columns.count / 2, choices.reduce(0) { max($0, Text.width(of: $1.origin.title)) })
        for (offset, choice) in choices.dropFirst(top).prefix(height).enumerated() {
            let row = area.rows.lowerBound + offset
            let start = area.columns.lowerBound + 2
            let name = Text.padded(
                canvas.glyphs.rendered(canvas.truncatedURL(choice.origin.title, to: width)),
                to: width
            )
            let pen = canvas.text(name, start, row, limit: area.columns.upperBound) + 2
            let preview = choice.text.prefix(400).filter { !$0.isWhitespace }
            canvas.text(canvas.truncated(preview, to: area.columns.upperBound - pen), pen, row, .dim)
            guard top + offset == listed else { continue }
            canvas.glyph(canvas.glyphs.selection, area.columns.lowerBound, row, .title)
            canvas.select(row: row, columns: area.columns)
        }
    }

    /// As many as fit.
    private static func drawKeys(
        _ keys: [(String, String)],
        _ columns: Range<Int>,
        _ row: Int,
        into canvas: inout Canvas
    ) {
        var pen = columns.lowerBound
        for (key, text) in keys {
            let shown = canvas.glyphs.rendered(key)
            guard pen + Text.width(of: shown) + 1 + text.count <= columns.upperBound else { return }
            pen = canvas.text(shown, pen, row, .title) + 1
            pen = canvas.text(text, pen, row, .dim) + 2
        }
    }
}
