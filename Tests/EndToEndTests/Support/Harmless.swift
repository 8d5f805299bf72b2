import LmonTestSupport
import Testing

/// Expects of what a program wrote that no terminal would obey it.
enum Harmless {
    /// Nothing but what ncurses and lmon send.
    static func expect(_ bytes: [UInt8], _ what: String, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(TerminalBytes.unknown(in: bytes) == [], "\(what)", sourceLocation: sourceLocation)
        let text = String(decoding: bytes, as: UTF8.self)
        let turns: Set<Unicode.Scalar> = ["\u{202E}", "\u{2066}", "\u{200B}", "\u{FEFF}"]
        #expect(!text.unicodeScalars.contains(where: turns.contains), "\(what)", sourceLocation: sourceLocation)
    }

    /// Lines that hold no control character at all.
    static func expectPlain(
        _ outcome: Program.Outcome,
        _ what: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        for text in [outcome.output, outcome.errors] {
            let controls = text.unicodeScalars.filter { $0 != "\n" && $0.properties.generalCategory == .control }
            #expect(controls.isEmpty, "\(what)", sourceLocation: sourceLocation)
            self.expect(Array(text.utf8), what, sourceLocation: sourceLocation)
        }
    }
}
