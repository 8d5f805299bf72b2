import LmonScreen

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
