import LmonModel
import LmonScreen

/// The picker of functions: what is typed, the functions with their numbers, and all of them.
enum FunctionOverlay {
    static func area(_ size: Screen.Size) -> Area {
        let width = min(size.columns, 76)
        let height = min(size.rows - 1, 20)
        let column = (size.columns - width) / 2
        return Area(columns: column..<(column + width), rows: 1..<(1 + height))
    }

    /// Entries that fit.
    static func height(_ size: Screen.Size) -> Int { max(1, self.area(size).rows.count - 4) }

    /// The entry at a row of the screen.
    static func index(at row: Int, _ picker: FunctionPicker, _ size: Screen.Size) -> Int? {
        let offset = row - self.area(size).rows.lowerBound - 3
        guard (0..<self.height(size)).contains(offset) else { return nil }
        let index = self.top(picker, size) + offset
        return picker.entries.indices.contains(index) ? index : nil
    }

    private static func top(_ picker: FunctionPicker, _ size: Screen.Size) -> Int {
        max(0, picker.chosen - self.height(size) + 1)
    }

    static func draw(_ state: UIState, _ picker: FunctionPicker, into canvas: inout Canvas) {
        let area = self.area(state.size)
        Box.draw(area, title: "functions", into: &canvas)
        let columns = (area.columns.lowerBound + 2)..<(area.columns.upperBound - 2)
        let first = area.rows.lowerBound + 1
        let pen = canvas.text("show: ", columns.lowerBound, first, .title)
        let room = columns.upperBound - pen - 1
        let head = Text.truncatedHead(picker.field.head, to: room, ellipsis: canvas.glyphs.ellipsis)
        let shown = Text.width(of: picker.field.head) > room ? head : Text.sanitised(picker.field.text)
        canvas.text(shown, pen, first, limit: columns.upperBound)
        canvas.screen.cursor = Screen.Position(column: pen + Text.width(of: head), row: first)
        self.draw(self.titles(columns), columns, row: first + 1, style: .dim, into: &canvas)
        let entries = picker.entries
        if entries.isEmpty {
            let text = picker.functions == nil ? canvas.glyphs.ellipsis : "No function matches."
            canvas.text(text, columns.lowerBound + 2, first + 2, limit: columns.upperBound, .dim)
        }
        let top = self.top(picker, state.size)
        for (offset, entry) in entries.dropFirst(top).prefix(self.height(state.size)).enumerated() {
            let row = first + 2 + offset
            self.draw(self.cells(entry, state), columns, row: row, into: &canvas)
            if top + offset == picker.chosen {
                canvas.glyph(canvas.glyphs.selection, columns.lowerBound, row, .title)
                canvas.select(row: row, columns: (area.columns.lowerBound + 1)..<(area.columns.upperBound - 1))
            }
        }
        let left = entries.count - top - self.height(state.size)
        if left > 0 {
            let text = " \(left) more ↓ "
            canvas.label(text, columns.upperBound - text.count, area.rows.upperBound - 1, .dim)
        }
    }

    // MARK: - Cells

    private struct Cells {
        var name: String
        var invocations: String
        var failed: String
        var environments: String
        var hasFailures = false
    }

    private static func titles(_ columns: Range<Int>) -> Cells {
        columns.count < 50
            ? Cells(name: "function", invocations: "inv", failed: "✗", environments: "env")
            : Cells(name: "function", invocations: "invocations", failed: "failed", environments: "environments")
    }

    private static func cells(_ entry: FunctionPicker.Entry, _ state: UIState) -> Cells {
        switch entry {
        case .all:
            let totals = state.totals
            return Cells(
                name: "all",
                invocations: "\(totals.invocations)",
                failed: "\(totals.failed)",
                environments: "",
                hasFailures: totals.failed > 0
            )
        case .function(let count):
            return Cells(
                name: count.name,
                invocations: count.invocations.map(String.init) ?? "–",
                failed: count.failed.map(String.init) ?? "–",
                environments: "\(count.environments)",
                hasFailures: count.failed ?? 0 > 0
            )
        }
    }

    private static func draw(
        _ cells: Cells,
        _ columns: Range<Int>,
        row: Int,
        style: Style = .plain,
        into canvas: inout Canvas
    ) {
        let isNarrow = columns.count < 50
        let widths = isNarrow ? (7, 5, 5) : (13, 9, 14)
        let start = columns.lowerBound + 2
        let numbers = columns.upperBound - widths.0 - widths.1 - widths.2
        canvas.text(canvas.truncated(cells.name, to: numbers - start), start, row, style == .plain ? .title : style)
        let failed: Style = cells.hasFailures ? .failed : style
        var pen = numbers
        for (text, width, style) in [
            (cells.invocations, widths.0, style), (cells.failed, widths.1, failed),
            (cells.environments, widths.2, style),
        ] {
            pen += width
            let shown = canvas.glyphs.rendered(text)
            canvas.text(shown, pen - Text.width(of: shown), row, style)
        }
    }
}
