import CZlib

/// What surrounds deflated bytes.
package enum DeflateFormat: Sendable {
    case raw, zlib, gzip

    var code: Int32 {
        switch self {
        case .raw: Int32(LMON_ZLIB_RAW)
        case .zlib: Int32(LMON_ZLIB_ZLIB)
        case .gzip: Int32(LMON_ZLIB_GZIP)
        }
    }
}

/// zlib in one direction: owns its memory.
struct ZlibStream: ~Copyable {
    private static let chunk = 1 << 16

    private let handle: OpaquePointer

    init(inflating format: DeflateFormat) throws(ArchiveError) {
        guard let handle = lmon_inflate_open(format.code) else { throw ArchiveError(.outOfMemory) }
        self.handle = handle
    }

    init(deflating format: DeflateFormat, level: Int) throws(ArchiveError) {
        guard let handle = lmon_deflate_open(format.code, Int32(level)) else { throw ArchiveError(.outOfMemory) }
        self.handle = handle
    }

    deinit { lmon_zlib_close(self.handle) }

    mutating func reset() throws(ArchiveError) {
        guard lmon_zlib_reset(self.handle) == 1 else { throw ArchiveError(.outOfMemory) }
    }

    /// Takes what it can of `input` and appends at most a chunk to `output`: how much it took, and whether the stream ended.
    mutating func step(
        _ input: ArraySlice<UInt8>,
        finishes: Bool,
        into output: inout [UInt8]
    ) throws(ArchiveError) -> (taken: Int, isFull: Bool, hasEnded: Bool) {
        var taken = input.count
        var given = Self.chunk
        var result: Int32 = 0
        let piece = [UInt8](unsafeUninitializedCapacity: Self.chunk) { room, count in
            result = input.withUnsafeBufferPointer { bytes in
                lmon_zlib_step(self.handle, bytes.baseAddress, &taken, room.baseAddress, &given, finishes ? 1 : 0)
            }
            count = given
        }
        switch result {
        case Int32(LMON_ZLIB_DAMAGED): throw ArchiveError(.damaged)
        case Int32(LMON_ZLIB_MEMORY): throw ArchiveError(.outOfMemory)
        default: break
        }
        output += piece
        return (taken, given == Self.chunk, result == Int32(LMON_ZLIB_END))
    }
}

/// The checksum that gzip and zip files carry.
package struct CRC32: Sendable, Hashable {
    package private(set) var value: UInt32 = 0

    package init() {}

    package init(of bytes: some Sequence<UInt8>) { self.update(bytes) }

    package mutating func update(_ bytes: some Sequence<UInt8>) {
        let value = self.value
        let quick = bytes.withContiguousStorageIfAvailable { lmon_crc32(value, $0.baseAddress, $0.count) }
        self.value = quick ?? Array(bytes).withUnsafeBufferPointer { lmon_crc32(value, $0.baseAddress, $0.count) }
    }
}
