import LmonModel
import LmonRecord
import LmonTestSupport
import Testing

@testable import LmonUI

/// Records as they were written, in the lower pane.
@Suite struct RawTabTests {
    private static func opened(_ script: String, columns: Int = 80, rows: Int = 24) -> UIRig {
        var rig = SampleSession.rig(columns: columns, rows: rows)
        rig.type("/502<enter>" + script)
        return rig
    }

    @Test(
        arguments: ScreenGoldenTests.sizes,
        [
            ("<enter><enter>]]", "raw-call"), ("<enter>k<enter>]]", "raw-invocation"),
            ("<enter><enter>]]z<enter>", "raw-folded"),
        ]
    )
    func theyAreReadAndFolded(size: (Int, Int), script: (String, String)) throws {
        let rig = Self.opened(script.0, columns: size.0, rows: size.1)
        try expectGolden(rig.screen, named: "\(script.1)-\(size.0)x\(size.1)")
    }

    @Test func aCallHasItsOwnOnly() throws {
        let rig = Self.opened("<enter><enter>]]")
        #expect(rig.state.detail?.records?.map(\.type.rawValue) == ["http.request", "http.response", "http.end"])
    }

    @Test func anotherRowHasOthers() throws {
        var rig = Self.opened("<enter>k<enter>]]")
        let all = try #require(rig.state.detail?.records)
        #expect(all.count > 5 && Set(all.map(\.requestID)) == ["r3"])
        rig.type("<esc>g")
        #expect(rig.state.detail?.selected == .initialization)
        #expect(rig.state.detail?.records?.allSatisfy { $0.requestID == nil } == true)
    }

    @Test func whatComesLaterIsThere() throws {
        var rig = Self.opened("<enter>k<enter>]]")
        let before = try #require(rig.state.detail?.records?.count)
        let late = Record.numbered([.log("r3", "one more", at: 12_600)], from: 900)
        rig.records += late
        let id = try #require(rig.state.detail?.id)
        var invocation = try #require(rig.state.detail?.loaded?.invocation)
        invocation.logs.append(LogLine(time: late[0].time, text: "one more"))
        rig.details[id] = InvocationDetail(invocation)
        rig.change()
        #expect(rig.state.detail?.records?.count == before + 1)
    }

    @Test func foldsOfSeveralRecordsAreTold() {
        let records = SampleSession.rig().records
        let ids = RecordText.lines(records, offset: 0).compactMap(\.fold?.id)
        #expect(Set(ids).count == ids.count)
        #expect(RecordText.folds(records).isSubset(of: ids))
    }
}
