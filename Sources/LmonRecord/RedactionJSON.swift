/// JSON as a scanner sees it: its strings and their escapes.
enum JSONText {
    static func looksLikeJSON(_ text: [UInt8]) -> Bool {
        let first = text.skippingSpace(from: text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0)
        return first < text.count && "{[\"".utf8.contains(text[first])
    }

    /// Where the string that starts at `start`, after its quote, ends: at its closing quote or at the text's end.
    static func stringEnd(_ text: [UInt8], from start: Int) -> Int {
        var at = start
        while at < text.count {
            if text[at] == 0x5C {
                at += 2
            } else if text[at] == 0x22 {
                return at
            } else {
                at += 1
            }
        }
        return text.count
    }

    static func unescaped(_ raw: ArraySlice<UInt8>) -> [UInt8] {
        guard raw.contains(0x5C) else { return Array(raw) }
        let raw = Array(raw)
        var units: [UInt16] = []
        var result: [UInt8] = []
        func flush() {
            result += Array(String(decoding: units, as: UTF16.self).utf8)
            units = []
        }
        var at = 0
        while at < raw.count {
            guard raw[at] == 0x5C else {
                if !units.isEmpty { flush() }
                result.append(raw[at])
                at += 1
                continue
            }
            at += 1
            guard at < raw.count else { break }
            if raw[at] == 0x75, let code = Self.hex(raw, from: at + 1, count: 4) {
                units.append(UInt16(code))
                at += 5
                continue
            }
            if !units.isEmpty { flush() }
            result.append(Self.escapes[raw[at]] ?? raw[at])
            at += 1
        }
        if !units.isEmpty { flush() }
        return result
    }

    static func escaped(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        for byte in text {
            if let letter = Self.letters[byte] {
                result += [0x5C, letter]
            } else if byte < 0x20 {
                result += Array((byte < 0x10 ? "\\u000" : "\\u00").utf8) + Array(String(byte, radix: 16).utf8)
            } else {
                result.append(byte)
            }
        }
        return result
    }

    /// Nil unless there are exactly so many digits.
    static func hex(_ bytes: [UInt8], from start: Int, count: Int) -> Int? {
        guard start + count <= bytes.count else { return nil }
        var value = 0
        for byte in bytes[start..<start + count] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
            value = value * 16 + digit
        }
        return value
    }

    private static let escapes: [UInt8: UInt8] = [0x6E: 0x0A, 0x72: 0x0D, 0x74: 0x09, 0x62: 0x08, 0x66: 0x0C]
    private static let letters: [UInt8: UInt8] = [
        0x22: 0x22, 0x5C: 0x5C, 0x0A: 0x6E, 0x0D: 0x72, 0x09: 0x74, 0x08: 0x62, 0x0C: 0x66,
    ]
}

extension Redaction {
    /// JSON, or what looks like it: values of secret names are replaced, also inside JSON that a string holds.
    func redactJSON(_ text: [UInt8], depth: Int) -> [UInt8] {
        var pass = JSONPass(text: text, depth: depth, redaction: self)
        pass.run()
        return pass.edit.done()
    }

    /// JSON among other text, in lines of its own (NDJSON, server-sent events, logs) or in several.
    func redactLines(_ text: [UInt8]) -> [UInt8] {
        guard text.contains(0x22) else { return text }
        var edit = TextEdit(text)
        var start = 0
        while start < text.count {
            let end = text.index(of: "\n", from: start) ?? text.count
            if let brace = text[start..<end].firstIndex(of: 0x7B) {
                edit.replace(brace, end, by: self.redactJSON(Array(text[brace..<end]), depth: 0))
            }
            start = end + 1
        }
        let safe = edit.done()
        guard let first = safe.firstIndex(of: 0x7B), safe[first...].contains(0x0A) else { return safe }
        return Array(safe[..<first]) + self.redactJSON(Array(safe[first...]), depth: 0)
    }
}

/// One walk through a JSON text.
private struct JSONPass {
    let text: [UInt8]
    let depth: Int
    let redaction: Redaction
    var edit: TextEdit
    /// What the name just read says of the next value.
    private var pending = Redaction.Secrecy.none
    /// Open containers within a secret one, itself included, and what its name said.
    private var hidden = 0
    private var hiddenSecrecy = Redaction.Secrecy.none

    init(text: [UInt8], depth: Int, redaction: Redaction) {
        self.text = text
        self.depth = depth
        self.redaction = redaction
        self.edit = TextEdit(text)
    }

    private var secrecy: Redaction.Secrecy { self.hidden > 0 ? self.hiddenSecrecy : self.pending }

    mutating func run() {
        var at = 0
        while at < self.text.count {
            let byte = self.text[at]
            switch byte {
            case 0x22:
                at = self.string(from: at + 1)
            case 0x7B, 0x5B:
                self.open()
                at += 1
            case 0x7D, 0x5D:
                if self.hidden > 0 { self.hidden -= 1 }
                self.pending = .none
                at += 1
            case 0x2C:
                self.pending = .none
                at += 1
            case 0x2D where self.secrecy == .all, 0x30...0x39 where self.secrecy == .all:
                at = self.number(from: at)
            default:
                at += 1
            }
        }
    }

    private mutating func open() {
        if self.secrecy != .none {
            if self.hidden == 0 { self.hiddenSecrecy = self.pending }
            self.hidden += 1
        }
        self.pending = .none
    }

    /// A name or a value; returns where to go on.
    private mutating func string(from start: Int) -> Int {
        let end = min(JSONText.stringEnd(self.text, from: start), self.text.count)
        let next = self.text.skippingSpace(from: end + 1)
        if end < self.text.count, next < self.text.count, self.text[next] == 0x3A {
            self.pending = self.redaction.secrecy(JSONText.unescaped(self.text[start..<end])[...])
            return next + 1
        }
        if self.secrecy != .none {
            self.edit.replace(start, end)
        } else if self.depth < 4 {
            self.nested(start, end)
        }
        self.pending = .none
        return end + 1
    }

    private mutating func nested(_ start: Int, _ end: Int) {
        let first = self.text.skippingSpace(from: start)
        guard first < end, "{[\\".utf8.contains(self.text[first]) else { return }
        let inner = JSONText.unescaped(self.text[start..<end])
        guard JSONText.looksLikeJSON(inner) else { return }
        let safe = self.redaction.redactJSON(inner, depth: self.depth + 1)
        if safe != inner { self.edit.replace(start, end, by: JSONText.escaped(safe)) }
    }

    private mutating func number(from start: Int) -> Int {
        var end = start + 1
        while end < self.text.count, self.text[end].isDigit || "+-.eE".utf8.contains(self.text[end]) { end += 1 }
        self.edit.replace(start, end, by: Array("\"\(RedactionRules.marker)\"".utf8))
        self.pending = .none
        return end
    }
}
