/// Frames between lmon and its supervisor: four bytes of length, then that many bytes. Both ends are the same program on
/// the same machine, so integers have its byte order.
struct FrameWriter {
    private(set) var bytes: [UInt8] = [0, 0, 0, 0]

    mutating func integer<Value: FixedWidthInteger>(_ value: Value) {
        withUnsafeBytes(of: value) { self.bytes.append(contentsOf: $0) }
    }

    mutating func data(_ value: some Collection<UInt8>) {
        self.integer(UInt32(value.count))
        self.bytes.append(contentsOf: value)
    }

    mutating func string(_ value: String) { self.data(value.utf8) }

    /// nil is another thing than "".
    mutating func optional(_ value: String?) {
        self.integer(UInt8(value == nil ? 0 : 1))
        if let value { self.string(value) }
    }

    mutating func list<Element>(_ values: some Collection<Element>, _ write: (inout Self, Element) -> Void) {
        self.integer(UInt32(values.count))
        for value in values { write(&self, value) }
    }

    consuming func finish() -> [UInt8] {
        let length = UInt32(self.bytes.count - 4)
        withUnsafeBytes(of: length) { self.bytes.replaceSubrange(0..<4, with: $0) }
        return self.bytes
    }
}

/// The frame does not hold what its kind says.
struct FrameError: Error, Hashable {}

struct FrameReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: some Collection<UInt8>) { self.rest = Array(bytes)[...] }

    mutating func integer<Value: FixedWidthInteger>(_ type: Value.Type = Value.self) throws(FrameError) -> Value {
        let part = try self.take(MemoryLayout<Value>.size)
        var value = Value.zero
        withUnsafeMutableBytes(of: &value) { $0.copyBytes(from: part) }
        return value
    }

    mutating func data() throws(FrameError) -> [UInt8] {
        Array(try self.take(Int(try self.integer(UInt32.self))))
    }

    mutating func string() throws(FrameError) -> String { String(decoding: try self.data(), as: UTF8.self) }

    mutating func optional() throws(FrameError) -> String? {
        try self.integer(UInt8.self) == 0 ? nil : try self.string()
    }

    mutating func list<Element>(_ read: (inout Self) throws(FrameError) -> Element) throws(FrameError) -> [Element] {
        let count = Int(try self.integer(UInt32.self))
        // Each element takes a byte at least, so this bounds what a wrong count can make us reserve.
        guard count <= self.rest.count else { throw FrameError() }
        var values: [Element] = []
        for _ in 0..<count { values.append(try read(&self)) }
        return values
    }

    func end() throws(FrameError) {
        if !self.rest.isEmpty { throw FrameError() }
    }

    private mutating func take(_ count: Int) throws(FrameError) -> ArraySlice<UInt8> {
        guard count <= self.rest.count else { throw FrameError() }
        defer { self.rest = self.rest.dropFirst(count) }
        return self.rest.prefix(count)
    }
}

/// Bytes as they come from a socket, cut into frames.
struct FrameBuffer {
    /// More than any environment and argument list that the system would accept.
    static let longest = 16 << 20
    private var bytes: [UInt8] = []

    mutating func append(_ more: some Collection<UInt8>) { self.bytes.append(contentsOf: more) }

    /// The content of the next frame, or nil until it has come whole.
    mutating func next() throws(FrameError) -> ArraySlice<UInt8>? {
        guard self.bytes.count >= 4 else { return nil }
        var length = UInt32.zero
        withUnsafeMutableBytes(of: &length) { $0.copyBytes(from: self.bytes[0..<4]) }
        guard length <= Self.longest else { throw FrameError() }
        let end = 4 + Int(length)
        guard self.bytes.count >= end else { return nil }
        let frame = Array(self.bytes[4..<end])
        self.bytes.removeFirst(end)
        return frame[...]
    }
}
