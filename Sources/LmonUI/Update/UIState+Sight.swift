import LmonModel
import LmonRecord

/// Which rows are shown: from now on, marked ones only, in another order.
extension UIState {
    private mutating func say(_ text: String) { self.notice = Notice(text: text, isFailure: false) }

    // MARK: - From now on

    mutating func hideWhatIsHere() -> [UIEffect] {
        guard let last = self.totals.lastRecordTime else {
            self.say("Nothing is here yet.")
            return []
        }
        self.sight.since = Timestamp(microseconds: last.microseconds + 1)
        self.list.follow(height: self.listHeight)
        self.say("From now on; C brings back what was here.")
        return [.look(self.sight)]
    }

    mutating func bringBack() -> [UIEffect] {
        guard self.sight.since != nil else {
            self.say("Nothing is hidden: c starts from now.")
            return []
        }
        self.sight.since = nil
        return [.look(self.sight)]
    }

    // MARK: - In another order

    /// Time, the longest first, by function, those with most calls first, and time again.
    mutating func turnSort() -> [UIEffect] {
        guard self.view == .invocations else {
            self.say("Only invocations can be sorted: 1 shows them.")
            return []
        }
        let all = RowSort.allCases
        let index = all.firstIndex(of: self.sight.sort) ?? 0
        return self.sort(by: all[(index + 1) % all.count])
    }

    mutating func sort(by sort: RowSort) -> [UIEffect] {
        self.sight.sort = sort
        self.sight.isReversed = sort == .duration || sort == .calls
        if sort == .time {
            let height = self.listHeight
            self.lists[.invocations]?.follow(height: height)
            self.say("In the order of time.")
        } else {
            self.lists[.invocations]?.toTop()
            self.say("Sorted by \(sort.title); s goes on, Esc ends it.")
        }
        return [.look(self.sight)]
    }

    // MARK: - Marks

    /// What a mark on the selected row is put to: the invocation that it belongs to, or the event.
    private var markable: RowID? {
        guard let row = self.list.selectedRow else { return nil }
        if case .list(let row) = row { return row.id }
        return row.detail.map { $0.isInitialization ? .initialization($0) : .invocation($0) }
    }

    mutating func toggleMark() -> [UIEffect] {
        guard let id = self.markable else {
            self.say("No row to mark here.")
            return []
        }
        if self.marks.insert(id).inserted {
            self.lastMarked = id
            self.say("\(self.marks.count) marked; M shows only these, d compares with this one.")
        } else {
            self.marks.remove(id)
            if self.lastMarked == id { self.lastMarked = nil }
            self.say(self.marks.isEmpty ? "No mark is left." : "\(self.marks.count) marked.")
        }
        guard self.sight.marked != nil else { return [] }
        self.sight.marked = self.marks.isEmpty ? nil : self.marks
        return [.look(self.sight)]
    }

    mutating func toggleOnlyMarked() -> [UIEffect] {
        guard self.sight.marked == nil else {
            self.sight.marked = nil
            return [.look(self.sight)]
        }
        guard !self.marks.isEmpty else {
            self.say("Nothing is marked: m marks a row.")
            return []
        }
        self.sight.marked = self.marks
        return [.look(self.sight)]
    }

    func isMarked(_ row: Row) -> Bool {
        guard !self.marks.isEmpty else { return false }
        if case .list(let row) = row { return self.marks.contains(row.id) }
        return row.detail.map { self.marks.contains($0.isInitialization ? .initialization($0) : .invocation($0)) }
            ?? false
    }

    /// The invocation that was marked last, if it is another than this one.
    func marked(otherThan id: InvocationID) -> InvocationID? {
        guard let marked = self.lastMarked?.invocationID, marked != id, !marked.isInitialization else { return nil }
        return marked
    }

    // MARK: - Back

    /// Takes away what narrows the list or turns it round, the latest thought of first; nil if nothing does.
    mutating func widenSight() -> [UIEffect]? {
        if self.sight.marked != nil {
            self.sight.marked = nil
        } else if self.sight.since != nil {
            self.sight.since = nil
        } else if self.sight.sort != .time {
            return self.sort(by: .time)
        } else {
            return nil
        }
        return [.look(self.sight)]
    }

    /// Nothing but a filter narrows the lists, and time is their order.
    var isSightWide: Bool { self.sight.marked == nil && self.sight.since == nil && self.sight.sort == .time }

    /// What is to be known of the lists beside their rows: `marked only`, `since 10:42:11`, `by duration`.
    var sightWords: [String] {
        var words: [String] = []
        if self.sight.marked != nil { words.append("marked only") }
        if let since = self.sight.since {
            words.append("since \(Format.time(since, offset: self.configuration.utcOffset).prefix(8))")
        }
        if self.sight.sort != .time, self.view == .invocations { words.append("by \(self.sight.sort.name)") }
        return words
    }
}

extension RowSort {
    package var name: String { "\(self)" }

    /// `duration, longest first`
    var title: String {
        switch self {
        case .time: "time"
        case .duration: "duration, longest first"
        case .function: "function"
        case .calls: "calls, most first"
        }
    }
}

extension ListState {
    /// Shows another order from its top.
    mutating func toTop() {
        self.isFollowing = false
        self.seeAll()
        self.top = 0
        self.selectedIndex = 0
        self.selected = nil
        self.requested = nil
        self.loaded = []
    }
}
