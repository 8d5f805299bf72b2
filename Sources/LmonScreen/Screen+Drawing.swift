extension Screen {
    /// Draws one line of text and returns the column after it.
    ///
    /// What lies left of column 0, right of `limit` (a column, excluded) or off the screen is clipped; a wide cluster cut
    /// by an edge leaves blanks. Newlines are shown as `␊`: whoever draws splits lines first.
    @discardableResult
    package mutating func draw(
        _ text: String,
        column: Int,
        row: Int,
        limit: Int = .max,
        style: Style = .plain
    ) -> Int {
        let end = min(limit, self.size.columns)
        guard row >= 0, row < self.size.rows, column < end, !text.isEmpty else { return column }
        let text = Text.beginning(of: text, for: end - max(column, -1 << 20))
        if column >= 0, let next = self.drawASCII(text, column: column, row: row, end: end, style: style) {
            return next
        }
        let shown = Text.sanitised(text)
        if Text.isSimple(shown) {
            return self.drawScalars(shown, column: column, row: row, end: end, style: style)
        }
        var pen = column
        for character in shown {
            guard pen < end else { break }
            let width = Text.width(of: character)
            let scalars = character.unicodeScalars
            let content = scalars.count == 1 ? scalars.first?.value ?? 0x20 : self.intern(Text.bounded(character))
            self.put(content, width: width, column: pen, row: row, end: end, style: style)
            pen += width
        }
        return min(pen, end)
    }

    /// Draws text of nothing but printable ASCII; `nil` if it is not.
    private mutating func drawASCII(_ text: String, column: Int, row: Int, end: Int, style: Style) -> Int? {
        var text = text
        return text.withUTF8 { bytes -> Int? in
            guard bytes.allSatisfy({ $0 &- 0x20 < 0x5F }) else { return nil }
            let count = min(bytes.count, end - column)
            self.mendEdges(column: column, count: count, row: row)
            let start = row * self.size.columns + column
            self.cells.withUnsafeMutableBufferPointer { cells in
                for offset in 0..<count {
                    cells[start + offset] = Cell(content: UInt32(bytes[offset]), style: style)
                }
            }
            return column + count
        }
    }

    private mutating func drawScalars(_ text: String, column: Int, row: Int, end: Int, style: Style) -> Int {
        var pen = column
        for scalar in text.unicodeScalars {
            guard pen < end else { break }
            let width = Text.width(of: scalar)
            self.put(scalar.value, width: width, column: pen, row: row, end: end, style: style)
            pen += width
        }
        return min(pen, end)
    }

    private mutating func put(_ content: UInt32, width: Int, column: Int, row: Int, end: Int, style: Style) {
        guard column + width > 0, width > 0 else { return }
        if column < 0 || column + width > end {
            for half in max(0, column)..<min(column + width, end) { self.set(0x20, column: half, row: row, style) }
            return
        }
        self.mendEdges(column: column, count: width, row: row)
        let index = row * self.size.columns + column
        self.cells[index] = Cell(content: content, style: style)
        for offset in 1..<max(1, width) {
            self.cells[index + offset] = Cell(content: Cell.continuationMark, style: style)
        }
    }

    private mutating func set(_ content: UInt32, column: Int, row: Int, _ style: Style) {
        self.mendEdges(column: column, count: 1, row: row)
        self.cells[row * self.size.columns + column] = Cell(content: content, style: style)
    }

    /// Blanks what would stay of wide clusters of which a drawing over `count` columns covers one half.
    private mutating func mendEdges(column: Int, count: Int, row: Int) {
        guard count > 0 else { return }
        let start = row * self.size.columns
        if column > 0, self.cells[start + column].isContinuation { self.cells[start + column - 1].content = 0x20 }
        let after = column + count
        if after < self.size.columns, self.cells[start + after].isContinuation {
            self.cells[start + after].content = 0x20
        }
    }

    /// Fills columns of a row with one narrow glyph.
    package mutating func fill(
        row: Int,
        columns: Range<Int>,
        with glyph: Unicode.Scalar = " ",
        style: Style = .plain
    ) {
        guard row >= 0, row < self.size.rows, Text.width(of: glyph) == 1 else { return }
        let columns = columns.clamped(to: 0..<self.size.columns)
        self.mendEdges(column: columns.lowerBound, count: columns.count, row: row)
        for column in columns {
            self.cells[row * self.size.columns + column] = Cell(content: glyph.value, style: style)
        }
    }

    /// Adds attributes to cells that are drawn already: the selected row, a match.
    package mutating func restyle(row: Int, columns: Range<Int>, _ change: (inout Style) -> Void) {
        guard row >= 0, row < self.size.rows else { return }
        for column in columns.clamped(to: 0..<self.size.columns) {
            change(&self.cells[row * self.size.columns + column].style)
        }
    }
}
