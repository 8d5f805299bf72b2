import LmonModel
import LmonScreen
import LmonTestSupport
import LmonUI
import Testing

/// `d`: two runs beside each other; `a`: the same event again on each save.
@Suite struct AgainTests {
    /// A second run of `orders`, faster, with one call less and one more.
    private static let later: InvocationDetail = {
        let id = Sample.id("a1b2")
        let start = Sample.time("10:42:15.000")
        var invocation = Invocation(id: id, function: "orders", firstSeen: start)
        invocation.start = start
        invocation.handlerDuration = 74
        invocation.runtimeStatus = .success
        invocation.reportStatus = .success
        invocation.reportDuration = 75
        invocation.billedDuration = 76
        invocation.memoryUsed = 91
        invocation.isCold = true
        invocation.initDuration = 120
        invocation.event = Body(.text(#"{"order":{"id":7,"items":[4,9,12]},"user":5}"#), size: 44)
        invocation.result = Body(.text(#"{"statusCode":201,"body":"ok"}"#), size: 31)
        invocation.calls = [
            Sample.call("1-0-1", id, "GET", "https://api.test/users/5", 200, at: start, 6, 21),
            Sample.call("1-0-2", id, "POST", "https://api.test/orders", 409, at: start, 30, 40),
            Sample.call("1-0-3", id, "PUT", "https://api.test/audit", 200, at: start, 31, 9),
        ]
        return InvocationDetail(invocation)
    }()

    private static func rig(_ columns: Int = 80, _ rows: Int = 24) -> UIRig {
        var rig = UIRig.started(columns: columns, rows: rows)
        rig.rows.append(
            Sample.invocation("a1b2", "orders", at: "10:42:15.000", .finished(.success), duration: 75, calls: 3)
        )
        rig.details[Self.later.id] = Self.later
        rig.details[Sample.failed.id] = nil
        return rig
    }

    private static var comparison: Comparison { Comparison(Sample.orders.invocation, Self.later.invocation) }

    @Test(arguments: ScreenGoldenTests.sizes, [("", "diff"), ("G", "diff-end")])
    func twoRunsBesideEachOther(size: (Int, Int), script: (String, String)) throws {
        var rig = Self.rig(size.0, size.1)
        rig.change()
        rig.type("Gd" + script.0)
        try expectGolden(rig.screen, named: "\(script.1)-\(size.0)x\(size.1)")
    }

    @Test(arguments: ["q", "<esc>", "d"])
    func theDiffIsLeftAgain(key: String) {
        var rig = Self.rig()
        rig.change()
        rig.type("Gd")
        #expect(rig.text.contains("compare 9f3c…e1 → a1b2…e1"))
        rig.type(key)
        #expect(rig.state.overlay == nil)
        #expect(rig.effects == [])
    }

    @Test func withNothingToCompareWithItSaysSo() {
        var rig = UIRig.started()
        rig.details = [Sample.orders.id: Sample.orders]
        rig.type("d")
        #expect(rig.text.contains("No earlier run to compare with"))
        rig.type("gd")
        #expect(rig.text.contains("Select an invocation to compare."))
    }

    @Test(arguments: ScreenGoldenTests.sizes)
    func aRunOnASaveShowsWhatDiffers(columns: Int, rows: Int) throws {
        var rig = Self.rig(columns, rows)
        rig.type("a")
        #expect(rig.effects == [.again(Sample.id("9f3c"))])
        #expect(rig.text.contains("again"))
        rig.change()
        rig.send(.again(.started(Self.later.id)))
        #expect(!rig.text.contains("Each save runs"))
        #expect(rig.selected?.hasPrefix("a1b2") == true)
        rig.send(.again(.compared(Self.comparison)))
        rig.type("<enter>")
        try expectGolden(rig.screen, named: "again-\(columns)x\(rows)")
        rig.type("<esc>a")
        #expect(rig.effects.last == .again(nil))
        #expect(!rig.text.contains("again on save"))
    }

    @Test func whoMovedIsTakenToTheNewRunAndWhoTypesIsNot() {
        var rig = Self.rig()
        rig.type("akk")
        rig.change()
        rig.type("/x")
        rig.send(.again(.started(Self.later.id)))
        #expect(rig.selected?.hasPrefix("a1b2") != true)
        rig.type("<esc>")
        rig.send(.again(.started(Self.later.id)))
        #expect(rig.selected?.hasPrefix("a1b2") == true)
    }

    @Test func aRunThatAFilterHidesLeavesTheSelectionAlone() {
        var rig = Self.rig()
        rig.type("afpayment<enter>k")
        let before = rig.selected
        rig.send(.again(.started(Self.later.id)))
        #expect(rig.selected == before)
    }

    @Test func whatCannotBeRunAgainSaysWhy() {
        var rig = UIRig.started()
        rig.type("ga")
        #expect(rig.text.contains("Select an invocation to run again on each save."))
        rig = UIRig.started(UIConfiguration(source: "@last"))
        rig.type("a")
        #expect(rig.text.contains("This source only shows what happens."))
        rig = UIRig.started()
        rig.type("a")
        rig.send(.again(.failed("its event is not recorded: R completes it first")))
        #expect(rig.text.contains("its event is not recorded"))
        #expect(rig.state.again == nil)
        #expect(rig.effects == [.again(Sample.id("9f3c"))])
    }
}
