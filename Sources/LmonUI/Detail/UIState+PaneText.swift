import LmonModel
import LmonScreen

extension UIState {
    /// Makes the lower pane's lines anew if what they show has changed.
    mutating func refreshPaneText() {
        let isOverdue = self.isDetailOverdue
        guard self.paneText.isStale || self.paneText.isOverdue != isOverdue else { return }
        guard let detail, let area = self.layout?.lower else {
            self.paneText = PaneText(self.eventLines)
            return
        }
        let isOneLine = area.rows.count < 4
        let columns = area.columns.count - 4
        let offset = self.configuration.utcOffset
        let lines = DetailText.lines(
            detail,
            height: area.rows.count,
            columns: columns,
            offset: offset,
            isOverdue: isOverdue
        )
        var text = PaneText(
            lines,
            folds: detail.folds,
            columns: self.wraps && !isOneLine ? columns : nil,
            ellipsis: self.glyphs.rendered("…")
        )
        text.isOverdue = isOverdue
        self.detail?.cursor = self.paneText.place(of: detail.cursor, in: text)
        self.paneText = text
        self.settleCursor()
    }
}

extension UIState {
    /// What is known of a lifecycle event that nothing opens under.
    private var eventLines: [TextLine] {
        guard self.detail == nil, case .list(.lifecycle(let event))? = self.list.selectedRow else { return [] }
        return event.parts.dropFirst().map { TextLine($0) }
    }
}

extension TextLine {
    /// The same text in lines of so many columns, each span keeping its tone.
    func wrapped(to columns: Int) -> [TextLine] {
        guard columns > 0, Text.width(of: self.text) > columns else { return [self] }
        var lines: [TextLine] = [TextLine()]
        var used = 0
        for span in self.spans {
            if Text.isPrintableASCII(span.text) {
                // A megabyte in one line is cut by its bytes.
                var rest = span.text[...]
                while !rest.isEmpty {
                    if used == columns {
                        lines.append(TextLine())
                        used = 0
                    }
                    let end = rest.utf8.index(rest.startIndex, offsetBy: columns - used, limitedBy: rest.endIndex)
                    let piece = rest[..<(end ?? rest.endIndex)]
                    lines[lines.count - 1].append(String(piece), span.tone)
                    used += piece.utf8.count
                    rest = rest[piece.endIndex...]
                }
                continue
            }
            var piece = ""
            for character in Text.sanitised(span.text) {
                let width = Text.width(of: character)
                if used + width > columns {
                    lines[lines.count - 1].append(piece, span.tone)
                    lines.append(TextLine())
                    piece = ""
                    used = 0
                }
                piece.append(character)
                used += width
            }
            if !piece.isEmpty { lines[lines.count - 1].append(piece, span.tone) }
        }
        return lines
    }
}
