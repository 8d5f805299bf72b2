/// A line of text that is being typed, with its cursor. Positions count characters.
package struct TextField: Hashable, Sendable {
    package private(set) var text: String
    package private(set) var cursor: Int

    package init(_ text: String = "") {
        self.text = text
        self.cursor = text.count
    }

    private var index: String.Index { self.text.index(self.text.startIndex, offsetBy: self.cursor) }

    package mutating func insert(_ addition: String) {
        self.text.insert(contentsOf: addition, at: self.index)
        // A mark joins the character before it, so what was counted may have become less.
        self.cursor = min(self.cursor + addition.count, self.text.count)
    }

    package mutating func deleteBackward() {
        guard self.cursor > 0 else { return }
        self.cursor -= 1
        self.text.remove(at: self.index)
    }

    package mutating func deleteForward() {
        guard self.cursor < self.text.count else { return }
        self.text.remove(at: self.index)
    }

    package mutating func deleteToStart() {
        self.text.removeSubrange(..<self.index)
        self.cursor = 0
    }

    package mutating func deleteWord() {
        let head = self.text[..<self.index]
        let kept = head.reversed().drop { $0 == " " }.drop { $0 != " " }.count
        self.text.removeSubrange(self.text.index(self.text.startIndex, offsetBy: kept)..<self.index)
        self.cursor = kept
    }

    /// Puts a text in the place of these characters, and the cursor behind it.
    mutating func replace(_ range: Range<Int>, with replacement: String) {
        let characters = Array(self.text)
        let range = range.clamped(to: 0..<characters.count)
        let head = String(characters[..<range.lowerBound]) + replacement
        self.text = head + String(characters[range.upperBound...])
        self.cursor = min(head.count, self.text.count)
    }

    package mutating func move(by characters: Int) {
        self.cursor = min(max(0, self.cursor + characters), self.text.count)
    }

    package mutating func moveToStart() { self.cursor = 0 }
    package mutating func moveToEnd() { self.cursor = self.text.count }

    /// What is left of the cursor.
    var head: String { String(self.text[..<self.index]) }
}
