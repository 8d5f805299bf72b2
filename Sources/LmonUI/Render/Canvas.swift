import LmonModel
import LmonScreen

/// A screen with the glyphs to draw on it.
struct Canvas {
    var screen: Screen
    let glyphs: Glyphs

    init(size: Screen.Size, glyphs: Glyphs) {
        self.screen = Screen(size: size)
        self.glyphs = glyphs
    }

    /// Text that others wrote: drawn as it is.
    @discardableResult
    mutating func text(
        _ text: String,
        _ column: Int,
        _ row: Int,
        limit: Int = .max,
        _ style: Style = .plain
    ) -> Int {
        self.screen.draw(text, column: column, row: row, limit: limit, style: style)
    }

    /// lmon's own words, whose glyphs follow the table.
    @discardableResult
    mutating func label(
        _ text: String,
        _ column: Int,
        _ row: Int,
        limit: Int = .max,
        _ style: Style = .plain
    ) -> Int {
        self.screen.draw(self.glyphs.rendered(text), column: column, row: row, limit: limit, style: style)
    }

    mutating func glyph(_ glyph: Unicode.Scalar, _ column: Int, _ row: Int, _ style: Style = .plain) {
        self.screen.draw(String(Character(glyph)), column: column, row: row, style: style)
    }

    func truncated(_ text: String, to columns: Int) -> String {
        Text.truncated(text, to: columns, ellipsis: self.glyphs.ellipsis)
    }

    func truncatedURL(_ text: String, to columns: Int) -> String {
        Text.truncatedMiddle(text, to: columns, ellipsis: self.glyphs.ellipsis)
    }

    /// `─ one ─ two ────`: parts are dropped from the right, whole, until the rest fits; the first is cut if it must be.
    mutating func rule(_ parts: [(String, Style)], in area: Area, trailing: [(String, Style)] = []) {
        let row = area.rows.lowerBound
        let end = area.columns.upperBound
        self.screen.fill(row: row, columns: area.columns, with: self.glyphs.rule, style: .dim)
        let reserved = trailing.reduce(0) { $0 + Text.width(of: $1.0) + 1 } + (trailing.isEmpty ? 1 : 3)
        var pen = area.columns.lowerBound + 1
        for (index, part) in parts.enumerated() {
            let text = self.glyphs.rendered(part.0)
            let room = end - reserved - pen - 2
            guard index == 0 ? room > 2 : Text.width(of: text) <= room else { break }
            pen = self.text(" " + self.truncatedURL(text, to: room) + " ", pen, row, limit: end, part.1) + 1
        }
        guard !trailing.isEmpty, end - reserved >= pen - 1 else { return }
        pen = end - reserved
        for part in trailing { pen = self.label(" " + part.0, pen, row, limit: end, part.1) }
        self.label(" ", pen, row, limit: end)
    }

    /// Restyles every match within some columns of a row.
    mutating func highlight(_ needle: String, row: Int, columns: Range<Int>) {
        var line = ""
        var places: [Int] = []
        for column in columns {
            let cluster = self.screen.text(of: self.screen[column, row])
            guard !cluster.isEmpty else { continue }
            line += cluster
            places.append(column)
        }
        for range in TextMatch.ranges(of: needle, in: line) {
            let first = line.distance(from: line.startIndex, to: range.lowerBound)
            let last = line.distance(from: line.startIndex, to: range.upperBound) - 1
            guard places.indices.contains(first), places.indices.contains(last) else { continue }
            self.screen.restyle(row: row, columns: places[first]..<(places[last] + 1)) { $0.role = .match }
        }
    }

    mutating func select(row: Int, columns: Range<Int>) {
        self.screen.restyle(row: row, columns: columns) { $0.attributes.insert(.selected) }
    }

    /// Spans one after the other, cut at the limit.
    mutating func line(_ line: TextLine, _ column: Int, _ row: Int, limit: Int) {
        var pen = column
        for span in line.spans {
            guard pen < limit else { return }
            let room = limit - pen
            let text = self.truncated(span.text, to: room)
            pen = self.text(text, pen, row, limit: limit, Style(tone: span.tone))
        }
    }
}

extension Style {
    init(tone: TextLine.Tone) {
        switch tone {
        case .plain: self = .plain
        case .dim: self = .dim
        case .key: self = Style(.key)
        case .string: self = Style(.string)
        case .number: self = Style(.number)
        case .literal: self = Style(.literal)
        case .title: self = .title
        case .failed: self = .failed
        case .warning: self = .warning
        case .inFlight: self = .inFlight
        case .lambda: self = .lambda
        case .call: self = .call
        case .lmon: self = .lmon
        }
    }
}
