import LmonScreen
import Testing

@Suite struct SVGPictureTests {
    private func picture(_ columns: Int, _ rows: Int = 1, _ draw: (inout Screen) -> Void) -> [Substring] {
        var screen = Screen(size: Screen.Size(columns: columns, rows: rows))
        draw(&screen)
        return SVGPicture(screen, title: "a <title> & \"more\" \u{1B}[2J").text.split(separator: "\n")
    }

    /// What is drawn inside the frame.
    private func elements(_ columns: Int, _ rows: Int = 1, _ draw: (inout Screen) -> Void) -> [Substring] {
        let lines = self.picture(columns, rows, draw)
        guard let start = lines.firstIndex(where: { $0.hasPrefix("<g ") }) else { return [] }
        return Array(lines[(start + 1)...].dropLast(2))
    }

    @Test func textStandsInItsColumnsAndIsEscaped() {
        let elements = self.elements(20, 2) { $0.draw("a<b>&\"c\"", column: 3, row: 1, style: .failed) }
        #expect(
            elements == [
                "<text x=\"24\" y=\"30\" textLength=\"64\" lengthAdjust=\"spacingAndGlyphs\" fill=\"#ff5f5f\">"
                    + "a&lt;b&gt;&amp;&quot;c&quot;</text>"
            ]
        )
    }

    @Test func aWideClusterTakesTwoColumnsAndWhatFollowsStandsBehindIt() {
        let elements = self.elements(20) { $0.draw("a日b", column: 0, row: 0) }
        #expect(elements.map { $0.prefix(10) } == ["<text x=\"0", "<text x=\"8", "<text x=\"2"])
        #expect(elements[1].contains("textLength=\"16\""))
        #expect(elements[2].contains("x=\"24\""))
    }

    @Test func blanksAreNotDrawnAndDoNotMoveWhatFollows() {
        let elements = self.elements(20) { $0.draw("  a b   c", column: 0, row: 0) }
        #expect(elements.count == 2)
        #expect(elements[0].contains("x=\"16\"") && elements[0].hasSuffix(">a b</text>"))
        #expect(elements[1].contains("x=\"64\"") && elements[1].hasSuffix(">c</text>"))
    }

    @Test func blocksAreShapes() {
        let elements = self.elements(20) { $0.draw("▐██▌░", column: 0, row: 0, style: .call) }
        #expect(
            elements == [
                "<rect x=\"4\" y=\"1\" width=\"4\" height=\"15\" fill=\"#5fafff\"/>",
                "<rect x=\"8\" y=\"1\" width=\"16\" height=\"15\" fill=\"#5fafff\"/>",
                "<rect x=\"24\" y=\"1\" width=\"4\" height=\"15\" fill=\"#5fafff\"/>",
                "<rect x=\"32\" y=\"1\" width=\"8\" height=\"15\" fill=\"#5fafff\" fill-opacity=\"0.25\"/>",
            ]
        )
    }

    @Test func emphasisAndBackgrounds() {
        let elements = self.elements(20) { screen in
            screen.draw("ab", column: 0, row: 0, style: Style(.title, .selected))
            screen.draw("cd", column: 2, row: 0, style: Style(.dim, [.selected, .underline, .italic]))
            screen.draw("ef", column: 4, row: 0, style: Style(.plain, .reverse))
        }
        #expect(elements[0] == "<rect x=\"0\" y=\"0\" width=\"32\" height=\"17\" fill=\"#3a3a3a\"/>")
        #expect(elements[1] == "<rect x=\"32\" y=\"0\" width=\"16\" height=\"17\" fill=\"#d6dae0\"/>")
        #expect(elements[2].contains("font-weight=\"bold\""))
        #expect(elements[3].contains("font-style=\"italic\" text-decoration=\"underline\""))
        #expect(elements[4].contains("fill=\"#15181e\""))
    }

    @Test func nothingInItIsAControlCharacterOrMarkupOfTheTitle() {
        let lines = self.picture(9) { $0.draw("\u{1B}[2J\u{0}<", column: 0, row: 0) }
        #expect(lines.allSatisfy { line in line.unicodeScalars.allSatisfy { $0.value >= 0x20 } })
        #expect(lines[0].contains("aria-label=\"a &lt;title&gt; &amp; &quot;more&quot; ␛[2J\""))
    }
}

@Suite struct ScreenTextTests {
    @Test func aScreenIsReadBack() {
        var screen = Screen(size: Screen.Size(columns: 12, rows: 3))
        screen.draw("日本 e\u{301}👍🏽", column: 0, row: 0, style: Style(.failed, [.bold, .selected]))
        screen.draw("plain", column: 2, row: 1)
        screen.draw("      ", column: 3, row: 2, style: Style(.match, .underline))
        screen.cursor = Screen.Position(column: 4, row: 2)
        let text = ScreenText.of(screen)
        #expect(ScreenText.screen(from: text) == screen)
        #expect(text.contains("0: 0-7 failed+bold+selected"))
    }

    @Test(arguments: [
        "", "80", "2×1\nab", "2×1\nab\nstyles\n0: 1-0 failed", "2×1\nab\nstyles\n0: 0-1 red", "2×1\nab\nx",
    ])
    func whatIsNoScreenIsRefused(text: String) {
        #expect(ScreenText.screen(from: text) == nil)
    }
}
