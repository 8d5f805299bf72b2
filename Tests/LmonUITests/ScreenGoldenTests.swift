import LmonModel
import LmonRecord
import LmonScreen
import LmonTestSupport
import LmonUI
import Testing

/// Every screen at the three sizes that are kept for each.
@Suite struct ScreenGoldenTests {
    static let sizes = [(80, 24), (120, 40), (40, 10)]

    /// What was typed → the name of the golden.
    static let scripts: [(String, String)] = [
        ("", "list"), ("k", "list-moved"), ("<enter>", "waterfall"), ("<enter><enter>", "response"),
        ("<enter><enter>]", "timing"), ("<enter><enter>[", "request"), ("<enter>k<enter>", "event"),
        ("<enter>k<enter>]", "result"), ("<enter>k<enter>]]", "logs"), ("g<enter><enter>", "initialization"),
        ("E<enter>", "failed"), ("E<enter>g<down><enter>", "failed-result"), ("/pay", "search"),
        ("/payment<enter>", "search-found"), ("/nothing<enter>", "search-nothing"), ("?", "help"), ("y", "copy"),
        ("i", "invoke"), ("2", "calls"), ("3", "logs-view"), ("z", "zoom"), ("<enter>z", "waterfall-zoom"),
        ("A", "ascii"),
        ("kk", "shutdown"), ("fstatus>=500 host~", "filter"), ("fhost~x and statsu>=500<enter>", "filter-error"),
        ("fstatus>=500<enter>", "filtered"), ("fstatus=418<enter>", "filtered-nothing"),
    ]

    @Test(arguments: sizes, scripts)
    func afterKeys(size: (Int, Int), script: (String, String)) throws {
        var rig = UIRig.started(columns: size.0, rows: size.1)
        rig.type(script.0)
        try expectGolden(rig.screen, named: "\(script.1)-\(size.0)x\(size.1)")
    }

    @Test(arguments: [("-", "layout-stacked"), ("---", "layout-list-only")])
    func inAnotherLayout(script: String, name: String) throws {
        var rig = UIRig.started(columns: 120, rows: 40)
        rig.type(script)
        try expectGolden(rig.screen, named: name)
    }

    @Test(arguments: sizes)
    func beforeTheFirstInvocation(columns: Int, rows: Int) throws {
        var rig = UIRig(
            columns: columns,
            height: rows,
            rows: [ListRow](),
            details: [InvocationDetail](),
            totals: SessionTotals()
        )
        rig.change()
        try expectGolden(rig.screen, named: "empty-\(columns)x\(rows)")
    }

    @Test func emptyWhereNothingCanBeInvoked() throws {
        var configuration = UIConfiguration(source: "tcp://127.0.0.1:4244")
        configuration.views = ListView.allCases
        var rig = UIRig(configuration, rows: [], details: [], totals: SessionTotals())
        rig.change()
        rig.type("i")
        try expectGolden(rig.screen, named: "empty-tee")
        rig.type("2")
        try expectGolden(rig.screen, named: "empty-calls")
    }

    @Test func rowsThatAreNotThereYet() throws {
        var rig = UIRig()
        rig.answers = false
        rig.change()
        try expectGolden(rig.screen, named: "not-loaded")
    }

    @Test(arguments: [(31, 8), (39, 24), (80, 9), (3, 1), (0, 0)])
    func tooSmall(columns: Int, rows: Int) throws {
        let rig = UIRig.started(columns: columns, rows: rows)
        let text = "lmon needs 40×10, this is \(columns)×\(rows)"
        #expect(rig.text.trimmingSuffixNewlines == (rows > 0 ? String(text.prefix(columns)) : ""))
    }

    @Test func troubles() throws {
        var rig = UIRig.started()
        rig.send(.trouble(function: "orders", reason: "SyntaxError index.mjs:14"))
        try expectGolden(rig.screen, named: "does-not-start")
        let (since, retry) = (Sample.time("10:42:07.400"), Sample.time("10:42:13.400"))
        rig.send(.clock(Sample.time("10:42:11.400")))
        rig.send(.connection(.lost(source: "tcp://127.0.0.1:4244", since: since, retryAt: retry)))
        try expectGolden(rig.screen, named: "connection-lost")
        rig.send(.connection(.connected))
        rig.send(.trouble(function: "orders", reason: nil))
        rig.send(.coach("demo: ↵ opens the failing call"))
        try expectGolden(rig.screen, named: "coach")
        rig.send(.notice("copied 812 B (OSC 52)"))
        rig.totals.dropped = 12
        rig.totals.unknown = 1
        rig.totals.failed = 0
        rig.change()
        try expectGolden(rig.screen, named: "notice")
    }

    @Test func invocationsWithoutCalls() throws {
        var rig = UIRig.started()
        let id = Sample.id("2b00")
        var invocation = Invocation(id: id, function: "orders", firstSeen: Sample.time("10:42:03.511"))
        invocation.reportStatus = .success
        invocation.reportDuration = 12
        rig.details[id] = InvocationDetail(invocation)
        rig.type("gjj")
        #expect(rig.text.contains("No HTTP calls in this invocation."))
        try expectGolden(rig.screen, named: "no-calls-made")
        rig.send(.callsUnseen(function: "orders", reason: "provided.al2023 has no interceptor"))
        try expectGolden(rig.screen, named: "no-calls")
        rig.type("j")
        #expect(rig.text.contains("The details of this invocation are not kept any more."))
    }

    @Test func whatIsInFlight() throws {
        var rig = UIRig.started()
        let id = Sample.id("5e00")
        let start = Sample.time("10:42:10.200")
        var invocation = Invocation(id: id, function: "thumbs", firstSeen: start)
        invocation.start = start
        var call = Call(id: "1-0-1", invocation: id)
        call.method = "GET"
        call.url = URLText("https://images.test/large.png")
        call.start = start.adding(milliseconds: 300)
        invocation.calls = [call]
        rig.details[id] = InvocationDetail(invocation)
        rig.type("G")
        rig.send(.clock(start.adding(milliseconds: 1_800)))
        try expectGolden(rig.screen, named: "in-flight")
    }

    /// Past its deadline nothing runs: its end was not told, and no time passes.
    @Test(arguments: sizes)
    func anEndThatWasNotSeen(columns: Int, rows: Int) throws {
        var rig = UIRig.started(columns: columns, rows: rows)
        let id = Sample.id("5e00")
        let start = Sample.time("10:42:10.200")
        var invocation = Invocation(id: id, function: "thumbs", firstSeen: start)
        invocation.start = start
        invocation.deadline = start.adding(milliseconds: 3_000)
        var call = Call(id: "1-0-1", invocation: id)
        call.method = "GET"
        call.url = URLText("https://images.test/large.png")
        call.start = start.adding(milliseconds: 300)
        invocation.calls = [call]
        rig.details[id] = InvocationDetail(invocation)
        rig.type("G")
        rig.send(.clock(start.adding(milliseconds: 3_100)))
        #expect(rig.text.contains("0ms left"))
        #expect(rig.text.contains("In flight.") == (columns > 40))
        rig.send(.clock(start.adding(milliseconds: 6_100)))
        try expectGolden(rig.screen, named: "end-not-seen-\(columns)x\(rows)")
        for text in ["0ms left", "6.1", "3.00s…", "In flight."] { #expect(!rig.text.contains(text), "\(text)") }
    }

    @Test(arguments: sizes)
    func hostileContent(columns: Int, rows: Int) throws {
        var rig = Hostile.rig(columns: columns, rows: rows)
        try expectGolden(rig.screen, named: "hostile-\(columns)x\(rows)")
        rig.type("<enter><enter>")
        try expectGolden(rig.screen, named: "hostile-body-\(columns)x\(rows)")
        rig.type("<esc>k<enter>]]")
        try expectGolden(rig.screen, named: "hostile-logs-\(columns)x\(rows)")
    }
}

extension String {
    var trimmingSuffixNewlines: String {
        var text = self
        while text.last == "\n" { text.removeLast() }
        return text
    }
}
