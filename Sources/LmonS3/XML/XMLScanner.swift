/// Pulls elements and text out of XML as AWS answers with it: no declarations, no entities but the five and numbers;
/// attributes, comments and instructions are passed over. Made for hostile input: bounded in depth and in what it keeps.
package struct XMLScanner {
    package enum Token: Hashable, Sendable {
        /// An element begins; its name without a prefix.
        case start(String)
        /// Text between tags, its entities replaced; parts of one text may come apart.
        case text(String)
        case end(String)
    }

    package static let deepest = 32
    package static let longestText = 16_384
    private static let longestName = 128

    private let bytes: [UInt8]
    private var offset = 0
    private var open: [String] = []
    private var hasRoot = false
    /// Of an element without content, whose end is still to be told.
    private var pendingEnd: String?

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { self.offset = 3 }
    }

    package var depth: Int { self.open.count }

    /// The next token; nil at the end of a whole document.
    package mutating func next() throws(XMLError) -> Token? {
        if let name = self.pendingEnd {
            self.pendingEnd = nil
            self.open.removeLast()
            return .end(name)
        }
        while self.offset < self.bytes.count {
            guard self.bytes[self.offset] == UInt8(ascii: "<") else {
                if let text = try self.text() { return .text(text) }
                continue
            }
            if self.passes("<?") {
                try self.skip(past: "?>")
            } else if self.passes("<!--") {
                try self.skip(past: "-->")
            } else if self.passes("<![CDATA[") {
                return .text(try self.characterData())
            } else if self.passes("<!") {
                throw self.error(.declaration)
            } else {
                return try self.passes("</") ? self.endTag() : self.startTag()
            }
        }
        guard self.open.isEmpty, self.hasRoot else { throw self.error(.truncated) }
        return nil
    }

    // MARK: Tags

    private mutating func startTag() throws(XMLError) -> Token {
        self.offset += 1
        guard !self.open.isEmpty || !self.hasRoot else { throw self.error(.malformed) }
        let name = try self.name()
        guard self.open.count < Self.deepest else { throw self.error(.tooDeep) }
        self.hasRoot = true
        self.open.append(name)
        if try self.attributes() { self.pendingEnd = name }
        return .start(name)
    }

    private mutating func endTag() throws(XMLError) -> Token {
        let name = try self.name()
        self.skipSpace()
        guard self.offset < self.bytes.count else { throw self.error(.truncated) }
        guard self.passes(">"), self.open.last == name else { throw self.error(.malformed) }
        self.open.removeLast()
        return .end(name)
    }

    /// Passes over them; true if the element has no content.
    private mutating func attributes() throws(XMLError) -> Bool {
        while self.offset < self.bytes.count {
            let byte = self.bytes[self.offset]
            self.offset += 1
            switch byte {
            case UInt8(ascii: ">"): return false
            case UInt8(ascii: "/"):
                guard self.offset < self.bytes.count else { throw self.error(.truncated) }
                guard self.passes(">") else { throw self.error(.malformed) }
                return true
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                guard let end = self.bytes[self.offset...].firstIndex(of: byte) else { throw self.error(.truncated) }
                self.offset = end + 1
            case UInt8(ascii: "<"): throw self.error(.malformed)
            default: break
            }
        }
        throw self.error(.truncated)
    }

    private mutating func name() throws(XMLError) -> String {
        let start = self.offset
        while self.offset < self.bytes.count, !Self.endsName(self.bytes[self.offset]) { self.offset += 1 }
        guard self.offset < self.bytes.count else { throw self.error(.truncated) }
        guard self.offset - start <= Self.longestName else { throw self.error(.tooLong) }
        let name = try self.string(self.bytes[start..<self.offset])
        let local = name.lastIndex(of: ":").map { name[name.index(after: $0)...] } ?? name[...]
        guard !local.isEmpty else { throw self.error(.malformed) }
        return String(local)
    }

    private static func endsName(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "<")
    }

    // MARK: Text

    /// Nil between elements of the outermost level, where only blanks may be.
    private mutating func text() throws(XMLError) -> String? {
        let start = self.offset
        var text: [UInt8] = []
        while self.offset < self.bytes.count, self.bytes[self.offset] != UInt8(ascii: "<") {
            let byte = self.bytes[self.offset]
            if byte == UInt8(ascii: "&") {
                try self.entity(into: &text)
            } else {
                text.append(byte)
                self.offset += 1
            }
            guard text.count <= Self.longestText else { throw self.error(.tooLong) }
        }
        guard self.open.isEmpty else { return try self.string(text[...]) }
        guard text.allSatisfy({ $0 <= 0x20 }) else {
            self.offset = start
            throw self.error(.malformed)
        }
        return nil
    }

    private mutating func characterData() throws(XMLError) -> String {
        guard !self.open.isEmpty else { throw self.error(.malformed) }
        let start = self.offset
        try self.skip(past: "]]>")
        let text = self.bytes[start..<(self.offset - 3)]
        guard text.count <= Self.longestText else { throw self.error(.tooLong) }
        return try self.string(text)
    }

    private mutating func entity(into text: inout [UInt8]) throws(XMLError) {
        let rest = self.bytes[(self.offset + 1)...].prefix(12)
        guard let end = rest.firstIndex(of: UInt8(ascii: ";")) else {
            throw self.error(self.offset + 12 >= self.bytes.count ? .truncated : .entity)
        }
        let name = String(decoding: rest[..<end], as: UTF8.self)
        guard let scalar = Self.scalar(name) else { throw self.error(.entity) }
        text += String(Character(scalar)).utf8
        self.offset = end + 1
    }

    private static func scalar(_ name: String) -> Unicode.Scalar? {
        switch name {
        case "amp": return "&"
        case "lt": return "<"
        case "gt": return ">"
        case "quot": return "\""
        case "apos": return "'"
        default: break
        }
        guard name.hasPrefix("#") else { return nil }
        let digits = name.dropFirst()
        let number = digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        return number.flatMap { $0 == 0 ? nil : Unicode.Scalar($0) }
    }

    // MARK: Bytes

    private func string(_ bytes: ArraySlice<UInt8>) throws(XMLError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw self.error(.encoding) }
        return text
    }

    /// Whether `text` stands here; then it is passed.
    private mutating func passes(_ text: StaticString) -> Bool {
        let matches = text.withUTF8Buffer { self.bytes[self.offset...].starts(with: $0) }
        if matches { self.offset += text.utf8CodeUnitCount }
        return matches
    }

    private mutating func skip(past text: StaticString) throws(XMLError) {
        while self.offset < self.bytes.count {
            if self.passes(text) { return }
            self.offset += 1
        }
        throw self.error(.truncated)
    }

    private mutating func skipSpace() {
        while self.offset < self.bytes.count, self.bytes[self.offset] <= 0x20 { self.offset += 1 }
    }

    package func error(_ code: XMLError.Code) -> XMLError { XMLError(code: code, offset: self.offset) }
}

extension XMLScanner {
    /// The text of the element that has begun, up to its end; what it has inside is passed over.
    package mutating func content() throws(XMLError) -> String {
        let depth = self.depth
        var text = ""
        while let token = try self.next() {
            switch token {
            case .text(let part) where self.depth == depth:
                text += part
                guard text.utf8.count <= Self.longestText else { throw self.error(.tooLong) }
            case .end where self.depth < depth: return text
            default: break
            }
        }
        throw self.error(.truncated)
    }

    /// Calls `body` for each element inside the one that has begun; what `body` does not read is passed over.
    package mutating func children(
        _ body: (String, inout XMLScanner) throws(XMLError) -> Void
    ) throws(XMLError) {
        let depth = self.depth
        while let token = try self.next() {
            switch token {
            case .start(let name) where self.depth == depth + 1:
                try body(name, &self)
            case .end where self.depth < depth: return
            default: break
            }
        }
        throw self.error(.truncated)
    }
}
