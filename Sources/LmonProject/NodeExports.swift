/// What a Node module exports, as far as its text shows it. Pure, and one pass: bundles have megabytes.
struct NodeExports {
    /// In the order of the text, each once.
    private(set) var names: [String] = []
    /// Something is exported that has no name here: `module.exports = app`, `export * from`.
    private(set) var hasOthers = false

    init(_ source: String) {
        var tokens = Tokens(source)
        while let token = tokens.next() {
            switch token {
            case "export": self.note(Self.exported(tokens.upcoming()), isDefault: tokens.upcoming(1).first == "default")
            case "exports": self.note(Self.assigned(tokens.upcoming()), isDefault: false)
            case "__export": self.note(Self.bundled(tokens.upcoming()), isDefault: true)
            default: break
            }
        }
    }

    private mutating func note(_ found: [String]?, isDefault: Bool) {
        guard let found else {
            self.hasOthers = self.hasOthers || !isDefault
            return
        }
        for name in found where !self.names.contains(name) { self.names.append(name) }
    }

    /// After `export`: `async function NAME`, `const NAME =`, `{ a, b as NAME }`. Nil for anything else.
    private static func exported(_ words: [String]) -> [String]? {
        if words.first == "{" { return self.members(words).compactMap(\.last) }
        let kinds: Set<String> = ["async", "function", "const", "let", "var", "*"]
        let isNamed = words.first.map { kinds.contains($0) && $0 != "*" } ?? false
        guard isNamed, let name = words.first(where: { !kinds.contains($0) }), name != "{", name != "[" else {
            return nil
        }
        return [name]
    }

    /// After `exports`, whatever stands before it: `.NAME =`, `= { NAME, … }`. Nil for another assignment, nothing for a use.
    private static func assigned(_ words: [String]) -> [String]? {
        if words.count >= 3, words[0] == ".", words[2] == "=" { return [words[1]] }
        guard words.first == "=" else { return [] }
        return words.dropFirst().first == "{" ? self.members(Array(words.dropFirst())).compactMap(\.first) : nil
    }

    /// esbuild's `__export(module, { NAME: () => NAME, … })`.
    private static func bundled(_ words: [String]) -> [String]? {
        guard words.starts(with: ["("]), words.count > 3, words[3] == "{" else { return [] }
        return self.members(Array(words.dropFirst(3))).compactMap(\.first)
    }

    /// Between the braces that the words begin with, at their own level.
    private static func members(_ words: [String]) -> [[String]] {
        var members: [[String]] = [[]]
        var depth = 0
        for word in words {
            if "}])".contains(word) { depth -= 1 }
            if depth == 0, word == "}" { break }
            if depth == 1, word == "," {
                members.append([])
            } else if depth >= 1 {
                members[members.count - 1].append(word)
            }
            if "{[(".contains(word) { depth += 1 }
        }
        return members
    }
}

/// Identifiers, and every other visible character by itself; no comments, no text of strings.
private struct Tokens {
    private let bytes: [UInt8]
    private var position = 0

    init(_ source: String) { self.bytes = Array(source.utf8) }

    /// The next ones, without taking them.
    func upcoming(_ count: Int = 400) -> [String] {
        var copy = self
        var tokens: [String] = []
        while tokens.count < count, let token = copy.next() { tokens.append(token) }
        return tokens
    }

    mutating func next() -> String? {
        while self.position < self.bytes.count {
            let byte = self.bytes[self.position]
            if Self.isName(byte) { return self.name() }
            let following = self.position + 1 < self.bytes.count ? self.bytes[self.position + 1] : 0
            if byte == UInt8(ascii: "/"), following == UInt8(ascii: "/") {
                self.skip { $0 != UInt8(ascii: "\n") }
            } else if byte == UInt8(ascii: "/"), following == UInt8(ascii: "*") {
                self.skipComment()
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                self.skipString(byte)
            } else {
                self.position += 1
                if byte > 0x20 { return String(UnicodeScalar(byte)) }
            }
        }
        return nil
    }

    private static func isName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"), 0x80...: true
        default: false
        }
    }

    private mutating func name() -> String {
        let start = self.position
        self.skip(Self.isName)
        return String(decoding: self.bytes[start..<self.position], as: UTF8.self)
    }

    private mutating func skip(_ isSkipped: (UInt8) -> Bool) {
        while self.position < self.bytes.count, isSkipped(self.bytes[self.position]) { self.position += 1 }
    }

    private mutating func skipComment() {
        self.position += 2
        while self.position < self.bytes.count {
            if self.bytes[self.position] == UInt8(ascii: "/"), self.bytes[self.position - 1] == UInt8(ascii: "*") {
                break
            }
            self.position += 1
        }
        self.position += 1
    }

    /// To its end, at the latest the line's: a quote in a regular expression begins none.
    private mutating func skipString(_ quote: UInt8) {
        self.position += 1
        while self.position < self.bytes.count {
            let byte = self.bytes[self.position]
            self.position += byte == UInt8(ascii: "\\") ? 2 : 1
            if byte == quote || byte == UInt8(ascii: "\n") { return }
        }
    }
}
