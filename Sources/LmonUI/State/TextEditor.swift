import LmonScreen

/// Text of several lines that is being typed, with its cursor. Positions count characters.
package struct TextEditor: Hashable, Sendable {
    package private(set) var lines: [String]
    /// The line and the character in it that the cursor stands on.
    package private(set) var row = 0
    package private(set) var column = 0
    /// The first line on the screen.
    private(set) var top = 0

    package init(_ text: String = "") {
        self.lines = Self.lines(of: text)
        self.moveToEnd()
    }

    package var text: String { self.lines.joined(separator: "\n") }
    package var isBlank: Bool { self.lines.allSatisfy { $0.allSatisfy(\.isWhitespace) } }

    private static func lines(of text: String) -> [String] {
        text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
    }

    private var line: String {
        get { self.lines[self.row] }
        set { self.lines[self.row] = newValue }
    }

    private var head: Substring { self.line.prefix(self.column) }
    private var tail: Substring { self.line.dropFirst(self.column) }

    // MARK: - Typing

    package mutating func insert(_ text: String) {
        var parts = Self.lines(of: text)
        let tail = String(self.tail)
        parts[0] = self.head + parts[0]
        let last = parts.count - 1
        // A mark joins the character before it, so what is left of the cursor is counted anew.
        let column = parts[last].count
        parts[last] += tail
        self.lines.replaceSubrange(self.row...self.row, with: parts)
        self.row += last
        self.column = min(column, self.line.count)
    }

    /// A new line that begins as far in as this one does.
    package mutating func breakLine() {
        self.insert("\n" + self.head.prefix { $0 == " " })
    }

    package mutating func deleteBackward() {
        guard self.column > 0 || self.row > 0 else { return }
        self.moveLeft()
        self.deleteForward()
    }

    package mutating func deleteForward() {
        if self.column < self.line.count {
            self.line.remove(at: self.line.index(self.line.startIndex, offsetBy: self.column))
        } else if self.row + 1 < self.lines.count {
            self.line += self.lines.remove(at: self.row + 1)
        }
    }

    package mutating func deleteToStart() {
        self.line = String(self.tail)
        self.column = 0
    }

    package mutating func deleteToEnd() {
        if self.column == self.line.count { self.deleteForward() } else { self.line = String(self.head) }
    }

    package mutating func deleteWord() {
        let kept = self.head.reversed().drop { $0 == " " }.drop { $0 != " " }.count
        self.line = String(self.line.prefix(kept) + self.tail)
        self.column = kept
    }

    // MARK: - Moving

    package mutating func move(toRow row: Int, column: Int) {
        self.row = min(max(0, row), self.lines.count - 1)
        self.column = min(max(0, column), self.line.count)
    }

    package mutating func moveToEnd() { self.move(toRow: .max, column: .max) }

    package mutating func moveLeft() {
        if self.column > 0 {
            self.column -= 1
        } else if self.row > 0 {
            self.move(toRow: self.row - 1, column: .max)
        }
    }

    package mutating func moveRight() {
        if self.column < self.line.count {
            self.column += 1
        } else if self.row + 1 < self.lines.count {
            self.move(toRow: self.row + 1, column: 0)
        }
    }

    package mutating func moveToLineStart() { self.column = 0 }
    package mutating func moveToLineEnd() { self.column = self.line.count }

    /// Up and down on the screen, where a line that is too long for `columns` takes several rows.
    package mutating func moveVertically(by rows: Int, columns: Int) {
        for _ in 0..<abs(rows) {
            let pieces = WrappedLine(self.line, columns)
            let place = pieces.place(of: self.column)
            let next = place.row + rows.signum()
            if pieces.starts.indices.contains(next) {
                self.column = pieces.column(at: place.offset, row: next)
            } else {
                let row = self.row + rows.signum()
                guard self.lines.indices.contains(row) else { return }
                self.row = row
                let other = WrappedLine(self.line, columns)
                self.column = other.column(at: place.offset, row: rows > 0 ? 0 : other.starts.count - 1)
            }
        }
    }

    /// Scrolls so far that the cursor is among `height` rows.
    mutating func reveal(columns: Int, height: Int) {
        self.top = min(self.top, self.row)
        // So far down as rows can matter: each line takes at least one.
        self.top = max(self.top, self.row - max(1, height) + 1)
        while self.top < self.row, self.rowsToCursor(columns) > height { self.top += 1 }
    }

    /// Rows from the first line on the screen to the cursor's, both included.
    func rowsToCursor(_ columns: Int) -> Int {
        let before = self.lines[self.top..<self.row].reduce(0) { $0 + WrappedLine($1, columns).starts.count }
        return before + WrappedLine(self.line, columns).place(of: self.column).row + 1
    }
}

/// How a line is broken into rows of so many columns: anywhere, so that what precedes the cursor breaks as the whole does.
struct WrappedLine {
    /// The characters that begin a row.
    private(set) var starts = [0]
    private(set) var rows = [""]
    /// Of each character: the column that it stands in.
    private var columns: [Int] = []
    private var used = 0

    init(_ line: String, _ columns: Int) {
        for character in line {
            let shown = Text.sanitised(String(character))
            let width = Text.width(of: shown)
            if self.used + width > max(2, columns) {
                self.starts.append(self.columns.count)
                self.rows.append("")
                self.used = 0
            }
            self.columns.append(self.used)
            self.rows[self.rows.count - 1] += shown
            self.used += width
        }
    }

    /// The row and the column that the cursor is in, standing before a character or at the end.
    func place(of character: Int) -> (row: Int, offset: Int) {
        let row = self.starts.lastIndex { $0 <= character } ?? 0
        return (row, self.columns.indices.contains(character) ? self.columns[character] : self.used)
    }

    /// The character of a row that is at this column, or its last place.
    func column(at offset: Int, row: Int) -> Int {
        if row == self.starts.count - 1, offset >= self.used { return self.columns.count }
        let end = row + 1 < self.starts.count ? self.starts[row + 1] : self.columns.count
        return (self.starts[row]..<end).last { self.columns[$0] <= offset } ?? self.starts[row]
    }
}
