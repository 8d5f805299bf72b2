import LmonModel
import LmonRecord
import LmonScreen
import LmonTestSupport
import LmonUI
import Testing

@Suite struct LogViewTests {
    static func rig(columns: Int = 80, rows: Int = 24) -> UIRig {
        var rig = UIRig(columns: columns, height: rows)
        let (one, other) = (Sample.id("9f3c"), Sample.id("4d00"))
        let time = Sample.time("10:42:09.540")
        func add(_ id: InvocationID, _ level: LogLevel?, _ text: String, json: String? = nil) {
            let index = rig.logs.count
            let line = LogLine(time: time.adding(milliseconds: Double(index)), level: level, text: text, json: json)
            rig.logs.append(LogRow(id: .init(invocation: id, index: index), line: line, function: "orders"))
        }
        rig.logs = []
        add(one, .trace, "entering")
        add(one, .debug, "cache key users/4")
        add(
            one,
            .info,
            "order 7",
            json: #"{"level":"INFO","message":"order 7","user":4,"tags":["a","b"],"note":"two words"}"#
        )
        add(other, .warn, "stock is low", json: #"{"timestamp":"x","message":"stock is low","item":{"id":9,"left":1}}"#)
        add(other, .error, "PaymentError: 502\n    at pay.mjs:14\n    at index.mjs:3\n    at run")
        add(one, nil, #"{"orderId":7}"#, json: #"{"orderId":7}"#)
        add(one, nil, "plain words \(Hostile.escape)")
        rig.change()
        return rig
    }

    private static let scripts = [
        ("3", "log-list"), ("3LL", "log-warnings"), ("3gjjo", "log-one"), ("3gjjw", "log-json"),
        ("3gjjj", "log-nested"),
        ("3gjjjj", "log-lines"), ("3A", "log-ascii"), ("3L/nothing<enter>", "log-search"),
    ]

    @Test(arguments: ScreenGoldenTests.sizes, scripts)
    func afterKeys(size: (Int, Int), script: (String, String)) throws {
        var rig = Self.rig(columns: size.0, rows: size.1)
        rig.type(script.0)
        try expectGolden(rig.screen, named: "\(script.1)-\(size.0)x\(size.1)")
    }

    @Test func theLevelTurns() {
        var rig = Self.rig()
        rig.type("3")
        var counts: [Int] = []
        for _ in 0..<4 {
            rig.type("L")
            counts.append(rig.state.list.count)
        }
        #expect(counts == [5, 2, 1, 7], "a line without a level counts as information")
    }

    @Test func onlyOneInvocationAndBack() {
        var rig = Self.rig()
        rig.type("3gjjjo")
        #expect(rig.state.list.count == 2)
        rig.type("LLL")
        #expect(rig.state.list.count == 1)
        rig.type("o")
        #expect(rig.state.sight.logs.invocation == nil)
        rig.type("L")
        #expect(rig.state.list.count == 7)
    }

    @Test func fromTheInvocationsItLeadsToItsLines() {
        var rig = Self.rig()
        rig.type("o")
        #expect(rig.state.view == .logs)
        #expect(rig.state.sight.logs.invocation == Sample.id("9f3c"))
        rig.type("4o")
        #expect(rig.state.view == .environments)
    }

    @Test func aLineOfAnInitialisationIsShownToo() {
        var rig = Self.rig(columns: 120, rows: 40)
        let id = InvocationID(environment: Sample.environment, requestID: nil)
        let line = LogLine(time: Sample.time("10:42:01.200"), level: .info, text: "loading\nthe catalogue")
        rig.logs = [LogRow(id: .init(invocation: id, index: 0), line: line, function: "orders")]
        rig.change()
        rig.type("3g")
        #expect(rig.state.detail?.currentTab == .line)
        #expect(rig.text.contains("the catalogue"))
    }

    @Test func whenNothingIsLeftItSaysWhatBringsItBack() throws {
        var rig = Self.rig()
        rig.logs.removeAll { ($0.line.level ?? .info) >= .error }
        rig.change()
        rig.type("3LLL")
        try expectGolden(rig.screen, named: "log-none")
    }
}
