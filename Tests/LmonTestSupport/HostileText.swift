/// Text that tries to get at a terminal, a shell or a parser, or is wider or narrower than it looks.
package enum HostileText {
    /// Escape sequences with a mark that must never be seen: a title, a clipboard, colours, a cursor, a reset.
    static let sequences = [
        "\u{1B}[2J", "\u{1B}[31;1m", "\u{1B}]0;pwned\u{07}", "\u{1B}]52;c;cHduZWQ=\u{07}",
        "\u{1B}]52;c;cHduZWQ=\u{1B}\\",
        "\u{1B}c", "\u{1B}[8;1;1t", "\u{1B}P$q\"p\u{1B}\\", "\u{1B}[6n", "\u{1B}(0", "\u{1B}[?1049l", "\u{1B}",
        "\u{9B}31m", "\u{9D}0;pwned\u{9C}", "\u{90}x\u{9C}", "\u{85}", "\u{84}",
    ]

    static let controls = [
        "\0", "\u{7}", "\u{8}\u{8}\u{8}", "\t", "\n", "\r", "\r\n", "\u{B}", "\u{C}", "\u{E}", "\u{7F}", "\u{A0}",
        "\u{AD}",
    ]

    static let directions = ["\u{202E}", "\u{202A}", "\u{2066}", "\u{2067}", "\u{200F}", "\u{61C}", "שלום", "مرحبا"]

    static let widths = [
        "\u{200B}", "\u{200C}", "\u{200D}", "\u{2060}", "\u{FEFF}", "\u{FE0F}", "\u{20E3}", "\u{301}\u{302}\u{303}",
        "e\u{301}", "👨‍👩‍👧‍👦", "🇨🇭", "🇨", "👍🏽", "❤️", "1️⃣", "🏴\u{E0067}\u{E0062}\u{E007F}", "日本語", "한국", "\u{1160}", "\u{1100}",
        "\u{115F}", "\u{3164}", "ﷺ", "ｆｕｌｌ", "\u{E0041}", "\u{FFFE}", "\u{FFFD}", "\u{10FFFF}", "\u{2028}", "\u{2029}",
        "\u{180E}", "\u{FFF9}", "का", "நி", "ก็", "𝄞", "\u{0300}",
    ]

    static let words = [
        "orders", " ", "  ", "a", "'", "\"", "`id`", "$(id)", "; rm -rf /", "| sh", "&&", "<b>", "]]>", "&amp;", "\\",
        "%s%n", "{}", "[", "null", "-o", "--", "https://api.test/", "?q=1&r=2#f", "../../etc", "‹redacted›", "…",
    ]

    /// Up to `length` pieces, and now and then one of them very often.
    package static func text(_ random: inout SeededGenerator, upTo length: Int = 8) -> String {
        var text = ""
        for _ in 0..<random.int(0..<length + 1) {
            let kind = random.pick([self.sequences, self.controls, self.directions, self.widths, self.words])
            let piece = random.pick(kind)
            text += random.chance(3) ? String(repeating: piece, count: random.int(1..<200)) : piece
        }
        return text
    }
}
