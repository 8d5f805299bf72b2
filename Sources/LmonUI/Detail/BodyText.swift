import LmonJSON
import LmonModel

/// A body as lines to read, by what it is: JSON, a form, lines of JSON, text, or bytes.
enum BodyText {
    /// Nil if there was none. `height` is the rows there are for it: where there are few, JSON takes one.
    static func lines(_ body: Body?, type: String = "", height: Int, columns: Int) -> [TextLine]? {
        guard let body else { return nil }
        var lines: [TextLine]
        switch body.content {
        case .text(let text) where text.isEmpty: return nil
        case .text(let text): lines = self.text(text, type.lowercased(), height, isCut: body.isTruncated)
        case .base64(let text): lines = self.bytes(text, body, type, columns)
        case nil:
            guard let size = body.size, size > 0 else { return nil }
            lines = [DetailText.dim("\(Format.bytes(size)), not kept.")]
        }
        if body.isTruncated {
            lines.append(TextLine("Cut here: it had \(Format.bytes(body.decodedSize ?? body.size)).", .warning))
        }
        if height >= 4 { lines += self.notes(body) }
        return lines
    }

    /// `gzip: 1.2 kB on the wire, 4.0 kB decoded`
    private static func notes(_ body: Body) -> [TextLine] {
        var notes: [TextLine] = []
        if let encoding = body.encoding, !encoding.isEmpty, encoding != "identity" {
            let wire = "\(encoding): \(Format.bytes(body.size)) on the wire"
            let decoded = body.decodedSize.map { ", \(Format.bytes($0)) decoded" } ?? ""
            notes.append(DetailText.dim(wire + decoded))
        }
        if body.isRedacted { notes.append(DetailText.dim("Redacted: secrets were taken out before it was kept.")) }
        return notes
    }

    // MARK: - Text

    private static func text(_ text: String, _ type: String, _ height: Int, isCut: Bool) -> [TextLine] {
        if type.contains("x-www-form-urlencoded"), let fields = FormText.fields(text) { return fields }
        if type.contains("multipart/"), let parts = FormText.parts(text, type) { return parts }
        if type.contains("event-stream") { return self.split(text).map(self.event) }
        if self.isJSON(text) {
            if height < 4, let value = try? JSONValue(parsing: text) {
                return [TextLine(String(decoding: value.bytes, as: UTF8.self))]
            }
            if let lines = JSONText.lines(text) { return lines }
            if let lines = self.jsonLines(text) { return lines }
            if isCut, height >= 4, let lines = JSONText.lines(text, isCut: true) { return lines }
        }
        return self.split(text).map { TextLine(String($0)) }
    }

    private static func isJSON(_ text: some StringProtocol) -> Bool {
        text.utf8.first { $0 > 0x20 }.map { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "[") } ?? false
    }

    private static func split(_ text: String) -> [Substring] {
        text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    }

    /// One value a line; nil unless the first line is one.
    private static func jsonLines(_ text: String) -> [TextLine]? {
        let lines = self.split(text)
        guard lines.count > 1, let first = lines.first, self.oneLine(first) != nil else { return nil }
        return lines.prefix(5_000).map { self.oneLine($0) ?? TextLine(String($0)) }
    }

    /// `data: {"a":1}` of server-sent events.
    private static func event(_ line: Substring) -> TextLine {
        guard let colon = line.firstIndex(of: ":") else { return TextLine(String(line)) }
        let name = TextLine.Span(String(line[...colon]), .key)
        let value = line[line.index(after: colon)...]
        guard let json = self.oneLine(value) else { return TextLine([name, .init(String(value))]) }
        return TextLine([name, .init(" ")] + json.spans)
    }

    /// JSON with its colours, in one line; nil if it is none.
    private static func oneLine(_ text: Substring) -> TextLine? {
        guard self.isJSON(text), let lines = JSONText.lines(String(text)) else { return nil }
        let spans = lines.flatMap { line in
            line.spans.filter { span in span.tone != .plain || span.text.utf8.contains { $0 != 0x20 } }
        }
        return TextLine(spans.map { $0.text == "," ? .init(", ") : $0 })
    }

    // MARK: - Bytes

    private static func bytes(_ base64: String, _ body: Body, _ type: String, _ columns: Int) -> [TextLine] {
        guard let bytes = Base64.decoded(base64) else {
            return [DetailText.dim("\(Format.bytes(body.size)), not text; as base64:"), TextLine(base64)]
        }
        let size = Format.bytes(body.decodedSize ?? body.size ?? bytes.count)
        let kind = ImageHeader(bytes).map { "\($0.kind), \(size), \($0.width) × \($0.height)" }
        let name = type.isEmpty ? "not text" : type
        return [TextLine(kind ?? "\(name), \(size)", .title)] + HexDump.lines(bytes, columns: columns)
    }
}
