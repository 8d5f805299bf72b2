/// The few glyphs of plain lines.
package struct LineMarks: Hashable, Sendable {
    package var fine = "✓"
    package var failed = "✗"
    package var inFlight = "◐"
    package var lambda = "○"
    package var unknownEnd = "?"
    package var rule = "─"
    package var log = "│"
    package var waiting = "░"
    package var transfer = "█"
    package var short = "▏"
    /// Everything in 7-bit characters, also what other text holds of lmon's own.
    package var isASCII = false

    package static let unicode = LineMarks()
    package static let ascii: LineMarks = {
        var marks = LineMarks()
        marks.fine = "+"
        marks.failed = "x"
        marks.inFlight = "~"
        marks.lambda = "o"
        marks.rule = "-"
        marks.log = "|"
        marks.waiting = "."
        marks.transfer = "="
        marks.short = "|"
        marks.isASCII = true
        return marks
    }()

    /// lmon's own words without characters that this table forbids.
    func text(_ text: String) -> String {
        guard self.isASCII else { return text }
        let plain: [Character: String] = ["–": "-", "−": "-", "→": "->", "…": "...", "×": "x", "─": "-"]
        return text.reduce(into: "") { $0 += plain[$1] ?? String($1) }
    }

    func mark(_ state: InvocationState) -> (String, TextLine.Tone) {
        switch state {
        case .inFlight: (self.inFlight, .inFlight)
        case .finished(.success): (self.fine, .plain)
        case .finished(.unobserved): (self.unknownEnd, .dim)
        case .finished: (self.failed, .failed)
        }
    }
}
