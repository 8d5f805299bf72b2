import LmonRecord
import LmonTestSupport
import Testing

@Suite struct NumberRangesTests {
    @Test(arguments: 1...50)
    func agreesWithASet(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var ranges = NumberRanges()
        var set: Set<Int> = []
        for _ in 0..<300 {
            let number = random.int(1..<60)
            switch random.int(0..<4) {
            case 0: #expect(ranges.insert(number) == set.insert(number).inserted)
            case 1: #expect(ranges.remove(number) == (set.remove(number) != nil))
            case 2:
                let range = number...(number + random.int(0..<9))
                #expect(ranges.insert(range) == range.filter { set.insert($0).inserted }.count)
            default:
                let range = number...(number + random.int(0..<20))
                #expect(ranges.gaps(in: range).flatMap { Array($0) } == range.filter { !set.contains($0) })
            }
        }
        for number in 0..<80 { #expect(ranges.contains(number) == set.contains(number)) }
        for (left, right) in zip(ranges.ranges, ranges.ranges.dropFirst()) {
            #expect(left.upperBound + 1 < right.lowerBound)
        }
    }

    /// Whoever sends records chooses their numbers.
    @Test func theGreatestNumberIsOneLikeOthers() {
        var ranges = NumberRanges()
        #expect(ranges.insert(.max) == true)
        #expect(ranges.insert(.max) == false)
        #expect(ranges.insert(.max - 1) == true)
        #expect(ranges.gaps(in: .max - 2 ... .max) == [.max - 2 ... .max - 2])
        #expect(ranges.insert(1 ... .max) == .max - 2)
        #expect(ranges.gaps(in: 1 ... .max) == [])
    }

    @Test func numbersInOrderAreOneRange() {
        var set = NumberRanges()
        for number in 1...1000 { #expect(insert(number, &set)) }
        #expect(set.ranges == [1...1000])
        #expect(!insert(500, &set))
    }

    @Test func gapsCloseFromBothSides() {
        var set = NumberRanges()
        for number in [5, 1, 3, 9, 2, 4] { #expect(insert(number, &set)) }
        #expect(set.ranges == [1...5, 9...9])
        for number in [8, 6, 7] { #expect(insert(number, &set)) }
        #expect(set.ranges == [1...9])
    }

    @Test(arguments: 0..<20)
    func agreesWithAPlainSetInAnyOrder(seed: Int) {
        var set = NumberRanges()
        var plain: Set<Int> = []
        var number = seed
        for _ in 0..<500 {
            number = (number * 7919 + 104_729) % 211
            let isNew = plain.insert(number + 1).inserted
            #expect(insert(number + 1, &set) == isNew)
        }
        #expect(set.ranges.flatMap { Array($0) } == plain.sorted())
    }
}

/// A macro cannot hold a mutating call.
private func insert(_ number: Int, _ set: inout NumberRanges) -> Bool {
    set.insert(number)
}
