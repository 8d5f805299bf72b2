import LmonScreen
import Testing

#if canImport(Glibc)
import Glibc
#endif

#if canImport(Glibc)
/// The header hides it from Swift.
@_silgen_name("wcwidth") private func cLibraryWidth(_ character: wchar_t) -> Int32
#endif

@Suite struct TextTests {
    @Test(arguments: [
        ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("─│█", 3), ("日本", 4), ("한", 2),
        ("\u{1112}\u{1161}\u{11AB}", 2), ("👍🏽", 2), ("👨‍👩‍👧‍👦", 2), ("🇨🇭", 2), ("❤", 1), ("❤️", 2), ("1️⃣", 2), ("ﬀ", 1),
        ("שלום", 4), ("ก็", 1), ("ｱ", 1), ("Ａ", 2), ("a\tb", 5), ("⌚", 2), ("\u{1B}[", 2), ("a\u{200B}b", 8),
    ])
    func measuresColumns(text: String, columns: Int) {
        #expect(Text.width(of: text) == columns)
    }

    @Test(arguments: [
        ("plain", "plain"), ("\u{1B}[31mred", "␛[31mred"), ("a\u{07}b", "a␇b"), ("\u{9B}2J", "‹9B›2J"), ("\u{7F}", "␡"),
        ("one\r\ntwo", "one␍␊two"), ("\u{202E}gpj.exe", "‹202E›gpj.exe"), ("pay\u{200D}ment", "pay‹200D›ment"),
        ("\u{2066}x\u{2069}", "‹2066›x‹2069›"), ("\u{301}x", "\u{25CC}\u{301}x"), ("ab\tc\td", "ab  c   d"),
        ("👩‍🚀", "👩‍🚀"), ("a\u{E0041}", "a‹E0041›"), ("soft\u{AD}hyphen", "soft‹AD›hyphen"), ("\u{FEFF}{}", "‹FEFF›{}"),
        ("nul\0", "nul␀"), ("\u{2028}", "‹2028›"),
    ])
    func showsWhatCouldDriveATerminal(text: String, shown: String) {
        #expect(Text.sanitised(text) == shown)
    }

    @Test func showsBytesThatAreNotUTF8() {
        #expect(Text.sanitised(utf8: [0x61, 0xFF, 0xC0, 0x80, 0x62]) == "a\u{FFFD}\u{FFFD}\u{FFFD}b")
    }

    @Test(arguments: [
        ("payment", 10, "payment"), ("payment", 7, "payment"), ("payment", 4, "pay…"), ("payment", 1, "…"),
        ("payment", 0, ""),
        ("日本語", 4, "日…"), ("日本語", 5, "日本…"), ("👨‍👩‍👧‍👦👍🏽x", 4, "👨‍👩‍👧‍👦…"),
    ])
    func truncatesInColumns(text: String, columns: Int, expected: String) {
        #expect(Text.truncated(text, to: columns) == expected)
    }

    @Test func keepsTheEndWhereThatIsWhatDiffers() {
        #expect(Text.truncatedHead("/very/long/path/index.mjs", to: 12) == "…h/index.mjs")
        #expect(Text.truncatedHead("日本語", to: 4) == "…語")
    }

    @Test func keepsBothEndsOfAURL() {
        #expect(Text.truncatedMiddle("127.0.0.1:40995/users/4", to: 16) == "127.0…95/users/4")
        #expect(Text.truncatedMiddle("日本語日本語", to: 7) == "日…本語")
        for columns in 0..<12 {
            #expect(Text.width(of: Text.truncatedMiddle("日本語a日本語", to: columns)) <= columns)
        }
    }

    @Test func fitsExactly() {
        #expect(Text.fitted("ab", to: 4) == "ab  ")
        #expect(Text.fitted("ab", to: 4, .trailing) == "  ab")
        #expect(Text.fitted("日本", to: 3) == "日…")
        #expect(Text.fitted("日本語", to: 4) == "日… ")
    }

    @Test func wrapsAtBlanksNearTheEndElseAnywhere() {
        #expect(Text.wrapped("the quick brown fox", to: 10) == ["the quick ", "brown fox"])
        #expect(Text.wrapped("abcdefghij", to: 4) == ["abcd", "efgh", "ij"])
        #expect(Text.wrapped("日本語", to: 3) == ["日", "本", "語"])
        #expect(Text.wrapped("", to: 3) == [""])
    }

    @Test func whatIsSanitisedStaysAsItIsWhenSanitisedAgain() {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<2_000 {
            let text = generator.text()
            let once = Text.sanitised(text)
            #expect(Text.sanitised(once) == once)
            #expect(once.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
        }
    }

    #if canImport(Glibc)
    /// Where the C library knows a width, it is lmon's too, or ncurses and lmon would count differently.
    @Test func countsAsTheCLibraryDoes() throws {
        try #require(setlocale(LC_CTYPE, "C.UTF-8") != nil)
        var differing: [String] = []
        for value in UInt32(0x300)..<0x30000 {
            guard let scalar = Unicode.Scalar(value), scalar.properties.generalCategory != .unassigned,
                scalar.properties.generalCategory != .format, scalar.properties.generalCategory != .privateUse
            else { continue }
            let theirs = cLibraryWidth(wchar_t(value))
            let ours = Text.width(of: scalar)
            if theirs >= 0, ours != Int(theirs) { differing.append(String(value, radix: 16)) }
        }
        // Circled numbers on black squares: ambiguous.
        #expect(differing == (8...15).map { "324" + String($0, radix: 16) })
    }
    #endif
}

/// SplitMix64: the same garbage in every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { self.state = seed }

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Scalars from all of Unicode, with controls, marks, joiners, wide ones and emoji far more often than in real text.
    mutating func text() -> String {
        var result = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0..<20, using: &self) {
            let ranges: [ClosedRange<UInt32>] = [
                0...0x7F, 0...0x7F, 0x80...0x2FF, 0x300...0x36F, 0x590...0x6FF, 0xE00...0xE4F, 0x1100...0x11FF,
                0x2000...0x206F,
                0x2500...0x27BF, 0x3000...0x9FFF, 0xFE00...0xFEFF, 0x1F1E6...0x1F1FF, 0x1F300...0x1FAFF,
                0xE0000...0xE01FF,
                0...0x10FFFF,
            ]
            let range = ranges[Int.random(in: 0..<ranges.count, using: &self)]
            if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &self)) { result.append(scalar) }
        }
        return String(result)
    }
}

/// Of a text of a megabyte only what can be seen is looked at, and what is seen is the same as of a short one.
@Suite struct LongTextTests {
    private static let pieces = ["日本👨‍👩‍👧‍👦\u{1B}[2J\u{202E}e\u{301}\r\n", "plain ", "\u{200B}\u{301}x"]

    @Test(arguments: pieces, [0, 1, 7, 40, 79])
    func looksLikeAShortOne(piece: String, columns: Int) {
        let short = String(repeating: piece, count: 60)
        let long = String(repeating: piece, count: 60_000)
        #expect(Text.clipped(long, to: columns) == Text.clipped(short, to: columns))
        #expect(Text.truncated(long, to: columns) == Text.truncated(short, to: columns))
        #expect(Text.truncatedHead(long, to: columns) == Text.truncatedHead(short, to: columns))
        #expect(Text.truncatedMiddle(long, to: columns) == Text.truncatedMiddle(short, to: columns))
        for column in [-30, 0, 5] {
            var first = Screen(size: Screen.Size(columns: 80, rows: 1))
            var second = first
            #expect(first.draw(long, column: column, row: 0) == second.draw(short, column: column, row: 0))
            #expect(first == second)
        }
    }
}
