import LmonModel
import LmonRecord
import LmonScreen
import LmonTestSupport
import LmonUI
import Testing

/// The cursor of the lower pane, and JSON that is folded there.
@Suite struct FoldTests {
    private static let json = """
        {"order":{"id":7,"items":[4,9,12],"note":"the quick brown fox jumps over the lazy dog, then over the other \
        dog, and rests"},"empty":{},"user":{"id":4,"name":"Ada"},"order":[{"sku":"needle"}]}
        """

    private static func rig(columns: Int = 80, rows: Int = 24, _ json: String = Self.json) -> UIRig {
        var rig = WaterfallKeyTests.rig(columns: columns, rows: rows) { invocation in
            invocation.calls[0].responseHeaders = [Header("content-type", "application/json")]
            invocation.calls[0].responseBody = Body(.text(json), size: json.utf8.count)
        }
        rig.type("<enter>z")
        return rig
    }

    @Test(arguments: ScreenGoldenTests.sizes)
    func screens(columns: Int, rows: Int) throws {
        var rig = Self.rig(columns: columns, rows: rows)
        try expectGolden(rig.screen, named: "fold-none-\(columns)x\(rows)")
        rig.type("jjj<enter>")
        try expectGolden(rig.screen, named: "fold-array-\(columns)x\(rows)")
        rig.type("kk<enter>")
        try expectGolden(rig.screen, named: "fold-object-\(columns)x\(rows)")
        rig.type("A")
        try expectGolden(rig.screen, named: "fold-ascii-\(columns)x\(rows)")
    }

    @Test func foldingAndUnfoldingKeepsWhatIsFoldedInside() {
        var rig = Self.rig()
        let whole = rig.text
        rig.type("jjj<enter>")
        #expect(rig.text.contains(#""items": […] 3 items"#) && !rig.text.contains("         12"))
        let inner = rig.text
        rig.type("kk<enter>")
        #expect(rig.text.contains(#""order": {…} 3 members"#) && rig.text.contains("needle"))
        rig.type("<enter>jj")
        #expect(rig.text == inner)
        rig.type("<enter>kkk")
        #expect(rig.text == whole)
    }

    @Test func oneNameThatIsThereTwiceFoldsOnce() {
        var rig = Self.rig()
        rig.type("/sku<enter>kk<enter>")
        #expect(rig.text.contains(#""order": […] 1 item"#) && rig.text.contains(#""order": {"#))
    }

    @Test func whatDoesNotBeginAnythingDoesNotFold() {
        var rig = Self.rig()
        rig.type("jj")
        let before = rig.text
        rig.type("<enter>")
        #expect(rig.text == before)
        rig.type("/empty<enter>")
        let found = rig.text
        rig.type("<enter>")
        #expect(rig.text == found)
    }

    @Test func aSearchUnfoldsWhatHidesItsMatches() {
        var rig = Self.rig()
        rig.type("jjj<enter>kk<enter>/12<enter>yl")
        #expect(rig.effects == [.copy("      12")], "both folds around it are open")
        rig = Self.rig()
        rig.type("j<enter>/needle<enter>")
        #expect(rig.text.contains(#""order": {…} 3 members"#), "what holds no match stays folded")
        rig.type("nN")
        #expect(rig.text.contains("1 of 1"))
    }

    @Test func theCursorStaysOnItsLineHoweverThatIsWrapped() {
        var rig = Self.rig(columns: 60)
        rig.type("/note<enter>")
        let wrapped = rig.state.detail?.cursor
        rig.type("G")
        let last = rig.state.detail?.cursor
        rig.type("w")
        #expect(rig.state.detail?.cursor != last)
        rig.type("w/note<enter>yl")
        #expect(rig.state.detail?.cursor == wrapped)
        let line = rig.effects.last
        rig.type("wyl")
        #expect(rig.effects.last == line && "\(String(describing: line))".contains("and rests"), "the whole of it")
    }

    @Test func thePaneScrollsWithTheCursor() {
        let json = "[" + (0..<200).map(String.init).joined(separator: ",") + "]"
        var rig = Self.rig(json)
        let height = 20
        for keys in ["j", "^d", "^d", "<space>", "<space>", "G", "k", "^u", "<pageup>", "g", "G"] {
            rig.type(keys)
            guard let detail = rig.state.detail else { break }
            #expect(detail.cursor >= detail.scroll && detail.cursor < detail.scroll + height, "after \(keys)")
        }
        rig.type("g<enter>")
        #expect(rig.text.contains("[…] 200 items"))
        #expect(rig.state.detail?.scroll == 0)
    }

    @Test func anotherTextIsNotFolded() {
        var rig = Self.rig()
        let whole = rig.text
        rig.type("<enter>")
        #expect(rig.text.contains("{…} 4 members"))
        rig.type("][")
        #expect(rig.text == whole)
    }

    @Test func recordsThatComeDoNotMoveTheCursor() {
        var rig = Self.rig()
        rig.type("jjj<enter>j")
        let before = rig.text
        rig.totals.records += 1
        rig.change()
        #expect(rig.text == before)
    }
}
