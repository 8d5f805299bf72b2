/// The directory at the end of a zip file, read as it says and nothing guessed.
struct ZipDirectory {
    /// Where it lies in the file.
    let range: Range<Int>
    private let count: Int
    private let bytes: [UInt8]

    /// Finds the end record, which only a comment may follow.
    init(_ bytes: [UInt8], limits: ZipLimits) throws(ArchiveError) {
        guard let position = Self.endRecord(in: bytes) else { throw ArchiveError(.notAZip) }
        var reader = HeaderReader(bytes[(position + 4)...])
        guard let disk = reader.short(), let directoryDisk = reader.short(), let here = reader.short(),
            let count = reader.short(), let size = reader.long(), let offset = reader.long()
        else { throw ArchiveError(.notAZip) }
        let isBeyond = count == 0xFFFF || size == 0xFFFF_FFFF || offset == 0xFFFF_FFFF
        if isBeyond || Self.hasLocator(before: position, in: bytes) { throw ArchiveError(.zip64) }
        guard disk == 0, directoryDisk == 0, here == count else { throw ArchiveError(.split) }
        guard offset + size == position else { throw ArchiveError(.misplacedDirectory) }
        guard count <= limits.entries else { throw ArchiveError(.tooManyEntries(limit: limits.entries)) }
        self.range = offset..<position
        self.count = count
        self.bytes = bytes
    }

    private static let endSize = 22

    /// The last one whose comment ends with the file.
    private static func endRecord(in bytes: [UInt8]) -> Int? {
        guard bytes.count >= Self.endSize else { return nil }
        let first = max(0, bytes.count - Self.endSize - 0xFFFF)
        for position in stride(from: bytes.count - Self.endSize, through: first, by: -1) where bytes[position] == 0x50 {
            var signature = HeaderReader(bytes[position...])
            guard signature.long() == ZipSignature.end else { continue }
            var comment = HeaderReader(bytes[(position + 20)...])
            if comment.short() == bytes.count - position - Self.endSize { return position }
        }
        return nil
    }

    private static func hasLocator(before position: Int, in bytes: [UInt8]) -> Bool {
        guard position >= 20 else { return false }
        var reader = HeaderReader(bytes[(position - 20)...])
        return reader.long() == ZipSignature.zip64Locator
    }

    func entries() throws(ArchiveError) -> [ZipArchive.Entry] {
        var reader = HeaderReader(self.bytes[self.range])
        var entries: [ZipArchive.Entry] = []
        for _ in 0..<self.count { entries.append(try Self.entry(&reader)) }
        guard reader.position == self.range.upperBound else { throw ArchiveError(.misplacedDirectory) }
        return entries
    }

    private static func entry(_ reader: inout HeaderReader) throws(ArchiveError) -> ZipArchive.Entry {
        guard reader.long() == ZipSignature.central, let madeBy = reader.short(), let common = ZipHeader(&reader),
            let comment = reader.short(), let disk = reader.short(), reader.short() != nil,
            let attributes = reader.long(), let offset = reader.long(),
            let nameBytes = reader.data(common.nameLength), reader.data(common.extraLength) != nil,
            reader.data(comment) != nil
        else { throw ArchiveError(.misplacedDirectory) }
        let name = try ZipName.parse(nameBytes)
        if [common.size, common.packedSize, offset].contains(0xFFFF_FFFF) { throw ArchiveError(.zip64, entry: name) }
        guard disk == 0 else { throw ArchiveError(.split, entry: name) }
        guard !common.isEncrypted else { throw ArchiveError(.encrypted, entry: name) }
        guard [ZipMethod.stored, ZipMethod.deflated].contains(common.method) else {
            throw ArchiveError(.unknownMethod(common.method), entry: name)
        }
        let isStored = common.method == ZipMethod.stored
        guard !isStored || common.size == common.packedSize else { throw ArchiveError(.wrongSize, entry: name) }
        let mode = ZipMode(madeBy: madeBy, attributes: attributes, hasSlash: nameBytes.last == UInt8(ascii: "/"))
        guard mode.kind != .folder || common.size == 0 else { throw ArchiveError(.wrongSize, entry: name) }
        return ZipArchive.Entry(
            name: name,
            kind: mode.kind,
            size: common.size,
            packedSize: common.packedSize,
            permissions: mode.permissions,
            method: common.method,
            checksum: UInt32(truncatingIfNeeded: common.checksum),
            header: offset
        )
    }
}

/// The fields that the directory and the header in front of an entry's bytes have in common.
struct ZipHeader {
    let flags: Int
    let method: Int
    let checksum: Int
    let packedSize: Int
    let size: Int
    let nameLength: Int
    let extraLength: Int

    init?(_ reader: inout HeaderReader) {
        guard reader.short() != nil, let flags = reader.short(), let method = reader.short(), reader.long() != nil,
            let checksum = reader.long(), let packedSize = reader.long(), let size = reader.long(),
            let nameLength = reader.short(), let extraLength = reader.short()
        else { return nil }
        self.flags = flags
        self.method = method
        self.checksum = checksum
        self.packedSize = packedSize
        self.size = size
        self.nameLength = nameLength
        self.extraLength = extraLength
    }

    /// By a password, strongly, or the directory itself.
    var isEncrypted: Bool { self.flags & (1 | 1 << 6 | 1 << 13) != 0 }
    /// Checksum and sizes follow the bytes; the header in front of them may not know them.
    var isSizedLater: Bool { self.flags & 1 << 3 != 0 }
}

/// What the attributes of an entry make of it.
struct ZipMode {
    let kind: ZipArchive.Entry.Kind
    let permissions: UInt16

    init(madeBy: Int, attributes: Int, hasSlash: Bool) {
        // Unix and macOS keep the mode; others nothing that means anything here.
        let mode = [3, 19].contains(madeBy >> 8) ? attributes >> 16 : 0
        switch mode & 0o170000 {
        case 0o120000: self.kind = .link
        case 0o040000: self.kind = .folder
        case 0, 0o100000: self.kind = hasSlash ? .folder : .file
        default: self.kind = .special
        }
        let permissions = UInt16(mode & 0o777)
        self.permissions = permissions != 0 ? permissions : self.kind == .folder ? 0o755 : 0o644
    }
}
