import LmonModel
import LmonScreen
import LmonTestSupport
import LmonUI
import Testing

/// `p`: one function alone, and all of them again, whatever else the filter asks.
@Suite struct FunctionPickerTests {
    private static func rig(columns: Int = 80, rows: Int = 24) -> UIRig {
        var rig = UIRig.started(columns: columns, rows: rows)
        rig.functions = [
            FunctionCount(name: "orders", invocations: 121, failed: 0, environments: 3),
            FunctionCount(name: "payment", invocations: 5, failed: 2, environments: 1),
            FunctionCount(name: "thumbs", invocations: 2, failed: nil, environments: 1),
        ]
        return rig
    }

    @Test(
        arguments: ScreenGoldenTests.sizes,
        [
            ("p", "functions"), ("ppay", "functions-found"), ("pqq", "functions-nothing"),
            ("p<down><down><enter>", "functions-chosen"),
        ]
    )
    func afterKeys(size: (Int, Int), script: (String, String)) throws {
        var rig = Self.rig(columns: size.0, rows: size.1)
        rig.type(script.0)
        try expectGolden(rig.screen, named: "\(script.1)-\(size.0)x\(size.1)")
    }

    /// Keys → the filter that stands then.
    @Test(
        arguments: [
            ("p<enter>", nil), ("p<down><enter>", "function=orders"), ("ppay<enter>", "function=payment"),
            ("p<up><up><down><down><down><down><down><enter>", "function=thumbs"), ("p<down><esc>", nil),
            ("pqq<enter><esc>", nil), ("pthu<backspace><backspace><backspace><backspace>", nil),
            // Another one, and all again.
            ("ppay<enter>p<down><enter>", "function=thumbs"), ("ppay<enter>p<up><enter>", "function=orders"),
            ("ppay<enter>p<pageup><enter>", nil), ("ppay<enter><esc>", nil),
            // Beside what else is asked.
            ("fstatus>=500<enter>ppay<enter>", "function=payment and status>=500"),
            ("fstatus>=500 or cold<enter>pthu<enter>", "function=thumbs and (status>=500 or cold)"),
            ("fstatus>=500 function=payment<enter>p<pageup><enter>", "status>=500"),
            ("ffunction=PAYMENT cold<enter>pord<enter>", "function=orders and cold"),
        ] as [(String, String?)]
    )
    func whatIsChosenIsAFilter(script: String, filter: String?) {
        var rig = Self.rig()
        rig.type(script)
        #expect(rig.state.filter?.text == filter)
        #expect(rig.state.sight.filter?.description == filter)
        #expect(rig.state.overlay == nil)
    }

    @Test func theFunctionThatIsShownIsChosen() {
        var rig = Self.rig()
        for (name, chosen) in [("payment", "payment"), ("Payment", "payment"), ("nobody", nil)] {
            rig.type("ffunction=\(name)<enter>p")
            guard case .functions(let picker)? = rig.state.overlay else {
                Issue.record("no picker")
                return
            }
            #expect(picker.chosenEntry.map(\.name) == .some(chosen))
            rig.type("<esc><esc>")
        }
    }

    /// They are counted anew while they are looked at, and the choice stays with its name.
    @Test func aFunctionThatComesMovesNothing() {
        var rig = Self.rig()
        rig.type("p<down><down>")
        rig.functions.insert(FunctionCount(name: "a-new-one", invocations: 1, failed: 1, environments: 1), at: 0)
        rig.change()
        #expect(rig.text.contains("a-new-one"))
        rig.type("<enter>")
        #expect(rig.state.filter?.text == "function=payment")
    }

    @Test func aClickChooses() {
        var rig = Self.rig()
        rig.type("p")
        rig.send(.input(.mouse(MouseEvent(.press(button: 1), at: .init(column: 20, row: 5)))))
        #expect(rig.state.filter?.text == "function=orders")
        rig.type("p")
        rig.send(.input(.mouse(MouseEvent(.press(button: 1), at: .init(column: 20, row: 23)))))
        #expect(rig.state.overlay == nil)
    }

    @Test func aModelCountsItsFunctions() {
        let counts = SampleSession.model.functionCounts
        #expect(counts.map(\.name) == ["orders", "payment", "thumbs"])
        #expect(counts.map(\.environments) == [1, 1, 1])
        #expect(counts.map(\.invocations) == [6, 1, 1])
        #expect(counts.map(\.failed) == [1, 1, 0])
    }
}
