/// Writes JSON as bytes, without white space; commas and escapes are its business, well-formed nesting is the caller's.
package struct JSONWriter: Sendable {
    package private(set) var bytes: [UInt8] = []
    private var needsComma = false

    package init(capacity: Int = 256) {
        self.bytes.reserveCapacity(capacity)
    }

    /// The bytes of one object whose members `body` writes.
    package static func object(_ body: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter()
        writer.object(body)
        return writer.bytes
    }

    // MARK: Containers

    package mutating func object(_ body: (inout JSONWriter) -> Void) {
        self.beginObject()
        body(&self)
        self.endObject()
    }

    package mutating func array(_ body: (inout JSONWriter) -> Void) {
        self.separate()
        self.bytes.append(UInt8(ascii: "["))
        self.needsComma = false
        body(&self)
        self.bytes.append(UInt8(ascii: "]"))
        self.needsComma = true
    }

    package mutating func beginObject() {
        self.separate()
        self.bytes.append(UInt8(ascii: "{"))
        self.needsComma = false
    }

    package mutating func endObject() {
        self.bytes.append(UInt8(ascii: "}"))
        self.needsComma = true
    }

    /// A member's name; its value must follow.
    package mutating func key(_ name: String) {
        self.string(name)
        self.bytes.append(UInt8(ascii: ":"))
        self.needsComma = false
    }

    // MARK: Values

    package mutating func string(_ value: String) {
        self.separate()
        self.bytes.append(UInt8(ascii: "\""))
        var value = value
        value.withUTF8 { self.appendEscaped($0) }
        self.bytes.append(UInt8(ascii: "\""))
        self.needsComma = true
    }

    /// Bytes as a string; what is not UTF-8 becomes U+FFFD.
    package mutating func string(utf8 value: [UInt8]) {
        self.string(String(decoding: value, as: UTF8.self))
    }

    package mutating func int(_ value: Int) {
        self.token(String(value))
    }

    /// The shortest text that reads back as `value`, without a fraction if it has none; `null` if it is not finite.
    package mutating func double(_ value: Double) {
        guard value.isFinite else { return self.null() }
        if let integer = Int(exactly: value), abs(value) < 1e15 { return self.int(integer) }
        self.token(value.description)
    }

    package mutating func bool(_ value: Bool) {
        self.token(value ? "true" : "false")
    }

    package mutating func null() {
        self.token("null")
    }

    /// A value that is JSON already; it is not checked.
    package mutating func raw(_ json: some Sequence<UInt8>) {
        self.separate()
        self.bytes.append(contentsOf: json)
        self.needsComma = true
    }

    // MARK: Members; those with an optional value are left out when it is nil.

    package mutating func member(_ name: String, _ value: String?) {
        guard let value else { return }
        self.key(name)
        self.string(value)
    }

    package mutating func member(_ name: String, _ value: Int?) {
        guard let value else { return }
        self.key(name)
        self.int(value)
    }

    package mutating func member(_ name: String, _ value: Double?) {
        guard let value else { return }
        self.key(name)
        self.double(value)
    }

    package mutating func member(_ name: String, _ value: Bool?) {
        guard let value else { return }
        self.key(name)
        self.bool(value)
    }

    package mutating func member(_ name: String, raw json: (some Sequence<UInt8>)?) {
        guard let json else { return }
        self.key(name)
        self.raw(json)
    }

    package mutating func object(_ name: String, _ body: (inout JSONWriter) -> Void) {
        self.key(name)
        self.object(body)
    }

    package mutating func array(_ name: String, _ body: (inout JSONWriter) -> Void) {
        self.key(name)
        self.array(body)
    }

    // MARK: Parts

    private mutating func separate() {
        if self.needsComma { self.bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func token(_ text: String) {
        self.separate()
        self.bytes.append(contentsOf: text.utf8)
        self.needsComma = true
    }

    private mutating func appendEscaped(_ utf8: UnsafeBufferPointer<UInt8>) {
        var clean = 0
        for index in utf8.indices {
            let byte = utf8[index]
            guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
            self.bytes.append(contentsOf: utf8[clean..<index])
            self.appendEscape(byte)
            clean = index + 1
        }
        self.bytes.append(contentsOf: utf8[clean...])
    }

    private mutating func appendEscape(_ byte: UInt8) {
        self.bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: self.bytes.append(UInt8(ascii: "b"))
        case 0x0C: self.bytes.append(UInt8(ascii: "f"))
        case 0x0A: self.bytes.append(UInt8(ascii: "n"))
        case 0x0D: self.bytes.append(UInt8(ascii: "r"))
        case 0x09: self.bytes.append(UInt8(ascii: "t"))
        case 0x00...0x1F:
            let digits = Array("0123456789abcdef".utf8)
            self.bytes.append(contentsOf: "u00".utf8)
            self.bytes.append(digits[Int(byte >> 4)])
            self.bytes.append(digits[Int(byte & 15)])
        default: self.bytes.append(byte)
        }
    }
}
