import LmonModel

/// The lines of the lower pane, ready to be drawn.
struct PaneText: Hashable, Sendable {
    /// Those that are shown: without what is folded away, and wrapped.
    private(set) var lines: [TextLine] = []
    /// All there are, as they were made.
    private(set) var all: [TextLine] = []
    /// Which of `all` each shown line is of.
    private(set) var origins: [Int] = []
    private(set) var canFold = false
    var isStale = true
    /// Made once the end of the invocation was overdue.
    var isOverdue = false

    init() {}

    /// `columns` to wrap to; nil cuts long lines. `ellipsis` stands for what is folded.
    init(_ all: [TextLine], folds: Set<Int> = [], columns: Int? = nil, ellipsis: String = "…") {
        self.all = all
        self.isStale = false
        var index = 0
        while index < all.count {
            let line = all[index]
            let fold = line.fold
            let isFolded = fold.map { folds.contains($0.id) } ?? false
            let shown = isFolded ? line.folded(ellipsis: ellipsis) : line
            for piece in columns.map({ shown.wrapped(to: $0) }) ?? [shown] {
                self.lines.append(piece)
                self.origins.append(index)
            }
            if fold != nil { self.canFold = true }
            index += 1 + (isFolded ? fold?.below ?? 0 : 0)
        }
    }

    /// What begins in a shown line.
    func fold(at line: Int) -> TextLine.Fold? {
        self.origins.indices.contains(line) ? self.all[self.origins[line]].fold : nil
    }

    /// The whole of the line that a shown one is of, as it would be without wrapping.
    func text(at line: Int) -> String? {
        guard self.origins.indices.contains(line) else { return nil }
        let origin = self.origins[line]
        return zip(self.lines, self.origins).lazy.filter { $0.1 == origin }.map(\.0.text).joined()
    }

    /// Where a line that was shown is shown in `other`: the same part of it, or what it is folded into.
    func place(of line: Int, in other: PaneText) -> Int {
        guard self.origins.indices.contains(line) else { return line }
        let origin = self.origins[line]
        let piece = line - (self.origins.firstIndex(of: origin) ?? line)
        guard let last = other.origins.lastIndex(where: { $0 <= origin }) else { return 0 }
        let first = other.origins.firstIndex(of: other.origins[last]) ?? last
        return min(first + piece, last)
    }

    /// Those of `folds` that have no match in what they hide.
    func folds(_ folds: Set<Int>, withoutThoseHiding text: String) -> Set<Int> {
        var left = folds
        var around: [(id: Int, end: Int)] = []
        for (index, line) in self.all.enumerated() {
            around.removeAll { $0.end < index }
            if !around.isEmpty, TextMatch.isFound(text, in: line.text) {
                for fold in around { left.remove(fold.id) }
            }
            if let fold = line.fold, folds.contains(fold.id) { around.append((fold.id, index + fold.below)) }
        }
        return left
    }
}
