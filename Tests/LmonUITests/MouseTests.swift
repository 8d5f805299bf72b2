import LmonModel
import LmonScreen
import LmonUI
import Testing

@Suite struct MouseTests {
    private func click(_ column: Int, _ row: Int, _ rig: inout UIRig) {
        rig.send(.input(.mouse(MouseEvent(.press(button: 1), at: .init(column: column, row: row)))))
    }

    private func row(with text: String, in rig: UIRig) throws -> Int {
        try #require((0..<rig.screen.size.rows).first { rig.screen.text(row: $0).contains(text) })
    }

    @Test func aClickSelectsTheRowUnderIt() throws {
        var rig = UIRig.started()
        self.click(30, try self.row(with: "payment  412ms", in: rig), &rig)
        #expect(rig.selected?.hasPrefix("4d00") == true)
        self.click(10, try self.row(with: "✗handler", in: rig), &rig)
        #expect(rig.state.detail?.selected == .handler)
        #expect(rig.state.pane == .waterfall)
        self.click(20, try self.row(with: "PaymentError: gateway", in: rig), &rig)
        #expect(rig.state.pane == .lower)
    }

    @Test func aClickOnATabShowsItsList() {
        var rig = UIRig.started()
        self.click(18, 1, &rig)
        #expect(rig.state.view == .calls)
        self.click(15, 1, &rig)
        #expect(rig.state.view == .calls, "between two tabs")
        self.click(55, 1, &rig)
        #expect(rig.state.view == .statistics)
        self.click(58, 1, &rig)
        #expect(rig.state.view == .statistics)
    }

    @Test func theWheelTurnsWhatIsUnderIt() {
        var rig = UIRig.started()
        rig.rows = (0..<100).map { Sample.invocation("a\($0)", "orders", at: "10:42:01.000", .finished(.success)) }
        rig.change()
        #expect(rig.state.list.top == 92)
        rig.send(.input(.mouse(MouseEvent(.wheelUp, at: .init(column: 5, row: 5)))))
        #expect(rig.state.list.top == 89)
        #expect(rig.state.list.selectedIndex == 96, "the selection leaves the screen with no row")
        #expect(!rig.state.list.isFollowing)
    }

    @Test func clicksOnNothingDoNothing() {
        for (columns, rows) in [(80, 24), (40, 10), (10, 3)] {
            var rig = UIRig.started(columns: columns, rows: rows)
            for row in -1..<rows + 2 {
                for column in stride(from: -1, to: columns + 2, by: 7) {
                    self.click(column, row, &rig)
                    rig.send(.input(.mouse(MouseEvent(.wheelDown, at: .init(column: column, row: row)))))
                }
            }
            #expect(rig.effects == [])
        }
    }
}
