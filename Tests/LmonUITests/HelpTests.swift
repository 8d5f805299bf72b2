import LmonModel
import LmonScreen
import LmonTestSupport
import LmonUI
import Testing

/// The overlay of `?`, scrolled to its end.
@Suite struct HelpTests {
    private static func rig(_ isASCII: Bool, columns: Int = 80, rows: Int = 24) -> UIRig {
        var configuration = Sample.configuration
        configuration.isASCII = isASCII
        var rig = UIRig.started(configuration, columns: columns, rows: rows)
        // Nothing that a function wrote behind it.
        rig.rows = []
        rig.change()
        rig.type("?")
        return rig
    }

    /// Every line of it, by going down one by one.
    private static func lines(_ isASCII: Bool, columns: Int = 80, rows: Int = 24) -> [String] {
        var rig = self.rig(isASCII, columns: columns, rows: rows)
        var lines = self.inner(rig.screen)
        while true {
            rig.type("j")
            let shown = self.inner(rig.screen)
            guard shown != lines.suffix(shown.count) else { return lines }
            lines.append(shown.last ?? "")
        }
    }

    /// What stands in its box.
    private static func inner(_ screen: Screen) -> [String] {
        let width = min(screen.size.columns, 72)
        let left = (screen.size.columns - width) / 2
        return (2..<(screen.size.rows - 2)).map { row in
            let cells = (left + 2)..<(left + width - 1)
            let text = cells.map { screen.text(of: screen[$0, row]) }.joined()
            return String(text.reversed().drop { $0 == " " }.reversed())
        }
    }

    /// What the legend says of each glyph is what is drawn for it.
    @Test(arguments: [false, true])
    func theLegendShowsTheGlyphsThatAreDrawn(isASCII: Bool) throws {
        let lines = Self.lines(isASCII)
        let glyphs = isASCII ? Glyphs.ascii : .unicode
        func joined(_ scalars: Unicode.Scalar...) -> String { scalars.map(String.init).joined(separator: " ") }
        let legend = [
            (joined(glyphs.fine, glyphs.failed, glyphs.inFlight), "fine, failed, in flight"),
            (joined(glyphs.warning, glyphs.lambda, glyphs.lmon), "look here; Lambda itself; lmon itself"),
            (joined(glyphs.waiting, glyphs.transfer), "waiting for an answer; its transfer"),
            (joined(glyphs.dns, glyphs.connect, glyphs.tls), "DNS; connecting; TLS"),
            (
                "\(glyphs.remaining) \(glyphs.retry)2 \(glyphs.ending) \(glyphs.frozen)",
                "time left; 2nd attempt; invocation over; frozen"
            ),
            (joined(glyphs.before, glyphs.after, glyphs.tick), "goes on outside the axis; a log line"),
            (joined(glyphs.marked, glyphs.unknown), "marked; not observed, which is not 0"),
        ]
        let title = try #require(lines.lastIndex(of: "Glyphs"))
        let expected = legend.map { $0 + String(repeating: " ", count: 9 - $0.count) + $1 }
        #expect(Array(lines[(title + 1)...]) == expected)
    }

    @Test(arguments: ScreenGoldenTests.sizes)
    func nothingOfItNeedsMoreThanASCII(columns: Int, rows: Int) throws {
        var rig = Self.rig(true, columns: columns, rows: rows)
        var seen = Set<String>()
        while seen.insert(rig.text).inserted {
            let foreign = rig.text.unicodeScalars.filter { !$0.isASCII }
            #expect(foreign.isEmpty, "\(foreign)")
            rig.type("j")
        }
        #expect(columns >= 120 ? seen.count == 1 : seen.count > 10)
        try expectGolden(rig.screen, named: "help-end-ascii-\(columns)x\(rows)")
    }
}
