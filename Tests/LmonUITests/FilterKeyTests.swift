import LmonModel
import LmonScreen
import LmonUI
import Testing

/// The line of `f`, and what is left in the lists.
@Suite struct FilterKeyTests {
    @Test func rowsThatDoNotMatchAreLeftOutUntilEsc() {
        var rig = UIRig.started()
        let before = rig.screen
        rig.type("ffunction=payment<enter>")
        #expect(rig.state.overlay == nil)
        #expect(rig.state.list.count == 2)
        #expect(rig.text.contains("2 of \(rig.rows.count) match function=payment · Esc clears"))
        #expect(!rig.text.contains("thumbs"))
        rig.type("<esc>")
        #expect(rig.state.filter == nil)
        #expect(rig.state.list.count == rig.rows.count)
        #expect(rig.screen == before)
    }

    @Test func itHoldsInEveryViewAndForWhatIsNew() {
        var rig = UIRig.started()
        rig.type("fmethod=POST<enter>2")
        #expect(rig.state.list.count == 3)
        #expect(rig.text.contains("3 of \(rig.calls.count) match method=POST"))
        rig.type("1f^upayment<enter>")
        rig.rows.append(Sample.invocation("8aaa", "orders", at: "10:43:01.000", .finished(.success)))
        rig.rows.append(Sample.invocation("8bbb", "payment", at: "10:43:02.000", .finished(.success)))
        let count = rig.state.list.count
        rig.change()
        #expect(rig.state.list.count == count + 1)
        #expect(rig.selected?.hasPrefix("8bbb") == true)
    }

    @Test func theSelectionStaysIfItMatches() {
        var rig = UIRig.started()
        rig.type("k")
        let selected = rig.selected
        rig.type("ffunction=payment<enter>")
        #expect(rig.selected == selected)
        rig.type("<esc>")
        #expect(rig.selected == selected)
        rig.type("ffunction=orders<enter>")
        #expect(rig.selected != selected && rig.selected != nil)
    }

    @Test func aMistakeIsNamedAndTheCursorStandsThere() throws {
        var rig = UIRig.started()
        rig.type("fcold statsu>1<enter>")
        #expect(rig.text.contains("no field statsu; did you mean status?"))
        let cursor = try #require(rig.screen.cursor)
        #expect(rig.screen.text(row: cursor.row).contains("filter: cold statsu>1"))
        #expect(cursor.column == 1 + "filter: cold ".count)
        #expect(rig.state.filter == nil)
        rig.type("<delete>")
        #expect(!rig.text.contains("no field"))
        rig.type("<end><backspace><backspace><backspace><backspace><backspace><backspace><backspace><enter>")
        #expect(rig.text.contains("match cold"))
    }

    @Test func itIsEditedWhereItWasLeft() {
        var rig = UIRig.started()
        rig.type("forders<enter>f<space>cold<enter>")
        #expect(rig.state.filter?.text == "orders cold")
        rig.type("f^u<enter>")
        #expect(rig.state.filter == nil)
        #expect(rig.state.list.count == rig.rows.count)
    }

    @Test func escLeavesTheLineThenASearchThenTheFilter() {
        var rig = UIRig.started()
        rig.type("forders<enter>f cold<esc>")
        #expect(rig.state.filter?.text == "orders")
        rig.type("/cold<enter><esc>")
        #expect(rig.state.search == nil && rig.state.filter != nil)
        rig.type("<enter><esc>")
        #expect(rig.state.filter != nil, "the way out of a pane comes first")
        rig.type("q")
        #expect(rig.state.filter == nil && rig.effects == [])
        rig.type("q")
        #expect(rig.effects == [.quit])
    }

    @Test func whatIsLeftOutIsNotOpenEither() {
        var rig = UIRig.started()
        rig.type("fstatus=418<enter>")
        #expect(rig.state.list.count == 0)
        #expect(rig.state.detail == nil)
        #expect(rig.text.contains("0 of \(rig.rows.count) match status=418 · Esc clears"))
        rig.type("<esc>")
        #expect(rig.selected?.hasPrefix("9f3c") == true)
    }

    @Test func aSearchFindsOnlyWhatIsShown() {
        var rig = UIRig.started()
        rig.type("ffunction=payment<enter>/orders<enter>")
        #expect(rig.text.contains("0 of 2 match orders"))
    }

    @Test func whatIsStillToBeLookedAtIsSaid() {
        var rig = UIRig.started()
        rig.type("fcold<enter>")
        let all = RowCounts(invocations: 9000)
        func tell(_ progress: Double?, givenUp: Int = 0) {
            let filtering = UIMessage.Filtering(all: all, progress: progress, givenUp: givenUp)
            rig.send(.changed(rig.totals, counts: RowCounts(invocations: 12), filtering))
        }
        tell(0.617)
        #expect(rig.text.contains("12 of 9000 match cold · 61 % looked at · Esc stops"))
        tell(nil)
        #expect(rig.text.contains("12 of 9000 match cold · Esc clears"))
        tell(nil, givenUp: 3)
        #expect(rig.text.contains("12 of 9000 match cold · gave up on 3 · Esc clears"))
    }
}
