/// Writes values one after the other as few bytes as they need.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func add(_ byte: UInt8) { self.bytes.append(byte) }

    mutating func add(_ flag: Bool) { self.bytes.append(flag ? 1 : 0) }

    /// Seven bits a byte, least first; small negative numbers are short too.
    mutating func add(_ number: Int) {
        var rest = UInt64(bitPattern: Int64(number << 1 ^ number >> 63))
        while rest >= 0x80 {
            self.bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        self.bytes.append(UInt8(rest))
    }

    mutating func add(_ number: Double) {
        withUnsafeBytes(of: number.bitPattern.littleEndian) { self.bytes.append(contentsOf: $0) }
    }

    mutating func add(_ text: String) {
        self.add(text.utf8.count)
        self.bytes.append(contentsOf: text.utf8)
    }

    mutating func add<Value>(_ value: Value?, _ write: (inout ByteWriter, Value) -> Void) {
        self.add(value != nil)
        if let value { write(&self, value) }
    }

    mutating func add(_ number: Int?) { self.add(number) { $0.add($1) } }
    mutating func add(_ number: Double?) { self.add(number) { $0.add($1) } }
    mutating func add(_ text: String?) { self.add(text) { $0.add($1) } }
    mutating func add(_ flag: Bool?) { self.add(UInt8(flag.map { $0 ? 2 : 1 } ?? 0)) }

    mutating func add<Value>(all values: [Value], _ write: (inout ByteWriter, Value) -> Void) {
        self.add(values.count)
        for value in values { write(&self, value) }
    }
}

/// Reads what a `ByteWriter` wrote. What cannot be read throws: a file may be damaged anywhere.
struct ByteReader {
    struct Damaged: Error {}

    private let bytes: UnsafeRawBufferPointer
    private var offset = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { self.offset == self.bytes.count }

    mutating func byte() throws(Damaged) -> UInt8 {
        guard self.offset < self.bytes.count else { throw Damaged() }
        defer { self.offset += 1 }
        return self.bytes[self.offset]
    }

    mutating func flag() throws(Damaged) -> Bool { try self.byte() != 0 }

    mutating func int() throws(Damaged) -> Int {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = try self.byte()
            guard shift < 64 else { throw Damaged() }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { break }
            shift += 7
        }
        return Int(Int64(bitPattern: value >> 1)) ^ -Int(value & 1)
    }

    mutating func double() throws(Damaged) -> Double {
        guard self.offset + 8 <= self.bytes.count else { throw Damaged() }
        defer { self.offset += 8 }
        return Double(
            bitPattern: UInt64(littleEndian: self.bytes.loadUnaligned(fromByteOffset: self.offset, as: UInt64.self))
        )
    }

    mutating func string() throws(Damaged) -> String {
        let count = try self.int()
        guard count >= 0, count <= self.bytes.count - self.offset else { throw Damaged() }
        defer { self.offset += count }
        return String(
            decoding: UnsafeRawBufferPointer(rebasing: self.bytes[self.offset..<self.offset + count]),
            as: UTF8.self
        )
    }

    mutating func optionalInt() throws(Damaged) -> Int? { try self.flag() ? try self.int() : nil }
    mutating func optionalDouble() throws(Damaged) -> Double? { try self.flag() ? try self.double() : nil }
    mutating func optionalString() throws(Damaged) -> String? { try self.flag() ? try self.string() : nil }

    mutating func optionalFlag() throws(Damaged) -> Bool? {
        switch try self.byte() {
        case 0: nil
        case 1: false
        default: true
        }
    }

    mutating func all<Value>(_ read: (inout ByteReader) throws(Damaged) -> Value) throws(Damaged) -> [Value] {
        let count = try self.int()
        // Each takes a byte at least.
        guard count >= 0, count <= self.bytes.count - self.offset else { throw Damaged() }
        var values: [Value] = []
        values.reserveCapacity(count)
        for _ in 0..<count { values.append(try read(&self)) }
        return values
    }
}
