import LmonScreen
import LmonTestSupport
import LmonUI
import Testing

/// Tab in the line of `f`.
@Suite struct FilterCompletionKeyTests {
    private func typed(_ rig: UIRig) -> String? {
        guard case .filter(let line)? = rig.state.overlay else { return nil }
        return line.field.text
    }

    @Test func tabGoesThroughCandidatesAndBack() {
        var rig = UIRig.started()
        rig.type("fst<tab>")
        #expect(self.typed(rig) == "status")
        rig.type("<tab><tab>")
        #expect(self.typed(rig) == "status!=")
        rig.type("<shift-tab><shift-tab>")
        #expect(self.typed(rig) == "status>=")
        rig.type("5<tab>")
        #expect(self.typed(rig) == "status>=500")
        rig.type("<enter>")
        #expect(rig.state.filter?.text == "status>=500")
    }

    @Test func valuesAreThoseThatWereSeen() {
        var rig = UIRig.started()
        rig.type("fhost=<tab>")
        #expect(self.typed(rig) == "host=api.test")
        rig.type("^ufunction=pa<tab>")
        #expect(self.typed(rig) == "function=payment")
    }

    @Test func nothingFitsNothingChanges() {
        var rig = UIRig.started()
        rig.type("fzebra<tab><shift-tab>")
        #expect(self.typed(rig) == "zebra")
    }

    @Test(
        arguments: ScreenGoldenTests.sizes,
        [
            ("f", "filter-empty"), ("fo", "filter-candidates"), ("fstatus<tab><tab>", "filter-operators"),
            ("fcold <tab><tab><tab><tab>", "filter-chosen"),
        ]
    )
    func candidatesStandInThePlaceOfTheKeys(size: (Int, Int), script: (String, String)) throws {
        var rig = UIRig.started(columns: size.0, rows: size.1)
        rig.type(script.0)
        try expectGolden(rig.screen, named: "\(script.1)-\(size.0)x\(size.1)")
    }
}
