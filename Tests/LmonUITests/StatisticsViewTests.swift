import LmonModel
import LmonRecord
import LmonScreen
import LmonTestSupport
import LmonUI
import Testing

@Suite struct StatisticsViewTests {
    private static let scripts = [
        ("5", "statistics"), ("5<tab><tab><tab>j", "statistics-functions"), ("5G", "statistics-end"),
        ("5A", "statistics-ascii"), ("forders<enter>5", "statistics-filtered"),
    ]

    @Test(arguments: ScreenGoldenTests.sizes, scripts)
    func afterKeys(size: (Int, Int), script: (String, String)) throws {
        try SampleSession.expectGolden(script.1, after: script.0, size: size)
    }

    @Test(arguments: ScreenGoldenTests.sizes)
    func beforeTheFirstInvocation(columns: Int, rows: Int) throws {
        var rig = SampleSession.rig(Model(), columns: columns, rows: rows)
        rig.type("5")
        try expectGolden(rig.screen, named: "statistics-none-\(columns)x\(rows)")
        rig.answers = false
        rig.statistics = nil
        rig.type("jkG<tab><enter>")
    }

    @Test func hostileNames() throws {
        var rig = SampleSession.rig(SampleSession.hostile)
        rig.type("5<tab><tab><tab>jj")
        #expect(!rig.text.unicodeScalars.contains { $0.value == 0x1B || $0.value == 0x202E })
        try expectGolden(rig.screen, named: "statistics-hostile")
    }

    /// A row of a table is the filter that selects what it counts.
    @Test func enterOnARowFiltersByIt() throws {
        var rig = SampleSession.rig()
        rig.type("5")
        let lines = rig.state.statistics.lines
        let filters = lines.compactMap(\.filter)
        for expected in ["function=orders", "host=api.test", "status=502", "code=ETIMEDOUT", "errorType=TypeError"] {
            #expect(filters.contains(expected), "\(filters)")
        }
        for filter in filters { #expect((try? Filter(filter)) != nil, "\(filter)") }
        let row = try #require(lines.firstIndex { $0.filter == "host=api.test" })
        rig.type("g" + String(repeating: "j", count: row) + "<enter>")
        #expect(rig.state.view == .invocations)
        #expect(rig.state.filter?.text == "host=api.test")
        #expect(rig.text.contains("6 of"))
    }

    @Test func enterOnATitleSaysWhatOpens() {
        var rig = SampleSession.rig()
        rig.type("5g<enter>")
        #expect(rig.text.contains("A row of a table opens"))
        #expect(rig.state.view == .statistics)
    }

    @Test func theNumbersAreAskedForOnceAFrameAndOnlyWhileTheyAreSeen() {
        var rig = SampleSession.rig()
        let before = rig.requests
        rig.type("5jjk<tab>")
        #expect(rig.requests - before == 1)
        let shown = rig.requests
        rig.change()
        #expect(rig.requests - shown >= 1)
        rig.type("1")
        let left = rig.requests
        rig.change()
        #expect(rig.requests - left <= 2, "rows and a detail, no numbers")
    }

    @Test func aClickSelectsALineAndTheWheelScrolls() {
        var rig = SampleSession.rig()
        rig.type("5")
        rig.send(.input(.mouse(MouseEvent(.press(button: 1), at: .init(column: 5, row: 6)))))
        #expect(rig.state.statistics.cursor == 3)
        rig.send(.input(.mouse(MouseEvent(.wheelDown, at: .init(column: 5, row: 6)))))
        #expect(rig.state.statistics.top == 3)
        #expect(rig.state.statistics.cursor >= 3)
    }
}
