/// Turns lines into characters for a terminal or a file.
package struct TextPrinter: Sendable {
    /// SGR sequences of 256 colours, or none.
    package let usesColor: Bool

    package init(usesColor: Bool) {
        self.usesColor = usesColor
    }

    /// The line without a line end; its text must be sanitised already.
    package func text(_ line: TextLine) -> String {
        guard self.usesColor else { return Self.trimmed(line.text) }
        var result = ""
        for span in line.spans where !span.text.isEmpty {
            if let code = Self.code(span.tone), span.text.contains(where: { $0 != " " }) {
                result += "\u{1B}[\(code)m\(span.text)\u{1B}[0m"
            } else {
                result += span.text
            }
        }
        return result
    }

    private static func trimmed(_ text: String) -> String {
        var text = text[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }

    private static func code(_ tone: TextLine.Tone) -> String? {
        switch tone {
        case .plain: nil
        case .dim, .lambda: "38;5;244"
        case .title: "1"
        case .failed: "1;38;5;203"
        case .warning: "38;5;214"
        case .inFlight: "38;5;81"
        case .call, .key: "38;5;75"
        case .lmon: "38;5;141"
        case .string: nil
        case .number, .literal: "38;5;81"
        }
    }
}
