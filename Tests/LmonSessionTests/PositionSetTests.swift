import LmonTestSupport
import Testing

@testable import LmonSession

@Suite struct PositionSetTests {
    @Test(arguments: 1...20)
    func agreesWithAPlainSet(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var set = PositionSet()
        var plain: Set<Int> = []
        for _ in 0..<2_000 {
            let position = random.int(0..<20_000)
            if random.int(0..<4) == 0 {
                set.remove(position)
                plain.remove(position)
            } else {
                set.insert(position)
                plain.insert(position)
            }
        }
        let sorted = plain.sorted()
        #expect(set.count == sorted.count)
        #expect(set.positions == sorted)
        #expect(sorted.indices.map { set.position(at: $0) } == sorted)
        #expect(sorted.map { set.rank($0) } == Array(sorted.indices))
        #expect(set.rank(99_999) == sorted.count)
        #expect(!set.contains(-1) && !set.contains(99_999))
        let others = PositionSet(stride(from: 0, to: 20_000, by: 3))
        #expect(set.intersection(others).positions == sorted.filter { $0 % 3 == 0 })
    }
}
