import LmonModel
import LmonRecord
import LmonScreen
import LmonTestSupport
import Testing

@testable import LmonUI

/// Marks, `c`, sorting, comments, menus and the palette, by their keys.
@Suite struct SightKeyTests {
    private static func requests(_ rig: UIRig) -> [String] {
        rig.all(.invocations).compactMap { row in
            guard case .list(.invocation(let summary)) = row else { return nil }
            return summary.requestID.map { String($0.prefix(4)) }
        }
    }

    // MARK: - Marks

    @Test func onlyWhatIsMarkedIsShownUntilItIsNot() throws {
        var rig = UIRig.started()
        rig.type("mkm")
        #expect(rig.state.marks.count == 2)
        #expect(rig.text.contains("◈"))
        rig.type("M")
        #expect(Self.requests(rig) == ["4d00", "9f3c"])
        #expect(rig.text.contains("marked only"))
        rig.type("m")
        #expect(Self.requests(rig).count == 1, "a mark that is taken away takes its row with it")
        rig.type("<esc>")
        #expect(Self.requests(rig).count == 6)
        #expect(rig.state.marks.count == 1, "marks stay")
    }

    @Test func withoutMarksNothingIsHidden() {
        var rig = UIRig.started()
        rig.type("M")
        #expect(rig.text.contains("Nothing is marked: m marks a row."))
        #expect(Self.requests(rig).count == 6)
    }

    @Test func aMarkedCallMarksItsInvocation() {
        var rig = UIRig.started()
        rig.type("2Gm1M")
        #expect(Self.requests(rig).count == 1)
    }

    @Test func theMarkedOneIsWhatTheNextIsComparedWith() {
        var rig = UIRig.started()
        rig.type("kmjd")
        guard case .comparison(let view)? = rig.state.overlay else {
            Issue.record("nothing was compared")
            return
        }
        #expect(view.comparison.before.id == Sample.id("4d00"))
        #expect(view.comparison.after.id == Sample.id("9f3c"))
    }

    // MARK: - From now on

    @Test func whatWasHereIsHiddenAndBroughtBack() {
        var rig = UIRig.started()
        rig.type("c")
        #expect(rig.all(.invocations).isEmpty)
        rig.type("g")
        #expect(rig.text.contains("Nothing since 10:42:11. C, or Esc, brings back what was here."))
        rig.rows.append(Sample.invocation("6f00", "orders", at: "10:42:12.000", .finished(.success), duration: 9))
        rig.change()
        #expect(Self.requests(rig) == ["6f00"])
        #expect(rig.text.contains("since 10:42:11"))
        rig.type("C")
        #expect(Self.requests(rig).count == 7)
    }

    // MARK: - Sorting

    @Test func eachSortBeginsAtItsTop() {
        var rig = UIRig.started()
        rig.type("s")
        #expect(Self.requests(rig).first == "3c00", "the longest first")
        #expect(rig.text.contains("dur↓"))
        #expect(rig.text.contains("by duration"))
        #expect(rig.selected?.hasPrefix("3c00") == true)
        rig.type("F")
        #expect(rig.state.list.isFollowing == false)
        rig.type("s")
        #expect(rig.text.contains("function↓"))
        rig.type("s")
        #expect(Self.requests(rig).first.map { ["1a00", "4d00", "9f3c"].contains($0) } == true, "most calls first")
        rig.type("s")
        #expect(Self.requests(rig) == ["1a00", "2b00", "3c00", "4d00", "9f3c", "5e00"])
        #expect(rig.state.list.isFollowing)
    }

    /// Esc takes away one thing at a time; `q` quits when nothing is left.
    @Test func escapeWidensStepByStep() {
        var rig = UIRig.started()
        rig.type("smMforders<enter>")
        rig.type("<esc>")
        #expect(rig.state.filter == nil)
        #expect(rig.state.sight.marked != nil)
        rig.type("<esc>")
        #expect(rig.state.sight.marked == nil)
        #expect(rig.state.sight.sort == .duration)
        rig.type("q")
        #expect(rig.state.sight.sort == .time)
        #expect(rig.effects == [])
        rig.type("q")
        #expect(rig.effects == [.quit])
    }

    // MARK: - Comments

    @Test func aCommentIsShownKeptAndTakenAway() {
        var rig = UIRig.started()
        rig.type("; the slow one <enter>")
        #expect(rig.effects == [.comment(Sample.id("9f3c"), "the slow one")])
        #expect(rig.text.contains("the slow one"))
        rig.type(";^u<enter>")
        #expect(rig.effects.last == .comment(Sample.id("9f3c"), nil))
        #expect(!rig.text.contains("the slow one"))
        rig.type(";x<esc>")
        #expect(rig.effects.count == 2)
    }

    // MARK: - Menus

    @Test(arguments: [
        ("xhi", UIEffect.export(.har, .invocation(Sample.id("9f3c")))),
        ("xja", .export(.json, .shown)),
        ("xcc", .export(.curl, .call(Sample.id("9f3c"), "1-0-1"))),
    ])
    func anExportIsAskedForByTwoKeys(script: String, effect: UIEffect) {
        var rig = UIRig.started()
        rig.type(script)
        #expect(rig.effects == [effect])
    }

    @Test(arguments: ["x<esc>", "xh<esc>", "xz", "xhz"])
    func anythingElseLeavesTheExport(script: String) {
        var rig = UIRig.started()
        rig.type(script)
        #expect(rig.state.overlay == nil)
        #expect(rig.effects == [])
    }

    @Test func aWholeCallAndItsQueryAreCopied() {
        var rig = UIRig.started()
        rig.type("<enter>jjyq")
        #expect(rig.effects == [.copy(#"{"user":4,"total":12.50}"#)])
        rig.type("ya")
        guard case .copy(let text)? = rig.effects.last else {
            Issue.record("nothing was copied")
            return
        }
        #expect(text.contains(#""url":"https://api.test/orders""#))
    }

    // MARK: - The palette

    @Test(arguments: [
        (":onmk<enter>", Command.onlyMarked), (":layout<enter>", .layout), (":ascii<enter>", .ascii),
        (":swim<enter>", .viewEnvironments),
    ])
    func thePaletteFindsACommand(script: String, command: Command) throws {
        var rig = UIRig.started()
        rig.type(String(script.dropLast("<enter>".count)))
        guard case .palette(let palette)? = rig.state.overlay else {
            Issue.record("no palette")
            return
        }
        #expect(palette.chosenEntry?.action == .command(command))
        rig.type("<enter>")
        #expect(rig.state.overlay == nil)
    }

    @Test func thePaletteInvokesAFunctionByName() {
        var rig = UIRig.started()
        rig.type(":invoke thu<enter>")
        guard case .invoke(let dialog)? = rig.state.overlay else {
            Issue.record("no dialog")
            return
        }
        #expect(dialog.function == "thumbs")
    }

    @Test func theHelpIsSearchedByThePalette() {
        var rig = UIRig.started()
        rig.type("?/")
        guard case .palette? = rig.state.overlay else {
            Issue.record("no palette")
            return
        }
    }

    @Test func aClickChoosesInThePaletteAndElsewhereClosesIt() {
        var rig = UIRig.started()
        rig.type(":zoom")
        rig.send(.input(.mouse(MouseEvent(.press(button: 1), at: .init(column: 20, row: 3)))))
        #expect(rig.state.overlay == nil)
        rig.type(":")
        rig.send(.input(.mouse(MouseEvent(.press(button: 1), at: .init(column: 0, row: 23)))))
        #expect(rig.state.overlay == nil)
    }

    // MARK: - What is new

    @Test func whatAFilterBringsIsNotNew() {
        var rig = UIRig.started()
        rig.type("g")
        #expect(!rig.text.contains(" new "))
        rig.type("fstatus>=200<enter>")
        #expect(!rig.text.contains(" new "))
        rig.type("<esc>")
        #expect(!rig.text.contains(" new "), "what is shown again was there before")
        rig.rows.append(contentsOf: rig.rows.suffix(1))
        rig.change()
        #expect(rig.text.contains("1 new"))
    }

    @Test func countsThatGoBackAndForthCountOnce() {
        var list = ListState()
        list.changed(count: 10, height: 5)
        list.move(by: -1, height: 5)
        for count in [14, 10, 14, 12, 14] { list.changed(count: count, height: 5) }
        #expect(list.unseen == 4)
    }

    @Test func whatASweepStillFindsIsNotNew() {
        var list = ListState()
        list.changed(count: 10, height: 5)
        list.move(by: -1, height: 5)
        list.recount()
        for count in [0, 3, 7] { list.changed(count: count, height: 5, isComplete: false) }
        list.changed(count: 8, height: 5)
        #expect(list.unseen == 0)
        list.changed(count: 9, height: 5)
        #expect(list.unseen == 1)
    }

    // MARK: - What is remembered

    @Test func whatIsLikedIsTold() {
        var rig = UIRig.started()
        rig.type("-w<f2>")
        var liked = Preferences()
        liked.layout = .stacked
        liked.wraps = false
        liked.hasMouse = false
        #expect(rig.effects.contains(.setMouse(false)))
        #expect(rig.remembered == liked)
        #expect(Preferences(liked.bytes) == liked)
    }

    @Test(arguments: ["", "{", "[1]", #"{"layout":"round","wrap":3,"mouse":null}"#, "\u{0}\u{1}"])
    func whateverTheFileHoldsTheViewOpens(text: String) {
        #expect(Preferences(Array(text.utf8)) == Preferences())
    }

    @Test func theViewBeginsAsItWasLiked() {
        var configuration = Sample.configuration
        configuration.preferences.layout = .stacked
        configuration.preferences.wraps = false
        let rig = UIRig(configuration)
        #expect(rig.state.layoutChoice == .stacked)
        #expect(!rig.state.wraps)
    }

    // MARK: - Goldens

    @Test(
        arguments: ScreenGoldenTests.sizes,
        [
            ("s", "sorted"), ("mkmM", "marked"), ("c", "since"), (";needs a look", "comment"), ("x", "export"),
            ("xh", "export-scope"), (":", "palette"), (":mark", "palette-found"), (":qqqq", "palette-nothing"),
        ]
    )
    func afterKeys(size: (Int, Int), script: (String, String)) throws {
        var rig = UIRig.started(columns: size.0, rows: size.1)
        rig.type(script.0)
        try expectGolden(rig.screen, named: "\(script.1)-\(size.0)x\(size.1)")
    }
}
