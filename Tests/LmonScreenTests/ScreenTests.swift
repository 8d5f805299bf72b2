import LmonScreen
import Testing

@Suite struct ScreenTests {
    private func screen(_ columns: Int, _ rows: Int = 1) -> Screen {
        Screen(size: Screen.Size(columns: columns, rows: rows))
    }

    @Test func drawsTextAndSaysWhereItEnds() {
        var screen = self.screen(10, 2)
        let end = screen.draw("abc", column: 2, row: 1, style: .failed)
        #expect(end == 5)
        #expect(screen.text == "\n  abc")
        #expect(screen[2, 1].style == .failed)
        #expect(screen[5, 1].style == .plain)
    }

    @Test(arguments: [
        ("abcdef", 2, 5, "  abc"), ("日本語", 0, 5, "日本"), ("日本語", -1, 5, " 本語"), ("abc", -2, 5, "c"), ("abc", 9, 5, ""),
        ("✓─│x", 0, 3, "✓─│"), ("👍🏽👍🏽", 0, 3, "👍🏽"),
    ])
    func clips(text: String, column: Int, limit: Int, expected: String) {
        var screen = self.screen(8)
        screen.draw(text, column: column, row: 0, limit: limit)
        #expect(screen.text(row: 0) == expected)
    }

    @Test func drawingOffTheScreenDoesNothing() {
        var screen = self.screen(4, 2)
        for (column, row) in [(0, 2), (0, -1), (4, 0), (-9, 0), (.max, 0)] {
            screen.draw("ab日", column: column, row: row)
        }
        #expect(screen == self.screen(4, 2))
    }

    @Test(arguments: [(0, "x 語"), (1, " x語"), (2, "日x"), (3, "日 x")])
    func noHalfOfAWideClusterStays(column: Int, expected: String) {
        var screen = self.screen(4)
        screen.draw("日語", column: 0, row: 0)
        screen.draw("x", column: column, row: 0)
        #expect(screen.text(row: 0) == expected)
    }

    @Test func screensThatLookTheSameAreEqualWhateverWasDrawnBefore() {
        var first = self.screen(8)
        first.draw("👨‍👩‍👧e\u{301}", column: 0, row: 0)
        var second = self.screen(8)
        second.draw("e\u{301}👨‍👩‍👧", column: 0, row: 0)
        #expect(first != second)
        second.draw("👨‍👩‍👧e\u{301}", column: 0, row: 0)
        #expect(first == second)
    }

    @Test func tellsTheColumnsThatDiffer() {
        var first = self.screen(10)
        first.draw("abcdefghij", column: 0, row: 0)
        var second = first
        #expect(first.difference(from: second, row: 0) == nil)
        second.draw("XY", column: 3, row: 0)
        second.restyle(row: 0, columns: 6..<7) { $0.attributes.insert(.selected) }
        #expect(first.difference(from: second, row: 0) == 3..<7)
    }

    @Test func noControlCharacterEverReachesACell() {
        var generator = SeededGenerator(seed: 3)
        var screen = self.screen(30, 4)
        for turn in 0..<2_000 {
            screen.draw(generator.text(), column: turn % 37 - 4, row: turn % 4, limit: 25 + turn % 9)
            for row in 0..<4 {
                for column in 0..<30 {
                    let scalars = screen.text(of: screen[column, row]).unicodeScalars
                    #expect(scalars.allSatisfy { $0.properties.generalCategory != .control })
                    #expect(screen[column, row].isContinuation == scalars.isEmpty)
                }
            }
        }
    }

    /// Terminals disagree on clusters; what is sent to them must move every one of them by as much as lmon counts.
    @Test(arguments: [
        ("👨‍👩‍👧‍👦", "👨"), ("👍🏽", "👍"), ("❤️", "❤ "), ("1️⃣", "1 "), ("🇨🇭", "🇨🇭"), ("e\u{301}", "e\u{301}"),
        ("e\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}", "e\u{301}\u{302}\u{303}\u{304}"),
    ])
    func sendsWhatEveryTerminalCountsAlike(cluster: String, sent: String) {
        #expect(Text.portable(cluster).unicodeScalars.elementsEqual(sent.unicodeScalars))
    }

    @Test func endlessMarksAreBounded() {
        var screen = self.screen(4)
        screen.draw("a" + String(repeating: "\u{301}", count: 100_000) + "b", column: 0, row: 0)
        #expect(screen.text(of: screen[0, 0]).unicodeScalars.count == 16)
        #expect(screen.text(of: screen[1, 0]) == "b")
    }
}
