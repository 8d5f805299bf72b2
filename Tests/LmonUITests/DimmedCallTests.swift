import LmonModel
import LmonScreen
import LmonTestSupport
import Testing

@testable import LmonUI

/// Calls that a filter leaves out, in the waterfall of an invocation that it lets through.
@Suite struct DimmedCallTests {
    @Test(arguments: ScreenGoldenTests.sizes)
    func theyAreDimmed(columns: Int, rows: Int) throws {
        var rig = UIRig.started(columns: columns, rows: rows)
        rig.type("fmethod=POST<enter>")
        try expectGolden(rig.screen, named: "dimmed-\(columns)x\(rows)")
    }

    @Test(arguments: [
        ("method=POST", 2), ("host~api", 0), ("function=orders", 0), ("status>=500", 0), ("path=/users/4", 2),
    ])
    func onlyWhereOthersMatch(text: String, count: Int) throws {
        let detail = try #require(Sample.details.first { $0.invocation.calls.count == 3 })
        #expect(try Filter(text).callsLeftOut(of: detail.invocation).count == count)
    }

    @Test func theyHaveNoPartInARunOfOthers() {
        let family: (WaterfallRow.ID) -> String? = { _ in "a" }
        let rows = (0..<14).map { WaterfallRow(id: .call("\($0)"), label: "GET") }
        let dimmed = Set((0..<7).map(String.init))
        let whole = WaterfallRuns.folded(rows, opened: [], dimmed: [], wanted: nil, family: family)
        let parts = WaterfallRuns.folded(rows, opened: [], dimmed: dimmed, wanted: nil, family: family)
        #expect(whole.map(\.count) == [14])
        #expect(parts.map(\.count) == [7, 7])
    }
}
