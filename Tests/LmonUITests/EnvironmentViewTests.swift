import LmonModel
import LmonRecord
import LmonScreen
import LmonTestSupport
import LmonUI
import Testing

@Suite struct EnvironmentViewTests {
    private static let scripts = [
        ("4g", "environments"), ("4gj", "environments-reset"), ("4++h", "environments-zoomed"),
        ("4g<enter>", "environments-init"), ("4gA", "environments-ascii"), ("4z", "environments-full"),
    ]

    @Test(arguments: ScreenGoldenTests.sizes, scripts)
    func afterKeys(size: (Int, Int), script: (String, String)) throws {
        try SampleSession.expectGolden(script.1, after: script.0, size: size)
    }

    @Test(arguments: ScreenGoldenTests.sizes)
    func beforeTheFirstRecord(size: (Int, Int)) throws {
        try SampleSession.expectGolden("environments-none", after: "4", Model(), size: size)
    }

    @Test(arguments: ScreenGoldenTests.sizes)
    func hostileNames(columns: Int, rows: Int) throws {
        var rig = SampleSession.rig(SampleSession.hostile, columns: columns, rows: rows)
        rig.type("4")
        #expect(!rig.text.unicodeScalars.contains { $0.value == 0x1B || $0.value == 0x202E })
        try expectGolden(rig.screen, named: "environments-hostile-\(columns)x\(rows)")
    }

    @Test func aLaneGrowsWithTheClock() throws {
        var rig = SampleSession.rig()
        rig.type("4gj")
        let before = rig.screen
        rig.send(.clock(Timestamp.test(60_000)))
        #expect(rig.screen != before)
        #expect(rig.text.contains("50.5s"), "how long it has been running")
    }

    @Test func selectionIsByIdentity() {
        var rig = SampleSession.rig()
        rig.type("4gj")
        #expect(rig.state.list.selectedRow?.key == .environment(SampleSession.second))
        rig.environments.insert(EnvironmentStatus(id: "01NEW", function: "a", state: .idle, since: .test(0)), at: 0)
        rig.change()
        #expect(rig.state.list.selectedRow?.key == .environment(SampleSession.second))
        #expect(rig.state.list.selectedIndex == 2)
    }

    @Test func failuresAndWordsAreFound() {
        var rig = SampleSession.rig()
        rig.type("4Ge")
        #expect(rig.state.list.selectedIndex == 0)
        rig.type("e")
        #expect(rig.state.list.selectedIndex == 1, "the one that is spun down is no failure")
        rig.type("/thumbs<enter>")
        #expect(rig.state.list.selectedIndex == 2)
    }

    @Test func enterOpensTheInitialisation() {
        var rig = SampleSession.rig()
        rig.type("4g<enter>")
        #expect(rig.state.pane == .waterfall)
        #expect(rig.state.detail?.id.isInitialization == true)
        rig.type("<esc>")
        #expect(rig.state.view == .environments)
    }

    @Test func theAxisZoomsAroundWhatIsShownAndNeverLeavesTheSession() {
        let (first, last) = (Timestamp.test(0), Timestamp.test(60_000))
        var axis = LaneAxis()
        #expect(axis.window(first, last) == first...last)
        axis.pan(by: -1, first, last)
        #expect(axis.window(first, last) == first...last, "all is shown already")
        axis.zoom(by: 1, first, last)
        #expect(axis.window(first, last) == .test(30_000)...last)
        #expect(axis.window(first, .test(80_000)) == .test(50_000)...(.test(80_000)), "it follows the clock")
        axis.pan(by: -1, first, last)
        #expect(axis.window(first, .test(80_000)) == .test(22_500)...(.test(52_500)), "it stays where it was put")
        for _ in 0..<9 { axis.pan(by: -1, first, last) }
        #expect(axis.window(first, last) == first...(.test(30_000)))
        axis.zoom(by: 1, first, last)
        #expect(axis.window(first, last) == .test(7_500)...(.test(22_500)))
        for _ in 0..<12 { axis.pan(by: 1, first, last) }
        #expect(axis.end == nil)
        axis.zoom(by: -9, first, last)
        #expect(axis == LaneAxis())
        axis.zoom(by: 40, first, last)
        #expect(axis.span == 20)
    }

    @Test func clicksSelectLanesAndTabs() {
        var rig = SampleSession.rig()
        #expect(Array(rig.screen.text(row: 1))[33] == "4")
        rig.send(.input(.mouse(MouseEvent(.press(button: 1), at: .init(column: 35, row: 1)))))
        #expect(rig.state.view == .environments)
        rig.send(.input(.mouse(MouseEvent(.press(button: 1), at: .init(column: 20, row: 3)))))
        #expect(rig.state.list.selectedIndex == 0)
    }
}
