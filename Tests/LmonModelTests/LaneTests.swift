import LmonModel
import LmonRecord
import LmonTestSupport
import Testing

@Suite struct LaneTests {
    /// So many invocations of 100 ms each second, frozen in between; every tenth fails.
    private func model(_ count: Int) -> Model {
        var observations = Observation.initialization
        for number in 0..<count {
            let at = Double(number) * 1_000
            observations += [.start("r\(number)", at: at)]
            observations += [.runtimeDone("r\(number)", number % 10 == 0 ? "error" : "success", at: at + 100)]
            observations += [.freeze(at: at + 200), .thaw(at: at + 900)]
        }
        return folded(observations)
    }

    @Test(arguments: [10, 40, 500, 20_000])
    func aLaneIsBoundedAndItsSumsAreExact(count: Int) throws {
        let status = try #require(self.model(count).environmentList.first)
        #expect(status.lane.spans.count <= 256)
        #expect(status.lane.freezes == count)
        #expect(abs(status.lane.frozen(until: nil) - Double(count) * 700) < 1)
        #expect(status.lane.initializations == 1)
        var (invocations, failed) = (0, 0)
        for span in status.lane.spans {
            switch span.kind {
            case .running(_, let isFailed):
                invocations += 1
                failed += isFailed ? 1 : 0
            case .folded(let folded):
                invocations += folded.invocations
                failed += folded.failed
            case .initializing, .idle, .frozen, .shutDown: break
            }
        }
        #expect(invocations == count)
        #expect(failed == count / 10)
        #expect(status.failed == failed)
    }

    @Test func theWholeSessionIsCoveredEvenly() throws {
        let status = try #require(self.model(20_000).environmentList.first)
        let folded = status.lane.spans.filter { if case .folded = $0.kind { true } else { false } }
        #expect(folded.first?.start == status.lane.spans.first?.start)
        let lengths = zip(folded, folded.dropFirst()).map { $1.start.milliseconds(since: $0.start) }
        let longest = try #require(lengths.max())
        #expect(longest <= 20_000_000 / 32, "no span hides more than a small part")
        #expect(zip(status.lane.spans, status.lane.spans.dropFirst()).allSatisfy { $0.start <= $1.start })
    }

    @Test func aFailureThatIsToldLaterIsMarked() throws {
        let model = folded([.start("r1"), .runtimeDone("r1"), .freeze(at: 200), .report("r1", "failure", at: 300)])
        let status = try #require(model.environmentList.first)
        #expect(status.lane.spans.first?.kind == .running(id("r1"), isFailed: true))
        #expect(status.failed == 1)
        #expect(status.isFailed)
    }

    @Test func theLastReportSaysTheMemory() throws {
        let records = Record.numbered([
            .start("r1"), .report("r1", memoryUsed: 90), .start("r2", at: 500), .report("r2", at: 600, memoryUsed: 70),
        ])
        for order in [[0, 1, 2, 3], [2, 3, 0, 1]] {
            var model = Model()
            model.apply(contentsOf: order.map { records[$0] })
            let status = try #require(model.environmentList.first)
            #expect(status.memoryUsed == 70)
            #expect(status.memoryPeak == 90)
        }
    }

    @Test func aShutdownForACauseIsAFailure() throws {
        for (reason, isFailed) in [("spindown", false), ("SPINDOWN", false), ("timeout", true), ("failure", true)] {
            let status = try #require(folded([.shutdown(reason, at: 5)]).environmentList.first)
            #expect(status.isFailed == isFailed, "\(reason)")
        }
    }
}
