import LmonTestSupport
import Testing

@testable import LmonModel

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
}
