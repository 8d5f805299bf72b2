import LmonModel
import LmonScreen

/// Turns lines of the model into text for a terminal or a file.
struct TextPrinter: Sendable {
    /// Nil: no escape sequence at all.
    let depth: ColorDepth?

    /// The line without a line's end; its text is sanitised already.
    func text(_ line: TextLine) -> String {
        guard let depth else { return Self.trimmed(line.text) }
        var text = ""
        for span in line.spans {
            guard let codes = Self.codes(span.tone, depth), span.text.contains(where: { $0 != " " }) else {
                text += span.text
                continue
            }
            text += "\u{1B}[\(codes)m\(span.text)\u{1B}[0m"
        }
        return text
    }

    private static func trimmed(_ text: String) -> String {
        var text = text[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }

    private static func codes(_ tone: TextLine.Tone, _ depth: ColorDepth) -> String? {
        let look = Palette.appearance(of: Style(self.role(tone)), depth: depth)
        var codes: [String] = []
        if look.attributes.contains(.bold) { codes.append("1") }
        if look.attributes.contains(.dim) { codes.append("2") }
        if look.attributes.contains(.italic) { codes.append("3") }
        if look.attributes.contains(.underline) { codes.append("4") }
        if look.attributes.contains(.reverse) { codes.append("7") }
        if let color = look.foreground {
            switch color {
            case ..<8 where depth == .sixteen: codes.append("\(30 + color)")
            case ..<16 where depth == .sixteen: codes.append("\(82 + color)")
            default: codes.append("38;5;\(color)")
            }
        }
        return codes.isEmpty ? nil : codes.joined(separator: ";")
    }

    private static func role(_ tone: TextLine.Tone) -> Role {
        switch tone {
        case .plain, .string, .number, .literal: .plain
        case .dim: .dim
        case .title: .title
        case .failed: .failed
        case .warning: .warning
        case .inFlight: .inFlight
        case .lambda: .lambda
        case .call, .key: .call
        case .lmon: .lmon
        }
    }
}
