import LmonModel
import LmonScreen

/// A log line in one row: its level, its message, and what else it holds.
enum LogLook {
    static let levelWidth = 6

    static func tone(_ level: LogLevel?) -> TextLine.Tone {
        switch level {
        case .error, .fatal: .failed
        case .warn: .warning
        case .info: .plain
        case .trace, .debug, nil: .dim
        }
    }

    static func line(_ log: LogLine, _ glyphs: Glyphs) -> TextLine {
        var line = TextLine()
        let level = log.level.map(\.description) ?? ""
        line.append(Text.padded(level, to: self.levelWidth), self.tone(log.level))
        let tone: TextLine.Tone = log.level.map { $0 <= .debug } == true ? .dim : .plain
        let fields = log.json.flatMap { LogFields($0) }
        if fields == nil || fields?.hasMessage == true {
            let lines = log.text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            line.append(String(lines.first ?? ""), tone)
            if lines.count > 1 { line.append(" \(glyphs.moreLines) +\(lines.count - 1)", .dim) }
        }
        for field in fields?.fields ?? [] {
            line.append((line.spans.count > 1 ? " " : "") + "\(field.key)=", .dim)
            line.append(Self.quoted(field.value), .dim)
        }
        return line
    }

    /// Where a value ends must be seen.
    private static func quoted(_ value: String) -> String {
        let isPlain = !value.isEmpty && (value.hasPrefix("{") || value.hasPrefix("[") || !value.contains(" "))
        return isPlain ? value : "\"\(value)\""
    }

    /// The whole of it: JSON member by member, anything else line by line.
    static func lines(_ log: LogLine, height: Int, offset: Int) -> [TextLine] {
        var lines: [TextLine] = []
        if height >= 4 {
            var head = TextLine(Format.time(log.time, offset: offset), .dim)
            if let level = log.level { head.append(" \(level)", self.tone(level)) }
            if log.source == .extension { head.append(" extension", .lmon) }
            lines.append(head)
        }
        if height >= 3, let json = log.json, let members = JSONText.lines(json) { return lines + members }
        let text = height >= 3 ? log.text : log.json ?? log.text
        return lines
            + text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { TextLine(String($0)) }
    }
}
