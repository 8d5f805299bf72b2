import LmonScreen
import LmonTestSupport
import LmonUI
import Testing

/// What was typed before, in the lines of `f` and `/`.
@Suite struct HistoryTests {
    private func typed(_ rig: UIRig) -> String? {
        switch rig.state.overlay {
        case .filter(let line): line.field.text
        case .search(let line): line.field.text
        default: nil
        }
    }

    @Test func upCallsBackWhatWasTypedAndDownWhatWasBegun() {
        var rig = UIRig.started()
        rig.type("fcold<enter><esc>fstatus>=500<enter><esc>fhost<up>")
        #expect(self.typed(rig) == "status>=500")
        rig.type("<up>")
        #expect(self.typed(rig) == "cold")
        rig.type("<up>")
        #expect(self.typed(rig) == "cold", "there is no older one")
        rig.type("<down><down>")
        #expect(self.typed(rig) == "host")
        rig.type("<down>=a")
        #expect(self.typed(rig) == "host=a")
    }

    @Test func whatStandsThereIsPassedOver() {
        var rig = UIRig.started()
        rig.type("fcold<enter><esc>ferror<enter>f<up>")
        #expect(self.typed(rig) == "cold", "the filter that is on is there from the start")
        rig.type("<down>")
        #expect(self.typed(rig) == "error")
    }

    @Test func aLineThatIsUsedAgainIsTheNewest() {
        var rig = UIRig.started()
        rig.type("fcold<enter><esc>ferror<enter><esc>f<up><up><enter>")
        #expect(rig.state.filter?.text == "cold")
        #expect(rig.state.filters.lines == ["cold", "error"])
    }

    @Test func searchesHaveTheirOwn() {
        var rig = UIRig.started()
        rig.type("fcold<enter><esc>/orders<enter>/<up>")
        #expect(self.typed(rig) == "orders")
        rig.type("<esc>")
        #expect(rig.state.filters.lines == ["cold"])
        #expect(rig.state.searches.lines == ["orders"])
    }

    @Test func aFilterThatIsWrongIsNotKept() {
        var rig = UIRig.started()
        rig.type("fstatus>><enter>")
        #expect(rig.state.filters.lines.isEmpty)
    }

    @Test func theyOutliveTheRun() throws {
        var rig = UIRig.started()
        rig.type("fcold<enter><esc>/orders<enter>")
        let liked = try #require(rig.remembered)
        var configuration = Sample.configuration
        configuration.preferences = Preferences(liked.bytes)
        var next = UIRig(configuration)
        next.change()
        next.type("f<up>")
        #expect(self.typed(next) == "cold")
        next.type("<esc>/<up>")
        #expect(self.typed(next) == "orders")
    }

    @Test func onlyTheNewestAreKept() {
        var history = History()
        for number in 0..<History.capacity + 7 { history.note("\(number)") }
        #expect(history.lines.count == History.capacity)
        #expect(history.lines.first == "\(History.capacity + 6)")
        #expect(History(history.lines) == history)
    }
}
