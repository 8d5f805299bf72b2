import CNcurses
import LmonScreen

/// Puts screens into ncurses' window: only the cells that differ from the last one.
struct Painter {
    private var depth: ColorDepth
    private let isUTF8: Bool
    private let colors: Int
    private var last: Screen?
    private var pairs: [Pair: Int16] = [:]
    private var looks: [Style: (Int32, Int16)] = [:]

    private struct Pair: Hashable {
        var foreground: UInt8?
        var background: UInt8?
    }

    init(depth: ColorDepth, isUTF8: Bool) {
        self.depth = depth
        self.isUTF8 = isUTF8
        self.colors = Int(lmon_colors())
    }

    /// The next screen is drawn whole: the terminal holds something else.
    mutating func forget() {
        self.last = nil
        lmon_redraw_all()
    }

    mutating func paint(_ screen: Screen) {
        if self.last?.size != screen.size {
            lmon_erase()
            self.last = Screen(size: screen.size)
        }
        let before = self.last ?? Screen(size: screen.size)
        for row in 0..<screen.size.rows {
            guard let columns = screen.difference(from: before, row: row) else { continue }
            self.paint(screen, row: row, columns: columns)
        }
        self.last = screen
        lmon_refresh(Int32(screen.cursor?.row ?? -1), Int32(screen.cursor?.column ?? 0))
    }

    private mutating func paint(_ screen: Screen, row: Int, columns: Range<Int>) {
        for column in columns {
            let cell = screen[column, row]
            guard !cell.isContinuation else { continue }
            let (attributes, pair) = self.look(of: cell.style)
            if let scalar = cell.scalar {
                self.put([scalar.value], row, column, attributes, pair)
            } else {
                self.put(cluster: screen.text(of: cell), row, column, attributes, pair)
            }
        }
    }

    private func put(cluster: String, _ row: Int, _ column: Int, _ attributes: Int32, _ pair: Int16) {
        var pen = column
        var cell: [UInt32] = []
        for scalar in Text.portable(cluster).unicodeScalars {
            if Text.width(of: scalar) > 0, !cell.isEmpty {
                self.put(cell, row, pen, attributes, pair)
                pen += 1
                cell = []
            }
            cell.append(scalar.value)
        }
        self.put(cell, row, pen, attributes, pair)
    }

    private func put(_ scalars: [UInt32], _ row: Int, _ column: Int, _ attributes: Int32, _ pair: Int16) {
        let shown = self.isUTF8 || scalars.allSatisfy { $0 < 0x7F } ? scalars : [0x3F]
        lmon_put(Int32(row), Int32(column), shown, shown.count, attributes, pair)
    }

    private mutating func look(of style: Style) -> (Int32, Int16) {
        if let known = self.looks[style] { return known }
        var appearance = Palette.appearance(of: style, depth: self.depth)
        if self.colors < 16, let bright = appearance.foreground, (8..<16).contains(bright) {
            // Eight colours: the brighter ones are the bold ones.
            appearance.foreground = bright - 8
            appearance.attributes.insert(.bold)
        }
        let look = (Self.bits(of: appearance.attributes), self.pair(of: appearance))
        self.looks[style] = look
        return look
    }

    private mutating func pair(of appearance: Appearance) -> Int16 {
        guard self.depth != .mono, appearance.foreground != nil || appearance.background != nil else { return 0 }
        let wanted = Pair(foreground: appearance.foreground, background: appearance.background)
        if let known = self.pairs[wanted] { return known }
        let number = Int16(self.pairs.count + 1)
        lmon_make_pair(number, wanted.foreground.map(Int16.init) ?? -1, wanted.background.map(Int16.init) ?? -1)
        self.pairs[wanted] = number
        return number
    }

    private static func bits(of attributes: Attributes) -> Int32 {
        let table = [
            (Attributes.bold, LMON_BOLD), (.dim, LMON_DIM), (.italic, LMON_ITALIC), (.underline, LMON_UNDERLINE),
            (.reverse, LMON_REVERSE),
        ]
        return table.reduce(0) { attributes.contains($1.0) ? $0 | Int32($1.1) : $0 }
    }
}
