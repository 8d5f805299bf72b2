import Testing

@testable import LmonHTTP

@Suite struct BodyBudgetTests {
    private let large = 1 << 20

    /// What each step says: whether a body may be read, or who may be read next.
    private func story(_ limit: Int, _ steps: [(id: Int, bytes: Int?)]) -> [String] {
        var budget = BodyBudget<Int>(limit: limit)
        return steps.map { step in
            guard let bytes = step.bytes else { return "\(budget.release(step.id))" }
            return budget.ask(step.id, bytes: bytes) ? "reads" : "waits"
        }
    }

    @Test func whatHasNoRoomWaitsInOrder() {
        let steps: [(Int, Int?)] = [
            (1, self.large), (2, self.large), (3, self.large), (4, self.large), (5, 100), (5, nil), (1, nil), (2, nil),
            (3, nil), (4, nil), (6, self.large),
        ]
        // Small ones pass, and count for nothing.
        let expected = ["reads", "reads", "waits", "waits", "reads", "[]", "[3]", "[4]", "[]", "[]", "reads"]
        #expect(self.story(2 * self.large, steps) == expected)
    }

    @Test func oneThatIsLongerThanAllComesAlone() {
        let steps: [(Int, Int?)] = [
            (1, 10 * self.large), (2, self.large), (3, 10 * self.large), (1, nil), (2, nil),
        ]
        #expect(self.story(self.large, steps) == ["reads", "waits", "waits", "[2]", "[3]"])
    }

    @Test func whoGivesUpWaitsNoMore() {
        let steps: [(Int, Int?)] = [
            (1, self.large), (2, self.large), (3, self.large), (2, nil), (1, nil), (7, nil),
        ]
        #expect(self.story(self.large, steps) == ["reads", "waits", "waits", "[]", "[3]", "[]"])
    }
}
