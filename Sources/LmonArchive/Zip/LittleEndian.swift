/// The fields of a zip file's header, in their order.
struct HeaderWriter {
    private(set) var bytes: [UInt8] = []

    mutating func short(_ value: Int) { self.append(UInt16(truncatingIfNeeded: value)) }
    mutating func long(_ value: Int) { self.append(UInt32(truncatingIfNeeded: value)) }
    mutating func data(_ value: some Collection<UInt8>) { self.bytes += value }

    private mutating func append(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { self.bytes += $0 }
    }
}

/// Reads fields one after another; past the end of `bytes` every field is nil.
struct HeaderReader {
    private var rest: ArraySlice<UInt8>

    init(_ rest: ArraySlice<UInt8>) { self.rest = rest }

    /// Where the next field begins, as an index of the slice that this began with.
    var position: Int { self.rest.startIndex }

    mutating func data(_ count: Int) -> ArraySlice<UInt8>? {
        guard count <= self.rest.count else { return nil }
        defer { self.rest = self.rest.dropFirst(count) }
        return self.rest.prefix(count)
    }

    mutating func short() -> Int? { self.integer(2) }
    mutating func long() -> Int? { self.integer(4) }

    private mutating func integer(_ count: Int) -> Int? {
        self.data(count)?.reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}

enum ZipSignature {
    static let local = 0x0403_4B50
    static let central = 0x0201_4B50
    static let end = 0x0605_4B50
    static let zip64Locator = 0x0706_4B50
}

enum ZipMethod {
    static let stored = 0
    static let deflated = 8
}
