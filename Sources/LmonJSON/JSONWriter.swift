/// Writes JSON as bytes, without white space; commas and escapes are its business, well-formed nesting is the caller's.
package struct JSONWriter: Sendable {
    package private(set) var bytes: [UInt8] = []
    private var needsComma = false

    package init(capacity: Int = 256) {
        self.bytes.reserveCapacity(capacity)
    }

    /// Begins anew, with the memory that it has.
    package mutating func reset() {
        self.bytes.removeAll(keepingCapacity: true)
        self.needsComma = false
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

    /// A member's name, which needs no escapes; its value must follow.
    package mutating func key(_ name: StaticString) {
        let name = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        let comma = self.needsComma
        self.bytes.append(addingCapacity: name.count + 4) { output in
            if comma { output.append(UInt8(ascii: ",")) }
            output.append(UInt8(ascii: "\""))
            for byte in name { output.append(byte) }
            output.append(UInt8(ascii: "\""))
            output.append(UInt8(ascii: ":"))
        }
        self.needsComma = false
    }

    /// A member's name that is known at run time only; its value must follow.
    package mutating func key(any name: String) {
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

    /// ASCII that needs no escapes, as a string; it is not checked.
    package mutating func string(plain ascii: UnsafeBufferPointer<UInt8>) {
        self.separate()
        self.bytes.append(UInt8(ascii: "\""))
        self.bytes.append(contentsOf: ascii)
        self.bytes.append(UInt8(ascii: "\""))
        self.needsComma = true
    }

    package mutating func int(_ value: Int) {
        self.separate()
        self.needsComma = true
        guard value >= 0 else { return self.bytes.append(contentsOf: String(value).utf8) }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var start = 20
            var rest = value
            repeat {
                start -= 1
                digits[start] = UInt8(truncatingIfNeeded: 48 + rest % 10)
                rest /= 10
            } while rest > 0
            self.bytes.append(contentsOf: UnsafeBufferPointer(rebasing: digits[start...]))
        }
    }

    /// A thousandth of `value`, with one to three decimals: `12.345`, `5000.0`.
    package mutating func thousandths(_ value: Int) {
        self.int(value / 1000)
        self.bytes.append(UInt8(ascii: "."))
        var rest = abs(value % 1000)
        repeat {
            self.bytes.append(UInt8(truncatingIfNeeded: 48 + rest / 100))
            rest = rest % 100 * 10
        } while rest > 0
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
    package mutating func raw(_ json: [UInt8]) {
        self.separate()
        self.bytes.append(contentsOf: json)
        self.needsComma = true
    }

    /// The same that is a part of `bytes`.
    package mutating func raw(_ bytes: [UInt8], in range: Range<Int>) {
        self.separate()
        self.bytes.append(contentsOf: bytes[range])
        self.needsComma = true
    }

    /// The same from elsewhere.
    package mutating func raw(_ json: some Sequence<UInt8>) {
        self.separate()
        self.bytes.append(contentsOf: json)
        self.needsComma = true
    }

    // MARK: Members; those with an optional value are left out when it is nil.

    package mutating func member(_ name: StaticString, _ value: String?) {
        guard let value else { return }
        self.key(name)
        self.string(value)
    }

    package mutating func member(_ name: StaticString, _ value: Int?) {
        guard let value else { return }
        self.key(name)
        self.int(value)
    }

    package mutating func member(_ name: StaticString, _ value: Double?) {
        guard let value else { return }
        self.key(name)
        self.double(value)
    }

    package mutating func member(_ name: StaticString, _ value: Bool?) {
        guard let value else { return }
        self.key(name)
        self.bool(value)
    }

    package mutating func member(_ name: StaticString, raw json: [UInt8]?) {
        guard let json else { return }
        self.key(name)
        self.raw(json)
    }

    package mutating func object(_ name: StaticString, _ body: (inout JSONWriter) -> Void) {
        self.key(name)
        self.object(body)
    }

    package mutating func array(_ name: StaticString, _ body: (inout JSONWriter) -> Void) {
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
        // Most text has nothing to be escaped. Looking at all of it without leaving early is a few instructions.
        var isDirty = false
        for byte in utf8 {
            isDirty = isDirty || byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
        }
        guard isDirty else { return self.bytes.append(contentsOf: utf8) }
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
