import LmonRecord

/// Which numbers of an environment are there, and which are known to be lost.
struct SequenceLedger: Sendable {
    private var present = NumberRanges()
    private var lost = NumberRanges()
    /// Numbers under a tombstone that did not come after all.
    private(set) var lostCount = 0

    /// A number that no stream reaches; a tombstone that claims more is cut here.
    private static let limit = 1 << 48

    /// False if that number was there already.
    mutating func insert(_ sequence: Int) -> Bool {
        guard self.present.insert(sequence) else { return false }
        if self.lostCount > 0, self.lost.remove(sequence) { self.lostCount -= 1 }
        return true
    }

    /// How many numbers it declares lost that were neither there nor declared before.
    mutating func insert(tombstone first: Int, through: Int) -> Int {
        let through = min(through, Self.limit)
        guard first <= through else { return 0 }
        var added = 0
        for gap in self.present.gaps(in: first...through) { added += self.lost.insert(gap) }
        self.lostCount += added
        return added
    }
}
