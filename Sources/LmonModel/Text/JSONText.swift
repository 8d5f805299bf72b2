import LmonJSON

/// JSON as lines to read: one member a line, two blanks a level, each token with its tone. Where an object or array
/// begins, the line says how far it goes.
package enum JSONText {
    /// Nil if `text` is no JSON, cut short for example; then show it as it is. At most `limit` lines, the last of which
    /// says how many are missing.
    ///
    /// `isCut`: only its beginning is there; what it breaks off in stands as it is.
    package static func lines(_ text: String, limit: Int = 5_000, isCut: Bool = false) -> [TextLine]? {
        self.lines(Array(text.utf8), limit: limit, isCut: isCut)
    }

    /// `base` is added to the folds' ids, for several texts in one.
    package static func lines(
        _ bytes: [UInt8],
        limit: Int = 5_000,
        base: Int = 0,
        isCut: Bool = false
    ) -> [TextLine]? {
        var printer = Printer(bytes, limit: limit, base: base)
        do throws(JSONError) {
            try printer.value()
            try printer.scanner.finish()
        } catch {
            // What is wrong before its end is wrong without the cut too.
            guard isCut, error.code == .unexpectedEnd else { return nil }
            printer.breakOff()
        }
        return printer.finished()
    }

    private struct Printer {
        var scanner: JSONScanner
        private let limit: Int
        private let base: Int
        private var lines: [TextLine] = []
        private var line = TextLine()
        private var depth = 0
        private var omitted = 0
        /// Behind what was printed last.
        private var printed = 0

        init(_ bytes: [UInt8], limit: Int, base: Int) {
            self.scanner = JSONScanner(bytes)
            self.limit = limit
            self.base = base
        }

        mutating func finished() -> [TextLine] {
            self.endLine()
            if self.omitted > 0 { self.lines.append(TextLine("… \(self.omitted) more lines", .dim)) }
            return self.lines
        }

        /// The rest, in which the text is cut.
        mutating func breakOff() {
            let left = self.scanner.bytes[self.printed...]
            let rest = left.drop { " \t\r\n,:".utf8.contains($0) }
            // Before a member that has not begun a line yet.
            let isNext = left[..<rest.startIndex].contains(UInt8(ascii: ",")) && self.line.text.contains { $0 != " " }
            if isNext { self.separate(isFirst: false) }
            self.line.append(String(decoding: rest, as: UTF8.self))
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
            let start = self.base + self.scanner.offset
            try self.scanner.beginObject()
            self.line.append("{")
            self.printed = self.scanner.offset
            let first = self.position
            var members = 0
            while let key = try self.scanner.nextKey() {
                self.separate(isFirst: members == 0)
                members += 1
                var writer = JSONWriter()
                writer.string(key)
                self.line.append(String(decoding: writer.bytes, as: UTF8.self), .key)
                self.line.append(": ")
                self.printed = self.scanner.offset
                try self.value()
            }
            self.close("}", from: first, .init(id: start, below: 0, members: members, isArray: false))
        }

        private mutating func array() throws(JSONError) {
            let start = self.base + self.scanner.offset
            try self.scanner.beginArray()
            self.line.append("[")
            self.printed = self.scanner.offset
            let first = self.position
            var members = 0
            while try self.scanner.nextElement() {
                self.separate(isFirst: members == 0)
                members += 1
                try self.value()
            }
            self.close("]", from: first, .init(id: start, below: 0, members: members, isArray: true))
        }

        private mutating func separate(isFirst: Bool) {
            if isFirst { self.depth += 1 } else { self.line.append(",") }
            self.startLine()
        }

        /// Which line is being written, of all.
        private var position: Int { self.lines.count + self.omitted }

        private mutating func close(_ bracket: String, from first: Int, _ fold: TextLine.Fold) {
            if fold.members > 0 {
                self.depth -= 1
                self.startLine()
                // Of what is cut, the lines that are there can be folded.
                let below = min(self.position, self.limit - 1) - first
                if below > 0 {
                    self.lines[first].fold = fold
                    self.lines[first].fold?.below = below
                }
            }
            self.line.append(bracket)
            self.printed = self.scanner.offset
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
            self.printed = range.upperBound
        }
    }
}
