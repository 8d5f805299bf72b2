import LmonModel
import LmonUI
import Testing

@Suite struct ListColumnTests {
    /// However many calls there are, their number stands apart from the duration in front of it.
    @Test(arguments: [(7, " 187ms 7 "), (12, " 187ms 12 "), (113, " 187ms 113 "), (12_345, " 187ms 12345 ")])
    func manyCallsHaveRoom(count: Int, text: String) {
        var rig = UIRig.started()
        guard case .list(.invocation(var summary))? = rig.state.list.selectedRow else {
            Issue.record("no invocation is selected")
            return
        }
        summary.calls = count
        rig.rows[rig.state.list.selectedIndex] = .invocation(summary)
        rig.change()
        #expect(rig.text.contains(text))
        #expect(rig.text.contains("3.00s"), "the other rows keep their columns")
    }
}
