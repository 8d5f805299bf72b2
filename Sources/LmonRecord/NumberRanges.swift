/// A set of whole numbers above the least `Int` as ranges: an environment's sequence numbers, which come nearly all in order.
package struct NumberRanges: Hashable, Sendable {
    /// Ascending, with a gap between neighbours.
    package private(set) var ranges: [ClosedRange<Int>] = []

    package init() {}

    package func contains(_ number: Int) -> Bool {
        let index = self.firstIndex(endingAtOrAfter: number)
        return index < self.ranges.count && self.ranges[index].contains(number)
    }

    /// False if it was there already.
    package mutating func insert(_ number: Int) -> Bool {
        if let last = self.ranges.last, last.upperBound == number - 1 {
            self.ranges[self.ranges.count - 1] = last.lowerBound...number
            return true
        }
        return self.insert(number...number) == 1
    }

    /// How many of them were not there yet.
    @discardableResult
    package mutating func insert(_ range: ClosedRange<Int>) -> Int {
        // Neighbours that touch are joined.
        let first = self.firstIndex(endingAtOrAfter: range.lowerBound - 1)
        var end = first
        var present = 0
        var joined = range
        while end < self.ranges.count, self.ranges[end].lowerBound - 1 <= range.upperBound {
            let other = self.ranges[end]
            if other.overlaps(range) { present += other.clamped(to: range).count }
            joined = min(joined.lowerBound, other.lowerBound)...max(joined.upperBound, other.upperBound)
            end += 1
        }
        self.ranges.replaceSubrange(first..<end, with: CollectionOfOne(joined))
        return range.count - present
    }

    /// False if it was not there.
    package mutating func remove(_ number: Int) -> Bool {
        let index = self.firstIndex(endingAtOrAfter: number)
        guard index < self.ranges.count, self.ranges[index].contains(number) else { return false }
        let range = self.ranges[index]
        var rest: [ClosedRange<Int>] = []
        if range.lowerBound < number { rest.append(range.lowerBound...number - 1) }
        if number < range.upperBound { rest.append(number + 1...range.upperBound) }
        self.ranges.replaceSubrange(index...index, with: rest)
        return true
    }

    /// The parts of `range` that are not in the set.
    package func gaps(in range: ClosedRange<Int>) -> [ClosedRange<Int>] {
        var gaps: [ClosedRange<Int>] = []
        var next = range.lowerBound
        var index = self.firstIndex(endingAtOrAfter: range.lowerBound)
        while index < self.ranges.count, self.ranges[index].lowerBound <= range.upperBound {
            if next < self.ranges[index].lowerBound { gaps.append(next...self.ranges[index].lowerBound - 1) }
            // Behind the greatest of all numbers there is none.
            guard self.ranges[index].upperBound < range.upperBound else { return gaps }
            next = self.ranges[index].upperBound + 1
            index += 1
        }
        if next <= range.upperBound { gaps.append(next...range.upperBound) }
        return gaps
    }

    private func firstIndex(endingAtOrAfter number: Int) -> Int {
        var low = 0
        var high = self.ranges.count
        while low < high {
            let middle = (low + high) / 2
            if self.ranges[middle].upperBound < number { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
