/// Lines that were typed before, newest first, each once.
package struct History: Hashable, Sendable {
    package private(set) var lines: [String]
    package static let capacity = 50

    package init(_ lines: [String] = []) {
        self.lines = []
        for line in lines.prefix(Self.capacity).reversed() { self.note(line) }
    }

    package mutating func note(_ line: String) {
        guard line.contains(where: { !$0.isWhitespace }) else { return }
        self.lines.removeAll { $0 == line }
        self.lines.insert(line, at: 0)
        if self.lines.count > Self.capacity { self.lines.removeLast() }
    }
}

/// Which line of a history stands where one types. Below the newest of them is what was begun.
package struct HistoryPlace: Hashable, Sendable {
    private var index: Int?
    private var begun = ""

    /// Puts in an older line, or the next newer one; false where there is none.
    mutating func recall(_ history: History, older: Bool, into field: inout TextField) -> Bool {
        var next = (self.index ?? -1) + (older ? 1 : -1)
        // What stands there already is no other line.
        if self.index == nil, older, history.lines.first == field.text { next += 1 }
        guard next >= -1, next < history.lines.count else { return false }
        if self.index == nil { self.begun = field.text }
        self.index = next < 0 ? nil : next
        field = TextField(next < 0 ? self.begun : history.lines[next])
        return true
    }
}
