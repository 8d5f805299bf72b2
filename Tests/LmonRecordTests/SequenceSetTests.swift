import LmonRecord
import Testing

@Suite struct SequenceSetTests {
    @Test func numbersInOrderAreOneRange() {
        var set = SequenceSet()
        for number in 1...1000 { #expect(insert(number, &set)) }
        #expect(set.ranges == [1...1000])
        #expect(!insert(500, &set))
    }

    @Test func gapsCloseFromBothSides() {
        var set = SequenceSet()
        for number in [5, 1, 3, 9, 2, 4] { #expect(insert(number, &set)) }
        #expect(set.ranges == [1...5, 9...9])
        for number in [8, 6, 7] { #expect(insert(number, &set)) }
        #expect(set.ranges == [1...9])
    }

    @Test(arguments: 0..<20)
    func agreesWithAPlainSetInAnyOrder(seed: Int) {
        var set = SequenceSet()
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
private func insert(_ number: Int, _ set: inout SequenceSet) -> Bool {
    set.insert(number)
}
