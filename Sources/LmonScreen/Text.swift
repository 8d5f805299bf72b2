/// Text measured in terminal columns.
///
/// Every width is that of the text as `Screen.draw` shows it, so what is not printable counts as its visible replacement.
package enum Text {
    package enum Alignment: Sendable {
        case leading
        case trailing
    }

    /// The columns that text takes.
    package static func width(of text: String) -> Int {
        if self.isPrintableASCII(text) { return text.utf8.count }
        let shown = self.sanitised(text)
        if self.isSimple(shown) { return shown.unicodeScalars.reduce(0) { $0 + self.width(of: $1) } }
        return shown.reduce(0) { $0 + self.width(of: $1) }
    }

    /// The longest beginning that fits, sanitised.
    package static func clipped(_ text: String, to columns: Int) -> String {
        let text = self.beginning(of: text, for: columns)
        if self.isPrintableASCII(text) {
            return text.utf8.count <= columns ? text : String(text.prefix(max(0, columns)))
        }
        var used = 0
        var result = ""
        for character in self.sanitised(text) {
            used += self.width(of: character)
            guard used <= columns else { break }
            result.append(character)
        }
        return result
    }

    /// The text, or its beginning and an ellipsis.
    package static func truncated(_ text: String, to columns: Int, ellipsis: String = "…") -> String {
        let text = self.beginning(of: text, for: columns)
        guard self.width(of: text) > columns else { return self.isPrintableASCII(text) ? text : self.sanitised(text) }
        guard columns > 0 else { return "" }
        return self.clipped(text, to: columns - self.width(of: ellipsis)) + self.clipped(ellipsis, to: columns)
    }

    /// The text, or its end behind an ellipsis: for paths and hosts, which differ at their ends.
    package static func truncatedHead(_ text: String, to columns: Int, ellipsis: String = "…") -> String {
        let text = self.end(of: text, for: columns)
        guard self.width(of: text) > columns else { return self.sanitised(text) }
        guard columns > 0 else { return "" }
        let room = columns - self.width(of: ellipsis)
        var used = 0
        var tail: [Character] = []
        for character in self.sanitised(text).reversed() {
            used += self.width(of: character)
            guard used <= room else { break }
            tail.append(character)
        }
        return self.clipped(ellipsis, to: columns) + String(tail.reversed())
    }

    /// The text, or its beginning and its end around an ellipsis, of which the end gets two thirds: for URLs, whose hosts
    /// are often the same and whose paths tell them apart.
    package static func truncatedMiddle(_ text: String, to columns: Int, ellipsis: String = "…") -> String {
        let isLong = text.utf8.count > self.longText
        guard isLong || self.width(of: text) > columns else { return self.sanitised(text) }
        let head = max(0, columns - self.width(of: ellipsis)) / 3
        let start = self.clipped(text, to: head)
        return start + self.truncatedHead(text, to: columns - self.width(of: start), ellipsis: ellipsis)
    }

    /// The text filled up with blanks; longer text comes back whole.
    package static func padded(_ text: String, to columns: Int, _ alignment: Alignment = .leading) -> String {
        let blanks = String(repeating: " ", count: max(0, columns - self.width(of: text)))
        return alignment == .leading ? text + blanks : blanks + text
    }

    /// Exactly `columns` wide: truncated or padded.
    package static func fitted(
        _ text: String,
        to columns: Int,
        _ alignment: Alignment = .leading,
        ellipsis: String = "…"
    ) -> String {
        self.padded(self.truncated(text, to: columns, ellipsis: ellipsis), to: columns, alignment)
    }

    /// Lines of at most `columns`, broken at blanks where there is one in the last third, else anywhere.
    package static func wrapped(_ text: String, to columns: Int) -> [String] {
        let shown = self.sanitised(text)
        guard columns > 0, self.width(of: shown) > columns else { return [shown] }
        var lines: [String] = []
        var line: [Character] = []
        var used = 0
        for character in shown {
            let width = self.width(of: character)
            if used + width > columns {
                let (head, rest) = self.broken(line, columns: columns)
                lines.append(String(head))
                line = Array(rest)
                used = line.reduce(0) { $0 + self.width(of: $1) }
            }
            line.append(character)
            used += width
        }
        lines.append(String(line))
        return lines
    }

    private static func broken(_ line: [Character], columns: Int) -> (ArraySlice<Character>, ArraySlice<Character>) {
        guard let blank = line.lastIndex(of: " "), blank > line.count * 2 / 3, blank + 1 < line.count else {
            return (line[...], [])
        }
        return (line[...blank], line[(blank + 1)...])
    }

    // MARK: Long text

    /// Bytes from which on only the part of a text is looked at that can be seen: a line may be a megabyte, and is drawn
    /// with every key.
    private static let longText = 4096

    /// So much of a long text that it fills the columns, and one more; every character takes one at least.
    static func beginning(of text: String, for columns: Int) -> String {
        text.utf8.count > max(self.longText, columns) ? String(text.prefix(max(0, columns) + 1)) : text
    }

    private static func end(of text: String, for columns: Int) -> String {
        text.utf8.count > max(self.longText, columns) ? String(text.suffix(max(0, columns) + 1)) : text
    }

    package static func isPrintableASCII(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 &- 0x20 < 0x5F }
    }
}
