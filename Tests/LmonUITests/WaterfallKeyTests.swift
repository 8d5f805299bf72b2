import LmonModel
import LmonRecord
import LmonScreen
import LmonTestSupport
import LmonUI
import Testing

/// The time axis, its marks, folded runs and hints.
@Suite struct WaterfallKeyTests {
    static let start = Sample.time("10:42:09.540")

    static func rig(
        columns: Int = 80,
        rows: Int = 24,
        freezes: [ClosedRange<Double>] = [],
        _ change: (inout Invocation) -> Void
    ) -> UIRig {
        var rig = UIRig(columns: columns, height: rows)
        var invocation = Sample.orders.invocation
        change(&invocation)
        rig.details[invocation.id] = InvocationDetail(invocation, freezes: freezes)
        rig.change()
        rig.type("<enter>")
        return rig
    }

    static func many(_ count: Int, columns: Int = 80, rows: Int = 24) -> UIRig {
        self.rig(columns: columns, rows: rows) { invocation in
            invocation.calls = (0..<count).map { index in
                let url = "https://api.test/users/\(index)"
                return Sample.call("1-0-\(index)", invocation.id, "GET", url, 200, at: self.start, Double(index), 1)
            }
        }
    }

    /// Every part of a call, a retry, a call that outlived the handler, log lines.
    static func rich(columns: Int, rows: Int) -> UIRig {
        self.rig(columns: columns, rows: rows) { invocation in
            invocation.calls[0].timings.dns = 8
            invocation.calls[0].timings.connect = 14
            invocation.calls[0].timings.tls = 26
            invocation.calls[0].timings.firstByte = 36
            invocation.calls[1].attempt = 2
            invocation.calls[2].lateness = .init()
            invocation.calls[2].timings.end = 60_000
            invocation.calls[2].end = self.start.adding(milliseconds: 60_105)
        }
    }

    @Test(arguments: ScreenGoldenTests.sizes)
    func marksAndParts(columns: Int, rows: Int) throws {
        var rig = Self.rich(columns: columns, rows: rows)
        try expectGolden(rig.screen, named: "parts-\(columns)x\(rows)")
        rig.type("++")
        try expectGolden(rig.screen, named: "parts-zoomed-\(columns)x\(rows)")
        rig.type("A")
        try expectGolden(rig.screen, named: "parts-ascii-\(columns)x\(rows)")
    }

    /// A call that nobody waited for stood still with its environment, and went on in the next invocation.
    @Test(arguments: ScreenGoldenTests.sizes)
    func whatStoodStill(columns: Int, rows: Int) throws {
        var rig = Self.rig(columns: columns, rows: rows, freezes: [195...330]) { invocation in
            invocation.calls[2].lateness = .init()
            invocation.calls[2].timings.end = 250
            invocation.calls[2].end = Self.start.adding(milliseconds: 355)
        }
        rig.type("jj<enter>]")
        #expect(rig.text.contains("135 ms of it"))
        try expectGolden(rig.screen, named: "frozen-\(columns)x\(rows)")
    }

    @Test(arguments: ScreenGoldenTests.sizes)
    func manyOfAKind(columns: Int, rows: Int) throws {
        var rig = Self.many(120, columns: columns, rows: rows)
        try expectGolden(rig.screen, named: "many-\(columns)x\(rows)")
        #expect(rig.text.contains("×120"))
        rig.type("<enter>")
        #expect(rig.state.pane == .waterfall)
        #expect(!rig.text.contains(" ×120 "), "opened")
        rig.type("<enter>")
        #expect(rig.state.pane == .lower)
    }

    @Test func aFewOfAKindStaySingle() { #expect(!Self.many(5).text.contains("×5")) }

    @Test func zoomingOutEndsAtTheWholeAxis() {
        var rig = Self.rig { _ in }
        let whole = rig.screen
        rig.type("++_____")
        #expect(rig.screen == whole)
        rig.type("+++0")
        #expect(rig.screen == whole)
        rig.type("h")
        #expect(rig.text.contains("All of the time axis is shown"))
    }

    @Test func whatLiesOutsideHasAMark() {
        var rig = Self.rig { _ in }
        rig.type("++")
        #expect(rig.text.contains("›"))
        rig.type("llllllll")
        #expect(rig.text.contains("‹"))
    }

    @Test func theSelectedRowStaysOnTheAxis() {
        var rig = Self.rig { _ in }
        rig.type("+++")
        let before = rig.state.detail?.window
        rig.type("jj")
        #expect(rig.state.detail?.window != before)
    }

    @Test(arguments: ScreenGoldenTests.sizes)
    func whatRunsShowsTheTimeLeft(columns: Int, rows: Int) throws {
        var rig = Self.rig(columns: columns, rows: rows) { invocation in
            invocation.handlerEnd = nil
            invocation.handlerDuration = nil
            invocation.runtimeStatus = nil
            invocation.reportStatus = nil
            invocation.reportDuration = nil
            invocation.spans = []
            invocation.deadline = Self.start.adding(milliseconds: 4_000)
        }
        rig.send(.clock(Self.start.adding(milliseconds: 2_200)))
        #expect(rig.text.contains("1.80s left"))
        try expectGolden(rig.screen, named: "time-left-\(columns)x\(rows)")
    }

    @Test func whatNeverAnsweredHasNoSize() {
        let rig = Self.rig { invocation in
            invocation.reportStatus = .timeout
            invocation.producedBytes = 0
            invocation.spans[0].duration = 0
        }
        #expect(!rig.text.contains("0 B"))
    }

    @Test func hintsAreShownOneByOneAndMarkTheirCalls() {
        var rig = Self.rig { invocation in
            invocation.memoryUsed = 255
            invocation.calls[2].status = 413
        }
        rig.type("n")
        #expect(rig.text.contains("hint 1/"))
        let marked = (0..<24).contains { row in
            (0..<80).contains { rig.screen[$0, row].style.attributes.contains(.underline) && row > 3 }
        }
        #expect(marked)
        rig.type("n")
        #expect(rig.text.contains("hint 2/"))
        rig.type("NN")
        #expect(!rig.text.contains("hint 1/"))
    }

    // MARK: - Lower pane

    @Test func thePagerGetsAllOfTheTextAndNothingThatDrivesATerminal() {
        var rig = Hostile.rig(columns: 80, rows: 24)
        rig.type("<enter><enter>v")
        guard case .page(let text)? = rig.effects.last else {
            Issue.record("nothing to page")
            return
        }
        #expect(text.contains("zalgo"))
        #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0.value == 0x9B })
    }

    @Test func longLinesMoveSideways() {
        var rig = Self.rig { invocation in
            invocation.calls[0].responseBody = Body(.text(String(repeating: "0123456789", count: 40)), size: 400)
        }
        rig.type("<enter>h")
        #expect(rig.text.contains("w cuts them"))
        rig.type("wl")
        #expect(rig.text.contains(" ▸ 8901234567"))
        rig.type("h")
        #expect(rig.text.contains(" ▸ 0123456789"))
    }
}
