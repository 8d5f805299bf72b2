import LmonJSON
import LmonModel

/// JSON as lines for reading: two blanks a level, names apart from values, numbers and order as they were sent.
enum JSONText {
    private static let lineLimit = 20_000
    private static let inlineColumns = 60

    /// Nil if the text is not JSON.
    static func pretty(_ text: String) -> [TextLine]? {
        guard let value = self.container(text) else { return nil }
        var printer = Printer()
        printer.print(value, name: nil, indent: "", isLast: true)
        return printer.lines
    }

    /// One line, without blanks; nil if the text is not JSON.
    static func compact(_ text: String) -> TextLine? {
        self.container(text).map { TextLine(String(decoding: $0.bytes, as: UTF8.self)) }
    }

    private static func container(_ text: String) -> JSONValue? {
        guard let first = text.utf8.first(where: { $0 > 0x20 }), first == 0x7B || first == 0x5B else { return nil }
        return try? JSONValue(parsing: text)
    }

    private struct Printer {
        var lines: [TextLine] = []

        mutating func print(_ value: JSONValue, name: String?, indent: String, isLast: Bool) {
            guard self.lines.count < JSONText.lineLimit else { return }
            let comma = isLast ? "" : ","
            switch value {
            case .object(let members) where !members.isEmpty:
                self.open("{", name, indent)
                for (index, member) in members.enumerated() {
                    self.print(
                        member.value,
                        name: member.key,
                        indent: indent + "  ",
                        isLast: index == members.count - 1
                    )
                }
                self.lines.append(TextLine("\(indent)}\(comma)"))
            case .array(let elements) where !self.fitsInline(value, elements):
                self.open("[", name, indent)
                for (index, element) in elements.enumerated() {
                    self.print(element, name: nil, indent: indent + "  ", isLast: index == elements.count - 1)
                }
                self.lines.append(TextLine("\(indent)]\(comma)"))
            default:
                var line = self.start(name, indent)
                line.append(String(decoding: value.bytes, as: UTF8.self), self.tone(of: value))
                if !comma.isEmpty { line.append(comma) }
                self.lines.append(line)
            }
        }

        private mutating func open(_ bracket: String, _ name: String?, _ indent: String) {
            var line = self.start(name, indent)
            line.append(bracket)
            self.lines.append(line)
        }

        private func start(_ name: String?, _ indent: String) -> TextLine {
            var line = TextLine(indent.isEmpty ? [] : [TextLine.Span(indent)])
            if let name {
                line.append(String(decoding: JSONValue.string(name).bytes, as: UTF8.self), .key)
                line.append(": ")
            }
            return line
        }

        private func fitsInline(_ value: JSONValue, _ elements: [JSONValue]) -> Bool {
            let isFlat = elements.allSatisfy { element in
                switch element {
                case .array, .object: false
                default: true
                }
            }
            return elements.isEmpty || isFlat && value.bytes.count <= JSONText.inlineColumns
        }

        private func tone(of value: JSONValue) -> TextLine.Tone {
            switch value {
            case .string: .string
            case .number: .number
            case .bool, .null: .literal
            case .array, .object: .plain
            }
        }
    }
}
