import LmonModel
import LmonScreen

/// Turns lines of the model into text for a terminal or a file.
struct TextPrinter: Sendable {
    /// Nil: no escape sequence at all.
    let depth: ColorDepth?
    let glyphs: Glyphs

    /// The line, sanitised, without a line's end.
    func render(_ line: TextLine) -> String {
        var text = ""
        for span in line.spans {
            let part = self.glyphs.rendered(Text.sanitised(span.text))
            guard let depth, let codes = Self.codes(span.tone, depth), !part.isEmpty else {
                text += part
                continue
            }
            text += "\u{1B}[\(codes)m\(part)\u{1B}[0m"
        }
        return text
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
