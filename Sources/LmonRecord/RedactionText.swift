/// Finds credentials that are known by their looks.
struct ShapeScanner: Sendable {
    let prefix: [UInt8]
    let lengths: ClosedRange<Int>
    let alphabet: Set<UInt8>

    init(_ shape: RedactionRules.Shape) {
        self.prefix = Array(shape.prefix.utf8)
        self.lengths = shape.minimum...shape.maximum
        self.alphabet = Set(shape.alphabet.utf8)
    }

    func redact(_ text: [UInt8]) -> [UInt8] {
        guard var at = text.index(of: self.prefix, from: 0) else { return text }
        var edit = TextEdit(text)
        while true {
            var next = at + 1
            if at == 0 || !text[at - 1].isWord {
                var end = at + self.prefix.count
                while end < text.count, self.alphabet.contains(text[end]) { end += 1 }
                if self.lengths.contains(end - at) {
                    edit.replace(at, end)
                    next = end
                }
            }
            guard let following = text.index(of: self.prefix, from: next) else { return edit.done() }
            at = following
        }
    }
}

extension Redaction {
    func redactShapes(_ text: [UInt8]) -> [UInt8] {
        self.shapes.reduce(text) { $1.redact($0) }
    }

    /// Where pairs stand.
    enum Place {
        /// A value ends at `&` only.
        case form
        /// Or a header.
        case url
        case text
    }

    /// So many values are looked into, whatever a program sends; of the others that may hold something nothing is told.
    private static let maximumLooks = 16

    /// `name=value` pairs wherever they stand.
    func redactPairs(_ text: [UInt8], in place: Place) -> [UInt8] {
        let isForm = place == .form
        var looks = Self.maximumLooks
        guard var at = text.index(of: "=", from: 0) else { return text }
        var edit = TextEdit(text)
        while true {
            var start = at
            while start > edit.from, at - start < 256, text[start - 1].isKey { start -= 1 }
            var next = at + 1
            var value: Range<Int>?
            if start < at, self.secrecy(Self.percentDecoded(text[start..<at])) != .none {
                value = Self.value(text, from: at + 1, isForm: isForm)
            } else if start < at, place != .text, at + 1 < text.count, "{[%".utf8.contains(text[at + 1]) {
                value = self.json(text, from: at + 1, isForm: isForm, isLookedInto: looks > 0)
                looks = max(0, looks - 1)
            }
            if let value {
                edit.replace(value.lowerBound, value.upperBound)
                next = max(next, value.upperBound)
            }
            guard let following = text.index(of: "=", from: next) else { return edit.done() }
            at = following
        }
    }

    /// The range of a value that is JSON, escaped or not, with a secret in it; else nil. Any value, if it is not looked into.
    private func json(_ text: [UInt8], from start: Int, isForm: Bool, isLookedInto: Bool) -> Range<Int>? {
        let isEnd = { (byte: UInt8) in byte == 0x26 || (!isForm && byte == 0x23) }
        let end = text[start...].firstIndex(where: isEnd) ?? text.count
        guard isLookedInto else { return start..<end }
        let value = Array(Self.percentDecoded(text[start..<end]))
        return JSONText.looksLikeJSON(value) && self.redactJSON(value, depth: 0) != value ? start..<end : nil
    }

    private static func value(_ text: [UInt8], from start: Int, isForm: Bool) -> Range<Int> {
        if isForm { return start..<(text.index(of: "&", from: start) ?? text.count) }
        let isEscaped = text[start...].starts(with: [0x5C, 0x22])
        let open = isEscaped ? start + 1 : start
        if open < text.count, text[open] == 0x22 || text[open] == 0x27 {
            let close = isEscaped ? [0x5C, 0x22] : [text[open]]
            guard let found = text.index(of: close, from: open + 1) else { return open + 1..<text.count }
            let next = found + 1
            if isEscaped || next == text.count || self.endsValue(text[next]) || ",;)]}".utf8.contains(text[next]) {
                return open + 1..<found
            }
            // What goes on behind it did not end there.
            let end = text[next...].firstIndex { $0 != text[open] && self.endsValue($0) }
            return start..<(end ?? text.count)
        }
        return start..<(text[start...].firstIndex(where: self.endsValue) ?? text.count)
    }

    private static func endsValue(_ byte: UInt8) -> Bool { byte.isSpace || "&\"\\<>#".utf8.contains(byte) }

    /// As far as a name needs it: each `%XX` one character, which matters only if it is ASCII.
    private static func percentDecoded(_ name: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard name.contains(0x25) else { return name }
        let name = Array(name)
        var result: [UInt8] = []
        var at = 0
        while at < name.count {
            if name[at] == 0x25, let code = JSONText.hex(name, from: at + 1, count: 2) {
                result.append(UInt8(code))
                at += 3
            } else {
                result.append(name[at])
                at += 1
            }
        }
        return result[...]
    }

    /// `<Name>value</Name>`, perhaps cut before its end.
    func redactXML(_ text: [UInt8]) -> [UInt8] {
        guard text.contains(0x3C) else { return text }
        var edit = TextEdit(text)
        var at = text.index(of: "<", from: 0)
        while let tag = at {
            at = text.index(of: "<", from: tag + 1)
            var end = tag + 1
            while end < text.count, text[end].isKey || text[end] == 0x3A { end += 1 }
            guard end > tag + 1, self.secrecy(text[tag + 1..<end]) != .none,
                let open = text.index(of: ">", from: end), text[open - 1] != 0x2F
            else { continue }
            edit.replace(open + 1, text.index(of: "<", from: open + 1) ?? text.count)
        }
        return edit.done()
    }

    /// Parts of `multipart/form-data` by their names.
    func redactParts(_ text: [UInt8]) -> [UInt8] {
        let label = Array(#"name=""#.utf8)
        guard var at = text.index(of: label, from: 0), text.holds("form-data") else { return text }
        var edit = TextEdit(text)
        while true {
            guard let end = text.index(of: "\"", from: at + label.count) else { break }
            if self.secrecy(text[at + label.count..<end]) != .none {
                guard let blank = text.index(of: Array("\r\n\r\n".utf8), from: end) else { break }
                edit.replace(blank + 4, text.index(of: Array("\r\n--".utf8), from: blank + 4) ?? text.count)
            }
            guard let following = text.index(of: label, from: at + label.count) else { break }
            at = following
        }
        return edit.done()
    }

    /// `user:password@` before the host of each URL in a text. In a URL that stands alone anything may be in it.
    func redactUser(_ text: [UInt8], isURL: Bool = false) -> [UInt8] {
        let mark = Array("://".utf8)
        guard var scheme = text.index(of: mark, from: 0) else { return text }
        var edit = TextEdit(text)
        while true {
            let start = scheme + mark.count
            let ends = isURL ? "/?#" : "/?#\"\\<> \t\r\n"
            let end = text[start...].firstIndex { ends.utf8.contains($0) } ?? text.count
            if scheme > 0, let at = text[start..<end].lastIndex(of: 0x40) {
                edit.replace(start, at)
            } else if scheme > 0, end == text.count, Self.isPartOfUser(text[start...]) {
                edit.replace(start, end)
            }
            guard let following = text.index(of: mark, from: end) else { return edit.done() }
            scheme = following
        }
    }

    /// The text was cut before the @: what follows the colon is no port.
    private static func isPartOfUser(_ text: ArraySlice<UInt8>) -> Bool {
        guard let colon = text.firstIndex(of: 0x3A), text.first != 0x5B else { return false }
        return !text[(colon + 1)...].allSatisfy(\.isDigit)
    }
}
