/// The calls, or the log lines, of a session: how many there are, and which of them are shown.
struct ItemList {
    /// In the store.
    private(set) var total = 0
    /// Nil for all.
    private(set) var matches: PositionSet?
    /// Positions before this one were asked, or are by a sweep.
    private(set) var asked = 0

    /// Of the newest, more may become known.
    private static let unsettled = 256

    var count: Int { self.matches?.count ?? self.total }

    mutating func begin(isFiltered: Bool) {
        self.matches = isFiltered ? PositionSet() : nil
        self.asked = 0
    }

    mutating func found(_ positions: [Int]) {
        for position in positions { self.matches?.insert(position) }
    }

    /// There are so many now; returns those that are to be asked, again perhaps.
    mutating func grow(to total: Int) -> Range<Int> {
        self.total = total
        guard self.matches != nil else { return 0..<0 }
        let first = self.asked == 0 ? total : max(0, self.asked - Self.unsettled)
        self.asked = total
        return min(first, total)..<total
    }

    mutating func set(_ position: Int, _ matches: Bool) {
        if matches { self.matches?.insert(position) } else { self.matches?.remove(position) }
    }

    func position(at index: Int) -> Int? {
        guard index >= 0, index < self.count else { return nil }
        return self.matches?.position(at: index) ?? index
    }

    func index(of position: Int) -> Int? {
        guard let matches else { return position < self.total ? position : nil }
        return matches.contains(position) ? matches.rank(position) : nil
    }
}
