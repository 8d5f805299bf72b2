import LmonJSON

/// JSON as lines to read: one member a line, two blanks a level, each token with its tone.
package enum JSONText {
    /// Nil if `text` is no JSON, cut short for example; then show it as it is. At most `limit` lines, the last of which
    /// says how many are missing.
    package static func lines(_ text: String, limit: Int = 5_000) -> [TextLine]? {
        self.lines(Array(text.utf8), limit: limit)
    }

    package static func lines(_ bytes: [UInt8], limit: Int = 5_000) -> [TextLine]? {
        var printer = Printer(bytes, limit: limit)
        do {
            try printer.value()
            try printer.scanner.finish()
        } catch { return nil }
        return printer.finished()
    }

    private struct Printer {
        var scanner: JSONScanner
        private let limit: Int
        private var lines: [TextLine] = []
        private var line = TextLine()
        private var depth = 0
        private var omitted = 0

        init(_ bytes: [UInt8], limit: Int) {
            self.scanner = JSONScanner(bytes)
            self.limit = limit
        }

        mutating func finished() -> [TextLine] {
            self.endLine()
            if self.omitted > 0 { self.lines.append(TextLine("… \(self.omitted) more lines", .dim)) }
            return self.lines
        }

        mutating func value() throws(JSONError) {
            switch try self.scanner.kind() {
            case .object: try self.object()
            case .array: try self.array()
            case .string: self.token(try self.scanner.skip(), .string)
            case .number: self.token(try self.scanner.skip(), .number)
            case .boolean, .null: self.token(try self.scanner.skip(), .literal)
            }
        }

        private mutating func object() throws(JSONError) {
            try self.scanner.beginObject()
            self.line.append("{")
            var isEmpty = true
            while let key = try self.scanner.nextKey() {
                self.separate(isFirst: isEmpty)
                isEmpty = false
                var writer = JSONWriter()
                writer.string(key)
                self.line.append(String(decoding: writer.bytes, as: UTF8.self), .key)
                self.line.append(": ")
                try self.value()
            }
            self.close("}", isEmpty)
        }

        private mutating func array() throws(JSONError) {
            try self.scanner.beginArray()
            self.line.append("[")
            var isEmpty = true
            while try self.scanner.nextElement() {
                self.separate(isFirst: isEmpty)
                isEmpty = false
                try self.value()
            }
            self.close("]", isEmpty)
        }

        private mutating func separate(isFirst: Bool) {
            if isFirst { self.depth += 1 } else { self.line.append(",") }
            self.startLine()
        }

        private mutating func close(_ bracket: String, _ isEmpty: Bool) {
            if !isEmpty {
                self.depth -= 1
                self.startLine()
            }
            self.line.append(bracket)
        }

        private mutating func startLine() {
            self.endLine()
            if self.depth > 0 { self.line.append(String(repeating: "  ", count: self.depth)) }
        }

        private mutating func endLine() {
            if self.lines.count < self.limit { self.lines.append(self.line) } else { self.omitted += 1 }
            self.line = TextLine()
        }

        private mutating func token(_ range: Range<Int>, _ tone: TextLine.Tone) {
            self.line.append(String(decoding: self.scanner.bytes[range], as: UTF8.self), tone)
        }
    }
}
