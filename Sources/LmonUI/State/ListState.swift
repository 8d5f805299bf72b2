import LmonModel

/// A window on a list that lies elsewhere: which rows are on the screen, and which of them is selected.
///
/// Indices count from 0, oldest first. The selection is a row's identity; its index is only where that row was last seen.
package struct ListState: Hashable, Sendable {
    package internal(set) var count = 0
    /// The first row on the screen.
    package internal(set) var top = 0
    package internal(set) var selectedIndex = 0
    /// Nil until the selected row has been loaded.
    package internal(set) var selected: Row.Key?
    package internal(set) var isFollowing = true
    /// Rows that came since following stopped, and since what is shown was chosen.
    package var unseen: Int { self.isFollowing ? 0 : max(0, self.count - self.seen) }

    /// How many rows there were then; what is shown may not have been counted to its end yet.
    private var seen = 0
    private var isCounting = false

    var loadedStart = 0
    var loaded: [Row] = []
    /// Asked for, so as not to ask again before something changes.
    var requested: Range<Int>?

    package func row(at index: Int) -> Row? {
        let offset = index - self.loadedStart
        return self.loaded.indices.contains(offset) ? self.loaded[offset] : nil
    }

    package var selectedRow: Row? {
        guard let selected, let row = self.row(at: self.selectedIndex), row.key == selected else { return nil }
        return row
    }

    func visible(height: Int) -> Range<Int> {
        let first = min(max(0, self.top), max(0, self.count - 1))
        return first..<min(self.count, first + max(0, height))
    }

    /// The list has so many rows now, and any of them may have changed.
    mutating func changed(count: Int, height: Int, isComplete: Bool = true) {
        self.count = count
        if self.isFollowing || self.isCounting { self.seen = count }
        if isComplete { self.isCounting = false }
        self.requested = nil
        if self.isFollowing { self.selectedIndex = max(0, count - 1) }
        self.selectedIndex = min(self.selectedIndex, max(0, count - 1))
        self.reveal(height: height)
    }

    mutating func seeAll() { self.seen = self.count }

    /// Other rows are shown from now on: none of them is new.
    mutating func recount() { self.isCounting = true }

    /// Rows arrived. True if the selected row was among those before and is not where it was.
    mutating func received(_ rows: [Row], start: Int, height: Int) -> Bool {
        self.loadedStart = start
        self.loaded = rows
        if self.isFollowing {
            self.followLatest(height: height)
            return false
        }
        guard let selected else {
            self.selected = self.row(at: self.selectedIndex)?.key
            return false
        }
        if self.row(at: self.selectedIndex)?.key == selected { return false }
        guard let offset = rows.firstIndex(where: { $0.key == selected }) else { return !rows.isEmpty }
        // It moved within reach: what the eye rests on stays at its height.
        let moved = start + offset - self.selectedIndex
        self.selectedIndex += moved
        self.top = max(0, self.top + moved)
        return false
    }

    /// While following, the newest invocation that is over, or else the newest one, or else the newest row.
    private mutating func followLatest(height: Int) {
        let visible = self.visible(height: height)
        func last(_ matches: (Row) -> Bool) -> Int? {
            visible.last { index in self.row(at: index).map(matches) ?? false }
        }
        let latest = last(\.isFinishedInvocation) ?? last(\.isInvocation) ?? last { _ in true }
        guard let latest else { return }
        self.selectedIndex = latest
        self.selected = self.row(at: latest)?.key
    }

    mutating func move(by rows: Int, height: Int) {
        self.select(index: self.selectedIndex + rows, height: height)
    }

    /// Selects a row, which stops following.
    mutating func select(index: Int, key: Row.Key? = nil, height: Int) {
        if self.isFollowing {
            self.isFollowing = false
            self.seeAll()
        }
        guard self.count > 0 else { return }
        self.selectedIndex = min(max(0, index), self.count - 1)
        self.selected = key ?? self.row(at: self.selectedIndex)?.key
        if self.selectedIndex == self.count - 1 { self.seeAll() }
        self.reveal(height: height)
    }

    /// Moves the window, and takes the selection along only where it would leave the window.
    mutating func scroll(by rows: Int, height: Int) {
        let lastTop = max(0, self.count - height)
        let top = min(max(0, self.top + rows), lastTop)
        guard top != self.top, height > 0 else { return }
        let kept = min(max(self.selectedIndex, top), top + height - 1)
        self.select(index: kept, key: kept == self.selectedIndex ? self.selected : nil, height: height)
        self.top = top
    }

    mutating func follow(height: Int) {
        self.isFollowing = true
        self.seeAll()
        self.selectedIndex = max(0, self.count - 1)
        self.reveal(height: height)
        self.followLatest(height: height)
    }

    mutating func reveal(height: Int) {
        guard height > 0 else { return }
        if self.selectedIndex < self.top { self.top = self.selectedIndex }
        if self.selectedIndex >= self.top + height { self.top = self.selectedIndex - height + 1 }
        self.top = max(0, min(self.top, self.count - height))
    }

    /// The rows to ask for, so that what is visible is there; nil if it is, or was asked for.
    mutating func missing(height: Int) -> Range<Int>? {
        let visible = self.visible(height: height)
        guard !visible.isEmpty, !visible.isCovered(by: self.requested) else { return nil }
        let margin = max(1, height)
        let range = max(0, visible.lowerBound - margin)..<min(self.count, visible.upperBound + margin)
        self.requested = range
        return range
    }
}

extension Range<Int> {
    fileprivate func isCovered(by other: Range<Int>?) -> Bool {
        guard let other else { return false }
        return other.lowerBound <= self.lowerBound && other.upperBound >= self.upperBound
    }
}

extension Row {
    fileprivate var isInvocation: Bool {
        guard case .list(.invocation) = self else { return false }
        return true
    }

    fileprivate var isFinishedInvocation: Bool {
        guard case .list(.invocation(let summary)) = self else { return false }
        return !summary.state.isInFlight
    }
}
