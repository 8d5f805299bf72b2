import Dispatch
import LmonModel
import LmonRecord
import LmonTestSupport
import Testing

@testable import LmonSession

/// Statistics under a filter, counted from the session while it grows.
@Suite struct FilteredCountTests {
    private static func records(_ random: inout SeededGenerator, from: Int) -> [Record] {
        Record.numbered(
            ListRig.observations(&random, from: from, count: 80).map { $0.in("01KAR0000000000000000000F\(from / 80)") }
        )
    }

    @Test(arguments: ["error", "status>=500", "cold or function=payment", "nothing-has-this"])
    func whatIsCountedIsWhatTheWholeGives(text: String) throws {
        var random = SeededGenerator(seed: 5)
        let rig = try ListRig()
        let filter = try Filter(text)
        let woken = DispatchSemaphore(value: 0)
        let count = FilteredCount(filter, rig.store) { woken.signal() }
        defer { count.cancel() }
        var expected = StatisticsFold(filter)
        for part in 0..<3 {
            let records = Self.records(&random, from: part * 80)
            rig.take(records)
            expected.take(records)
            count.catchUp()
            var last: FilteredCount.Found?
            while last == nil || last?.progress != nil {
                woken.wait()
                last = try count.take() ?? last
            }
            #expect(last?.report == expected.report)
        }
    }
}
