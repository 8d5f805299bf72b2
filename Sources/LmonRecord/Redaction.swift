/// Takes secrets out of what is about to be kept or shown.
///
/// Text is scanned, not parsed: a body that was cut anywhere is treated like a whole one, and nothing makes it fail.
/// Redacting twice changes nothing more.
package struct Redaction: Sendable {
    private let headers: [[UInt8]]
    private let keys: [[UInt8]]
    private let extra: [[UInt8]]
    private let plain: Set<[UInt8]>
    private let numbers: [[UInt8]]
    let shapes: [ShapeScanner]

    /// `names` are further parts of names (from `LMON_REDACT`).
    package init(alsoNames names: [String] = []) {
        self.headers = RedactionRules.headers.map { Array($0.utf8) }
        self.keys = RedactionRules.keys.map { Array($0.utf8) }
        self.extra = names.map { Self.normalized(Array($0.utf8)[...]) }.filter { !$0.isEmpty }
        self.plain = Set(RedactionRules.plain.map { Array($0.utf8) })
        self.numbers = RedactionRules.numbers.map { Array($0.utf8) }
        self.shapes = RedactionRules.shapes.map(ShapeScanner.init)
    }

    /// A header's value, or the marker in its place.
    package func header(_ name: String, value: String) -> String {
        if self.isSecretHeader(name) { return RedactionRules.marker }
        // Some clients take a user for a part of the host.
        if name.utf8.count == 4, name.lowercased() == "host", let at = value.lastIndex(of: "@"), at > value.startIndex {
            return RedactionRules.marker + value[at...]
        }
        // What it holds may be a URL, of a redirection, of where a call came from, or JSON.
        let text = Array(value.utf8)
        let bytes = self.redactUser(JSONText.looksLikeJSON(text) ? self.redactJSON(text, depth: 0) : text)
        return String(decoding: self.redactShapes(self.redactPairs(bytes, in: .url)), as: UTF8.self)
    }

    /// A URL without the secrets in its user part, query and fragment.
    package func url(_ url: String) -> String {
        let bytes = self.redactUser(Array(url.utf8), isURL: true)
        return String(decoding: self.redactShapes(self.redactPairs(bytes, in: .url)), as: UTF8.self)
    }

    /// A body, decoded but perhaps cut. `contentType` is its header, empty if unknown.
    package func body(_ text: String, contentType: String = "") -> String {
        String(decoding: self.body(Array(text.utf8), contentType: contentType), as: UTF8.self)
    }

    package func body(_ text: [UInt8], contentType: String = "") -> [UInt8] {
        let kind = contentType.lowercased().utf8
        let place = kind.holds("x-www-form-urlencoded") ? Place.form : .text
        // Clients say that it is a form of whatever they are given as text.
        if place == .form, !JSONText.looksLikeJSON(text) {
            return self.redactShapes(self.redactPairs(text, in: .form))
        }
        let safe: [UInt8]
        if kind.holds("json") || JSONText.looksLikeJSON(text) {
            safe = self.redactJSON(text, depth: 0)
        } else {
            safe = self.redactLines(self.redactParts(self.redactXML(text)))
        }
        return self.redactShapes(self.redactPairs(self.redactUser(safe), in: place))
    }

    func isSecretHeader(_ name: String) -> Bool {
        let lower = name.utf8.map { $0.lowercasedLetter }
        if self.headers.contains(where: { lower.holds($0) }) { return true }
        let plain = Self.normalized(lower[...])
        return self.extra.contains { plain.holds($0) }
    }

    /// What a name says about the value that it names.
    enum Secrecy: Comparable {
        case none
        case strings
        case all
    }

    func secrecy(_ name: ArraySlice<UInt8>) -> Secrecy {
        guard name.count <= 256 else { return .none }
        let key = Self.normalized(name)
        if self.extra.contains(where: { key.holds($0) }) { return .all }
        guard !self.plain.contains(key), self.keys.contains(where: { key.holds($0) }) else { return .none }
        return self.numbers.contains { key.suffix($0.count).elementsEqual($0) } ? .strings : .all
    }

    /// Lower-case letters and digits only.
    static func normalized(_ name: ArraySlice<UInt8>) -> [UInt8] {
        name.filter { $0.isWord }.map { $0.lowercasedLetter }
    }
}

/// A text with some ranges replaced.
struct TextEdit {
    let text: [UInt8]
    private var parts: [UInt8] = []
    private(set) var from = 0

    static let marker = Array(RedactionRules.marker.utf8)

    init(_ text: [UInt8]) {
        self.text = text
    }

    mutating func replace(_ start: Int, _ end: Int, by replacement: [UInt8] = Self.marker) {
        guard start < end, !self.text[start..<end].elementsEqual(replacement) else { return }
        self.parts += self.text[self.from..<start]
        self.parts += replacement
        self.from = end
    }

    func done() -> [UInt8] {
        self.from == 0 ? self.text : self.parts + self.text[self.from...]
    }
}

extension UInt8 {
    var isSpace: Bool { self == 0x20 || self == 0x0A || self == 0x0D || self == 0x09 }

    var isDigit: Bool { self >= 0x30 && self <= 0x39 }

    /// An ASCII letter or digit.
    var isWord: Bool { self.isDigit || (self | 0x20 >= 0x61 && self | 0x20 <= 0x7A) }

    var lowercasedLetter: UInt8 { self >= 0x41 && self <= 0x5A ? self | 0x20 : self }

    /// What a name in a query, a form or a tag is made of.
    var isKey: Bool { self.isWord || "_-.%[]$~+".utf8.contains(self) }
}

extension Collection<UInt8> {
    func holds(_ part: String) -> Bool {
        Array(self).index(of: Array(part.utf8), from: 0) != nil
    }
}

extension [UInt8] {
    func holds(_ part: [UInt8]) -> Bool {
        self.index(of: part, from: 0) != nil
    }

    /// Where `part` next stands, at `start` or after it.
    func index(of part: [UInt8], from start: Int) -> Int? {
        guard let first = part.first, self.count >= part.count else { return nil }
        var at = start
        let last = self.count - part.count
        while at <= last {
            if self[at] == first, self[at..<at + part.count].elementsEqual(part) { return at }
            at += 1
        }
        return nil
    }

    func index(of byte: Character, from start: Int) -> Int? {
        guard let value = byte.asciiValue, start <= self.count else { return nil }
        return self[start...].firstIndex(of: value)
    }

    /// The first index from `start` on that is no white space.
    func skippingSpace(from start: Int) -> Int {
        var at = start
        while at < self.count, self[at].isSpace { at += 1 }
        return at
    }
}
