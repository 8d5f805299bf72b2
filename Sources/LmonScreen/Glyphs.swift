/// Every glyph that lmon draws by itself, so that a terminal or font without them is one key away from plain ASCII.
package struct Glyphs: Hashable, Sendable {
    package var fine: Unicode.Scalar = "✓"
    package var failed: Unicode.Scalar = "✗"
    package var warning: Unicode.Scalar = "!"
    package var inFlight: Unicode.Scalar = "◐"
    package var lambda: Unicode.Scalar = "○"
    package var lmon: Unicode.Scalar = "◆"
    package var source: Unicode.Scalar = "●"
    package var selection: Unicode.Scalar = "▸"
    package var marked: Unicode.Scalar = "◈"
    package var calls: Unicode.Scalar = "⇄"
    /// Looking up a name, connecting, shaking hands.
    package var dns: Unicode.Scalar = "·"
    package var connect: Unicode.Scalar = "╌"
    package var tls: Unicode.Scalar = "≈"
    /// Waiting for an answer, up to its first byte.
    package var waiting: Unicode.Scalar = "░"
    package var transfer: Unicode.Scalar = "█"
    package var barStart: Unicode.Scalar = "▐"
    package var barEnd: Unicode.Scalar = "▌"
    package var barTiny: Unicode.Scalar = "▏"
    /// The time that a running invocation has left.
    package var remaining: Unicode.Scalar = "▒"
    /// Bars that go on outside of what is shown.
    package var before: Unicode.Scalar = "‹"
    package var after: Unicode.Scalar = "›"
    /// Where the invocation had ended, on the row of a call that went on.
    package var ending: Unicode.Scalar = "┆"
    /// While its environment stood still.
    package var frozen: Unicode.Scalar = "┄"
    package var retry: Unicode.Scalar = "↻"
    /// A log line, on the axis.
    package var tick: Unicode.Scalar = "'"
    package var axis: Unicode.Scalar = "│"
    package var rule: Unicode.Scalar = "─"
    package var unknown: Unicode.Scalar = "–"
    package var minus: Unicode.Scalar = "−"
    package var dot: Unicode.Scalar = "·"
    package var times: Unicode.Scalar = "×"
    package var enter: Unicode.Scalar = "↵"
    package var up: Unicode.Scalar = "↑"
    package var down: Unicode.Scalar = "↓"
    package var arrow: Unicode.Scalar = "→"
    package var topLeft: Unicode.Scalar = "┌"
    package var topRight: Unicode.Scalar = "┐"
    package var bottomLeft: Unicode.Scalar = "└"
    package var bottomRight: Unicode.Scalar = "┘"
    package var ellipsis = "…"
    /// That a line goes on below.
    package var moreLines = "⋯"

    package static let unicode = Glyphs()

    package static let ascii: Glyphs = {
        var glyphs = Glyphs()
        glyphs.fine = "+"
        glyphs.failed = "x"
        glyphs.inFlight = "~"
        glyphs.lambda = "o"
        glyphs.lmon = "*"
        glyphs.source = "@"
        glyphs.selection = ">"
        glyphs.marked = "%"
        glyphs.calls = "#"
        glyphs.dns = "-"
        glyphs.connect = "_"
        glyphs.tls = "*"
        glyphs.before = "<"
        glyphs.after = ">"
        glyphs.ending = "!"
        glyphs.frozen = ","
        glyphs.retry = "!"
        glyphs.waiting = "."
        glyphs.transfer = "="
        glyphs.barStart = "["
        glyphs.barEnd = "]"
        glyphs.barTiny = "|"
        glyphs.remaining = ":"
        glyphs.axis = "|"
        glyphs.rule = "-"
        glyphs.unknown = "-"
        glyphs.minus = "-"
        glyphs.dot = "-"
        glyphs.times = "x"
        glyphs.enter = "<"
        glyphs.up = "^"
        glyphs.down = "v"
        glyphs.arrow = ">"
        glyphs.topLeft = "+"
        glyphs.topRight = "+"
        glyphs.bottomLeft = "+"
        glyphs.bottomRight = "+"
        glyphs.ellipsis = "~"
        glyphs.moreLines = "~"
        return glyphs
    }()

    /// lmon's own text with every glyph of it in this table's form: for sentences that hold a glyph.
    package func rendered(_ text: String) -> String {
        guard self == .ascii, !Text.isPrintableASCII(text) else { return text }
        let plain: [Character: String] = [
            "✓": "+", "✗": "x", "◐": "~", "○": "o", "◆": "*", "●": "@", "▸": ">", "◈": "%", "⇄": "#", "│": "|",
            "─": "-",
            "–": "-", "−": "-", "±": "~", "·": "-", "×": "x", "↵": "Enter", "↑": "^", "↓": "v", "→": "->", "←": "<-",
            "…": "...",
            "╌": "_", "≈": "*", "░": ".", "█": "=", "▒": ":", "┆": "!", "┄": ",", "↻": "!", "‹": "<", "›": ">",
        ]
        return text.reduce(into: "") { $0 += plain[$1] ?? String($1) }
    }
}
