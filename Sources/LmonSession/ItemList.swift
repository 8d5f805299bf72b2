/// The calls, or the log lines, of a session: how many there are, and which of them are shown.
struct ItemList {
    /// In the store.
    private(set) var total = 0
    /// Nil for all.
    private(set) var matches: PositionSet?
    /// Positions before this one were asked, or are by a sweep; nil until it is known what is the sweep's.
    private var asked: Int?

    /// Of the newest, more may become known.
    private static let unsettled = 256
    /// So many are asked in one go.
    private static let portion = 600

    /// Some were not asked yet.
    var isBehind: Bool { self.matches != nil && self.asked.map { $0 < self.total } ?? false }

    var count: Int { self.matches?.count ?? self.total }

    mutating func begin(isFiltered: Bool) {
        self.matches = isFiltered ? PositionSet() : nil
        self.asked = nil
    }

    mutating func found(_ positions: [Int]) {
        for position in positions { self.matches?.insert(position) }
    }

    /// There are so many now; returns those that are to be asked, again perhaps: unless nothing can come any more.
    mutating func grow(to total: Int, isWhole: Bool = false) -> Range<Int> {
        self.total = total
        guard self.matches != nil else { return 0..<0 }
        guard let asked else {
            self.asked = total
            return 0..<0
        }
        let first = min(max(0, asked - (isWhole ? 0 : Self.unsettled)), total)
        let end = min(total, max(asked, first + Self.portion))
        self.asked = end
        return first..<end
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
