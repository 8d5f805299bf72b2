import LmonRecord
import LmonTestSupport
import Testing

@testable import LmonRemote

/// Numbers that are missing between those that came.
@Suite struct GapWatchTests {
    private static func records(_ numbers: [Int], _ environment: String, _ function: String = "orders") -> [Record] {
        numbers.flatMap { Playbook.records($0...$0, environment, function, at: Playbook.start) }
    }

    @Test func whatLiesBetweenIsMissingUntilItComes() {
        var watch = GapWatch()
        watch.take(Self.records([7, 8, 12], "A") + Self.records([1, 2], "B"))
        #expect(watch.missing == [.init(function: "orders", environment: "A", count: 3)])
        watch.take(Self.records([9, 10], "A") + Self.records([9], "C", "payment"))
        #expect(watch.missing == [.init(function: "orders", environment: "A", count: 1)])
        watch.take(Self.records([4], "B"))
        watch.take(Self.records([5], "C", "payment"))
        #expect(watch.missing.map(\.count) == [3, 1, 1])
        #expect(watch.missing.first?.function == "payment")
        watch.take(Self.records([3], "B") + Self.records([11], "A") + Self.records([6, 7, 8], "C", "payment"))
        #expect(watch.missing.isEmpty)
    }

    @Test func whatATombstoneSpeaksForIsAccountedFor() {
        var watch = GapWatch()
        let tombstone = Tombstone(first: 3, through: 6, count: 4, reason: "memory is full", sink: "spool")
        let time = Timestamp(microseconds: Playbook.start * 1000)
        let record = tombstone.record(environment: "A", function: "orders", time: time, observed: time)
        watch.take(Self.records([1, 2], "A") + [record] + Self.records([7], "A"))
        #expect(watch.missing.isEmpty)
    }
}
