/// The numbers seen of one environment, as ranges: nearly always one, since the core numbers without a gap.
package struct SequenceSet: Hashable, Sendable {
    /// Sorted, apart from each other by at least one number.
    package private(set) var ranges: [ClosedRange<Int>] = []

    package init() {}

    /// Adds a number; false if it was there.
    package mutating func insert(_ number: Int) -> Bool {
        if let last = self.ranges.last, number > last.upperBound {
            if number == last.upperBound + 1 {
                self.ranges[self.ranges.count - 1] = last.lowerBound...number
            } else {
                self.ranges.append(number...number)
            }
            return true
        }
        let index = self.firstRange(endingAtOrAfter: number)
        if index < self.ranges.count, self.ranges[index].contains(number) { return false }
        self.ranges.insert(number...number, at: index)
        self.join(index)
        return true
    }

    private mutating func join(_ index: Int) {
        var index = index
        if index > 0, self.ranges[index - 1].upperBound + 1 == self.ranges[index].lowerBound {
            self.ranges[index - 1] = self.ranges[index - 1].lowerBound...self.ranges[index].upperBound
            self.ranges.remove(at: index)
            index -= 1
        }
        if index + 1 < self.ranges.count, self.ranges[index].upperBound + 1 == self.ranges[index + 1].lowerBound {
            self.ranges[index] = self.ranges[index].lowerBound...self.ranges[index + 1].upperBound
            self.ranges.remove(at: index + 1)
        }
    }

    private func firstRange(endingAtOrAfter number: Int) -> Int {
        var low = 0
        var high = self.ranges.count
        while low < high {
            let middle = (low + high) / 2
            if self.ranges[middle].upperBound < number { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
