import LmonScreen

/// The help: this pane's keys first, all from the key table.
enum HelpText {
    struct Line {
        var key: String
        var text: String
        var isTitle = false
    }

    /// On a wide screen two beside each other, about as long as one another.
    static func columns(for pane: Pane, _ size: Screen.Size) -> [[Line]] {
        let groups: [Command.Group] = pane == .list ? [.find, .act, .window] : [.act, .find, .window]
        let first = self.section(.move)
        let others = groups.map { self.section($0) }
        guard size.columns >= HelpOverlay.wide else { return [self.joined([first] + others + [self.glyphs])] }
        let height = size.rows - 4
        return [self.joined([first, self.glyphs], within: height), self.joined(others, within: height)]
    }

    /// The last line from which there is more to see than fits.
    static func lastScroll(for pane: Pane, _ size: Screen.Size) -> Int {
        let height = self.columns(for: pane, size).map(\.count).max() ?? 0
        return max(0, height - max(1, size.rows - 4))
    }

    /// With a gap between them, unless all of it fits only without.
    private static func joined(_ sections: [[Line]], within height: Int = 0) -> [Line] {
        let spaced = Array(sections.joined(separator: [Line(key: "", text: "")]))
        let tight = Array(sections.joined())
        return spaced.count > height && tight.count <= height ? tight : spaced
    }

    private static func section(_ group: Command.Group) -> [Line] {
        [Line(key: group.rawValue, text: "", isTitle: true)]
            + KeyTable.bindings.filter { $0.group == group }.map { Line(key: $0.label, text: $0.help) }
    }

    private static let glyphs = [
        Line(key: "Glyphs", text: "", isTitle: true),
        Line(key: "✓ ✗ ◐", text: "fine, failed, in flight"),
        Line(key: "! ○ ◆", text: "look here; Lambda itself; lmon itself"),
        Line(key: "░ █", text: "waiting for an answer; its transfer"),
        Line(key: "· ╌ ≈", text: "DNS; connecting; TLS"),
        Line(key: "▒ ↻2 ┆ ┄", text: "time left; 2nd attempt; invocation over; frozen"),
        Line(key: "‹ › '", text: "goes on outside the axis; a log line"),
        Line(key: "◈ –", text: "marked; not observed, which is not 0"),
    ]
}

enum HelpOverlay {
    /// From so many columns on there are two of it.
    static let wide = 120
    private static let gap = 1
    private static let textOffset = 9

    static func draw(_ state: UIState, scroll: Int, into canvas: inout Canvas) {
        let size = state.size
        let columns = HelpText.columns(for: state.pane, size)
        let width = min(size.columns, columns.count == 1 ? 72 : self.wide)
        let left = (size.columns - width) / 2
        let area = Area(columns: left..<(left + width), rows: 1..<(size.rows - 1))
        Box.draw(area, title: "keys", into: &canvas)
        let inner = (left + 2)..<(left + width - 1)
        let step = (inner.count + self.gap) / columns.count
        for (index, lines) in columns.enumerated() {
            let start = inner.lowerBound + index * step
            self.draw(lines.dropFirst(scroll), start..<(start + step - self.gap), area, into: &canvas)
        }
        let height = area.rows.count - 2
        let hidden = (columns.map(\.count).max() ?? 0) - scroll - height
        if hidden > 0 {
            let text = " \(hidden) more ↓ "
            canvas.label(text, area.columns.upperBound - 2 - text.count, area.rows.upperBound - 1, .dim)
        }
    }

    private static func draw(
        _ lines: ArraySlice<HelpText.Line>,
        _ columns: Range<Int>,
        _ area: Area,
        into canvas: inout Canvas
    ) {
        for (line, row) in zip(lines, (area.rows.lowerBound + 1)..<(area.rows.upperBound - 1)) {
            let limit = columns.upperBound
            canvas.label(line.key, columns.lowerBound, row, limit: limit, line.isTitle ? .title : .inFlight)
            let text = canvas.truncated(line.text, to: columns.count - self.textOffset)
            canvas.label(text, columns.lowerBound + self.textOffset, row, limit: limit)
        }
    }
}
