import LmonModel

/// The line of the lower pane that its keys act on.
extension UIState {
    /// The pane scrolls so that the cursor stays on the screen.
    mutating func moveCursor(by lines: Int) {
        guard let detail else { return }
        let last = max(0, self.paneText.lines.count - 1)
        self.detail?.cursor = min(max(0, detail.cursor + min(max(lines, -last), last)), last)
        self.revealCursor()
    }

    /// Turns the pane, as a wheel does; the cursor stays on the screen.
    mutating func scrollLower(by rows: Int) {
        guard let detail else { return }
        let last = max(0, self.paneText.lines.count - self.lowerHeight)
        let scroll = min(max(0, detail.scroll + min(max(rows, -last), last)), last)
        self.detail?.scroll = scroll
        let end = min(scroll + self.lowerHeight, self.paneText.lines.count) - 1
        self.detail?.cursor = max(0, min(max(detail.cursor, scroll), end))
    }

    /// After the text or the pane has changed.
    mutating func settleCursor() {
        guard self.pane == .lower else { return self.scrollLower(by: 0) }
        self.moveCursor(by: 0)
    }

    private mutating func revealCursor() {
        guard let detail else { return }
        let height = max(1, self.lowerHeight)
        let last = max(0, self.paneText.lines.count - height)
        let first = min(max(detail.scroll, detail.cursor - height + 1), detail.cursor)
        self.detail?.scroll = min(first, last)
    }

    /// A click puts the cursor there; one on the cursor folds.
    mutating func clickLower(row: Int) {
        guard let detail else { return }
        let line = detail.scroll + row
        guard line < self.paneText.lines.count else { return }
        if self.pane == .lower, line == detail.cursor { return self.toggleFold() }
        self.detail?.cursor = line
    }

    /// Folds what begins on the cursor's line, or unfolds it.
    mutating func toggleFold() {
        guard let detail, let fold = self.paneText.fold(at: detail.cursor) else { return }
        if self.detail?.folds.remove(fold.id) == nil { self.detail?.folds.insert(fold.id) }
        self.paneText.isStale = true
    }

    /// Puts the cursor on the next line that matches; what hides a match is unfolded.
    mutating func findInPane(forward: Bool) {
        guard let search else { return }
        self.unfold(hiding: search.text)
        guard let cursor = self.detail?.cursor else { return }
        let lines = self.paneText.lines
        let matching = lines.indices.filter { TextMatch.isFound(search.text, in: lines[$0].text) }
        self.search?.total = matching.count
        let next =
            forward
            ? matching.first { $0 > cursor } ?? matching.first
            : matching.last { $0 < cursor } ?? matching.last
        guard let next else {
            self.search?.hasFailed = true
            return
        }
        self.search?.hasFailed = false
        self.search?.ordinal = (matching.firstIndex(of: next) ?? 0) + 1
        self.moveCursor(by: next - cursor)
    }

    private mutating func unfold(hiding text: String) {
        guard let folds = self.detail?.folds, !folds.isEmpty else { return }
        let left = self.paneText.folds(folds, withoutThoseHiding: text)
        guard left != folds else { return }
        self.detail?.folds = left
        self.paneText.isStale = true
        self.refreshPaneText()
    }
}
