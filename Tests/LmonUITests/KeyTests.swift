import LmonModel
import LmonScreen
import LmonUI
import Testing

/// One script for each command: what it does can be seen in the state, on the screen or in what is asked for.
@Suite struct KeyTests {
    /// Command → keys that lead to it, the last of which is its own; the screen or the effects must change by that last.
    static let scripts: [(Command, String)] = [
        (.up, "k"), (.down, "gj"), (.halfPageUp, "^u"), (.halfPageDown, "g^d"), (.pageUp, "<pageup>"),
        (.pageDown, "g<space>"), (.top, "g"), (.bottom, "gG"), (.into, "<enter>"), (.out, "<enter><esc>"),
        (.nextPane, "<tab>"), (.previousPane, "<shift-tab>"), (.nextTab, "<enter><enter>]"),
        (.previousTab, "<enter><enter>["), (.viewInvocations, "21"), (.viewCalls, "2"), (.viewLogs, "3"),
        (.viewEnvironments, "4"), (.viewStatistics, "5"), (.logLevel, "3L"), (.oneInvocation, "3o"),
        (.nextError, "ge"),
        (.previousError, "E"), (.search, "/"), (.nextMatch, "g/orders<enter>n"), (.previousMatch, "/orders<enter>N"),
        (.filter, "f"), (.follow, "F"), (.invoke, "i"), (.replay, "r"), (.replayEdited, "R"), (.again, "a"),
        (.diff, "d"), (.copy, "y"), (.zoom, "z"), (.layout, "-"),
        (.wrap, "w"), (.ascii, "A"), (.help, "?"), (.back, "q"), (.quit, "Q"), (.suspend, "^z"),
        (.zoomIn, "<enter>+"), (.zoomOut, "<enter>++_"), (.zoomFit, "<enter>+0"), (.panLeft, "<enter>+lh"),
        (.panRight, "<enter>+hhhl"), (.page, "<enter><enter>v"),
        (.clear, "c"), (.bringBack, "cC"), (.sort, "s"), (.mark, "m"), (.onlyMarked, "mM"), (.export, "x"),
        (.functions, "p"), (.comment, ";"), (.palette, ":"), (.mouse, "<f2>"),
    ]

    @Test func everyCommandHasAKeyAHelpLineAndAScript() {
        for command in Command.allCases {
            let binding = KeyTable.binding(of: command)
            #expect(binding?.help.isEmpty == false, "\(command)")
            #expect(binding?.keys.isEmpty == false, "\(command)")
            #expect(Self.scripts.contains { $0.0 == command }, "\(command)")
        }
    }

    @Test func noKeyIsBoundTwice() {
        let keys = KeyTable.bindings.flatMap(\.keys)
        #expect(Set(keys).count == keys.count)
    }

    @Test(arguments: scripts)
    func everyKeyDoesSomething(command: Command, script: String) throws {
        let keys = KeyScript.keys(script)
        let last = try #require(keys.last)
        let binding = try #require(KeyTable.binding(of: command))
        #expect(binding.keys.contains(last))
        for key in binding.keys {
            var rig = UIRig.started()
            for earlier in keys.dropLast() { rig.send(.input(.key(earlier))) }
            let screen = rig.screen
            let effects = rig.effects.count
            rig.send(.input(.key(key)))
            #expect(rig.screen != screen || rig.effects.count > effects, "\(KeyScript.script(for: key))")
        }
    }

    /// All of it at once, without scrolling.
    @Test(arguments: [(120, 40), (200, 40), (80, 80)])
    func theHelpShowsEveryBinding(columns: Int, rows: Int) {
        var rig = UIRig.started(columns: columns, rows: rows)
        rig.type("?")
        #expect(!rig.text.contains(" more ↓"))
        #expect(rig.text.contains("marked; not observed"))
        for binding in KeyTable.bindings { #expect(rig.text.contains(binding.help), "\(binding.command)") }
    }

    @Test func theHelpScrollsToItsEndAndAnyOtherKeyClosesIt() {
        var rig = UIRig.started()
        rig.type("?G")
        #expect(rig.text.contains("not observed, which is not 0"))
        rig.type("gx")
        #expect(rig.state.overlay == nil)
        #expect(rig.effects == [])
    }

    // MARK: - Moving

    @Test func movingSelectsInvocationsByIdentity() {
        var rig = UIRig.started()
        #expect(rig.selected?.hasPrefix("9f3c") == true)
        rig.type("k")
        #expect(rig.selected?.hasPrefix("4d00") == true)
        rig.rows.insert(Sample.invocation("0aaa", "orders", at: "10:42:00.000", .finished(.success)), at: 0)
        rig.change()
        #expect(rig.selected?.hasPrefix("4d00") == true, "a row that comes before moves the selection along")
        rig.type("k")
        #expect(rig.state.list.selectedRow?.key == .list(Sample.rows[4].id))
    }

    @Test func aMoveStopsFollowingAndNewRowsAreCounted() {
        var rig = UIRig.started()
        rig.type("k")
        for number in 0..<12 {
            rig.rows.append(Sample.invocation("7\(number)aa", "orders", at: "10:43:00.000", .finished(.success)))
            rig.change()
        }
        #expect(rig.text.contains("12 new ↓"))
        #expect(rig.selected?.hasPrefix("4d00") == true)
        rig.type("G")
        #expect(!rig.text.contains("new ↓"))
        rig.type("F")
        rig.rows.append(Sample.invocation("8aaa", "orders", at: "10:43:01.000", .finished(.success)))
        rig.change()
        #expect(rig.selected?.hasPrefix("8aaa") == true)
        #expect(rig.text.contains("following"))
    }

    @Test func whatIsReadDoesNotChangeUnderTheEye() {
        for script in ["<enter>", "<tab>"] {
            var rig = UIRig.started()
            rig.type(script)
            rig.rows.append(Sample.invocation("8aaa", "orders", at: "10:43:01.000", .finished(.success)))
            rig.change()
            #expect(rig.selected?.hasPrefix("9f3c") == true)
            #expect(rig.text.contains("1 new ↓"))
        }
    }

    @Test(arguments: 40...160)
    func nameSourceAndErrorsStayInTheHeader(columns: Int) {
        let rig = UIRig.started(columns: columns)
        let header = rig.screen.text(row: 0)
        #expect(header.contains("lmon") && header.contains("● emulator ./demo") && header.contains("✗ 2"))
        let items = ["128 inv", "p95 212ms", "cold 3", "lag 8ms", "10:42:11"].map { header.contains($0) }
        #expect(items == items.sorted { $0 && !$1 }, "what is farther right drops first")
    }

    @Test func whatIsSelectedStaysOnTheScreen() {
        var rig = UIRig.started()
        rig.rows = (0..<5_000).map { Sample.invocation("a\($0)", "orders", at: "10:42:01.000", .finished(.success)) }
        rig.change()
        for script in [
            "g", "jjjjjjjjjjjjjjjjjj", "G", "^u^u", "kkkkkkkkkkkkk", "<enter>", "<enter>", "<esc><esc>", "z", "z",
        ] {
            rig.type(script)
            let list = rig.state.list
            #expect(list.selectedIndex >= list.top, "\(script)")
            #expect(rig.state.pane != .list || rig.text.contains("▸"), "\(script)")
        }
    }

    @Test func aListIsAskedForOncePerWindow() {
        var rig = UIRig.started()
        rig.rows = (0..<5_000).map { Sample.invocation("a\($0)", "orders", at: "10:42:01.000", .finished(.success)) }
        rig.change()
        rig.type("g")
        let before = rig.requests
        rig.type("jjjjj")
        #expect(rig.requests - before == 5, "a detail for each row, and no rows that are there already")
    }

    @Test func escapeLeadsOutStepByStepAndQuitsAtTheTop() {
        var rig = UIRig.started()
        rig.type("<enter><enter>")
        #expect(rig.state.pane == .lower)
        rig.type("q")
        #expect(rig.state.pane == .waterfall)
        rig.type("<esc>")
        #expect(rig.state.pane == .list)
        rig.type("<esc>")
        #expect(rig.effects == [], "escape never quits")
        rig.type("q")
        #expect(rig.effects == [.quit])
    }

    @Test func errorsInTheWaterfallAreFoundThere() {
        var rig = UIRig.started()
        rig.type("E<enter>g")
        #expect(rig.state.detail?.selected == .initialization)
        rig.type("ee")
        #expect(rig.state.detail?.selected == .call("1-0-1"))
    }

    // MARK: - Finding

    @Test func searchWrapsAroundAndSaysWhereItIs() {
        var rig = UIRig.started()
        rig.type("/orders<enter>")
        #expect(rig.text.contains("/orders  1 of 5"))
        rig.type("n")
        #expect(rig.text.contains("2 of 5"))
        rig.type("NN")
        #expect(rig.text.contains("5 of 5"))
        rig.type("<esc>")
        #expect(!rig.text.contains("of 5"))
    }

    @Test func theLowerPaneSearchesItsOwnText() {
        var rig = UIRig.started()
        rig.type("<enter><enter>/plan<enter>")
        #expect(rig.text.contains("/plan  1 of 1"))
        rig.type("/absent<enter>")
        #expect(rig.text.contains("match absent · Esc clears"))
    }

    // MARK: - Doing

    @Test func invokesWithTheLastEventOfTheFunction() {
        var rig = UIRig.started()
        rig.type("i<enter>")
        #expect(rig.effects == [.invoke(function: "orders", event: #"{"order":{"id":7,"items":[4,9]},"user":4}"#)])
        rig.type("i^u{}<enter>i<enter>")
        #expect(rig.effects.last == .invoke(function: "orders", event: "{}"))
        rig.type("i<tab>^u")
        rig.send(.input(.paste("{\"a\":\n1}")))
        rig.type("<enter>")
        #expect(rig.effects.last == .invoke(function: "payment", event: "{\"a\":\n1}"))
    }

    @Test func replaysTheSelectedInvocationButNotAnInitialisation() {
        var rig = UIRig.started()
        rig.type("r")
        #expect(rig.effects == [.replay(Sample.id("9f3c"))])
        rig.type("gr")
        #expect(rig.effects.count == 1)
        #expect(rig.text.contains("Select an invocation to replay."))
    }

    @Test(arguments: [
        ("yu", "https://api.test/users/4"), ("yb", #"{"id":4,"name":"Ada","email":"‹redacted›","plan":"pro"}"#),
        ("ye", #"{"order":{"id":7,"items":[4,9]},"user":4}"#), ("yi", "9f3c-0000-4000-8000-0000000000e1"),
        ("yl", "10:42:09.540 9f3c-0000-4000-8000-0000000000e1 orders success 187ms 3 calls"),
        ("<enter>yl", "GET 200 api.test/users/4 41 ms"),
    ])
    func copies(script: String, text: String) {
        var rig = UIRig.started()
        rig.type(script)
        #expect(rig.effects == [.copy(text)])
    }

    @Test func copiesACurlLine() {
        var rig = UIRig.started()
        rig.type("yc")
        guard case .copy(let text)? = rig.effects.first else {
            Issue.record("nothing copied")
            return
        }
        #expect(text.contains("; curl https://api.test/users/4 "))
        #expect(text.contains("https://api.test/users/4"))
    }

    @Test func sayWhyNothingHappens() {
        var configuration = UIConfiguration(source: "@last")
        configuration.cannotInvoke = "A recorded session cannot be invoked."
        var rig = UIRig.started(configuration)
        rig.type("i")
        #expect(rig.text.contains("A recorded session cannot be invoked."))
        rig.type("r")
        #expect(rig.text.contains("A recorded session cannot be invoked."))
        rig.type("gyu")
        #expect(rig.text.contains("No url here."))
        rig.type("n")
        #expect(rig.text.contains("Nothing is searched yet"))
        #expect(rig.effects == [])
    }

    @Test func aViewThatTheSourceLacksHasNoTabAndNoKey() {
        var rig = UIRig.started(UIConfiguration(source: "@last"))
        #expect(!rig.text.contains("2 Calls"))
        rig.type("2")
        #expect(rig.state.view == .invocations)
    }

    @Test func aPasteOutsideATextFieldTypesNothing() {
        var rig = UIRig.started()
        rig.send(.input(.paste("Q")))
        #expect(rig.effects == [])
    }

    @Test func controlCQuitsFromEverywhere() {
        for script in ["^c", "/^c", "f^c", "i^c", "?^c", "y^c", "<enter><enter>^c"] {
            var rig = UIRig.started()
            rig.type(script)
            #expect(rig.effects == [.quit], "\(script)")
        }
    }

    @Test func idleMeansNoRepaint() {
        var rig = UIRig.started()
        let screen = rig.screen
        rig.change()
        #expect(rig.screen == screen)
    }
}
