import LmonScreen
import LmonUI
import Testing

@Suite struct ViewScriptTests {
    @Test func eachLineIsAStep() throws {
        let script = try ViewScript(
            """
            # what it shows
            size 100x30

            keys jj<enter>
              gg
            now q
            paste two words
            wait 1 inv
            wait idle
            screen before
            screen
            clipboard
            click 4,2
            keys # size
            """
        )
        let expected: [ViewScript.Action] = [
            .size(Screen.Size(columns: 100, rows: 30)), .keys([.character("j"), .character("j"), .enter]),
            .keys([.character("g"), .character("g")]), .now([.character("q")]), .paste("two words"), .text("1 inv"),
            .rest, .screen(label: "before"), .screen(label: ""), .clipboard,
            .click(Screen.Position(column: 4, row: 2)), .keys(KeyScript.keys("# size")),
        ]
        #expect(script.steps.map(\.action) == expected)
        #expect(script.steps.map(\.line) == [2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14])
    }

    @Test(arguments: [
        ("jj\nsize 80", "line 2: not a size: write COLUMNSxROWS, as in size 80x24"),
        ("size 0x24", "line 1: not a size: write COLUMNSxROWS, as in size 80x24"),
        ("size 80x24x3", "line 1: not a size: write COLUMNSxROWS, as in size 80x24"),
        ("click 4", "line 1: not a place: write COLUMN,ROW, counted from 0, as in click 4,2"),
        ("# a\r\nwait", "line 2: wait for what? wait idle, or wait TEXT"),
    ])
    func aMistakeIsNamedWithItsLine(text: String, message: String) {
        #expect { try ViewScript(text) } throws: { "\($0)" == message }
    }
}

/// What is done when, as a playbook: the view rests or not and shows something, and the player says what to do.
@Suite struct ScriptPlayerTests {
    private let blank = Screen(size: Screen.Size(columns: 10, rows: 2))

    private func player(_ text: String) throws -> ScriptPlayer { ScriptPlayer(try ViewScript(text)) }

    private func screen(_ text: String) -> Screen {
        var screen = self.blank
        screen.draw(text, column: 0, row: 1)
        return screen
    }

    @Test(arguments: ["bogus<nokey>", "keys j<entr>", "now <Enter>"])
    func aKeyThatIsNoneIsNamed(line: String) {
        #expect(throws: ViewScriptError.self) { try ViewScript("keys j\n" + line) }
    }

    @Test(arguments: ["a < b > c", "<lt>b>", "i{\"a\":1}", "x<", "<>"])
    func whatIsNoNameIsTyped(line: String) throws {
        #expect(try ViewScript("keys " + line).steps.count == 1)
    }

    @Test func everyKeyWaitsForRest() throws {
        var player = try self.player("jk")
        #expect(player.step(self.blank, .busy) == .wait)
        #expect(player.step(self.blank, .quiet) == .type(.key(.character("j"))))
        #expect(player.step(self.blank, .busy) == .wait)
        #expect(player.step(self.blank, .ended) == .type(.key(.character("k"))))
        #expect(player.step(self.blank, .busy) == .wait)
        #expect(player.step(self.blank, .ended) == .end)
    }

    @Test func nowDoesNotWait() throws {
        var player = try self.player("now jk")
        #expect(player.step(self.blank, .busy) == .type(.key(.character("j"))))
        #expect(player.step(self.blank, .busy) == .type(.key(.character("k"))))
        #expect(player.step(self.blank, .busy) == .wait)
    }

    @Test func aTextIsWaitedForAsLongAsItCanCome() throws {
        var player = try self.player("wait 1 inv\nj")
        #expect(player.step(self.blank, .quiet) == .wait)
        #expect(player.step(self.blank, .busy) == .wait)
        #expect(player.step(self.screen("1 inv"), .busy) == .wait, "it is there; the key waits for rest")
        #expect(player.step(self.screen("2 inv"), .quiet) == .type(.key(.character("j"))))

        player = try self.player("\nwait 1 inv")
        #expect(player.step(self.screen("2 inv"), .ended) == .fail("line 2: the screen does not show 1 inv"))
    }

    @Test func screensAreShownAtRest() throws {
        var player = try self.player("screen one\nclipboard\nsize 40x10\npaste x\nclick 4,2\nwait idle")
        #expect(player.step(self.blank, .busy) == .wait)
        #expect(player.step(self.blank, .quiet) == .show(label: "one"))
        #expect(player.step(self.blank, .quiet) == .showClipboard)
        #expect(player.step(self.blank, .quiet) == .type(.resize(Screen.Size(columns: 40, rows: 10))))
        #expect(player.step(self.blank, .busy) == .wait)
        #expect(player.step(self.blank, .quiet) == .type(.paste("x")))
        let click = MouseEvent(.press(button: 1), at: Screen.Position(column: 4, row: 2))
        #expect(player.step(self.blank, .quiet) == .type(.mouse(click)))
        #expect(player.step(self.blank, .quiet) == .end)
    }
}
