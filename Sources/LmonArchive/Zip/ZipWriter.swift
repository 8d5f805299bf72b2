/// A file to put into a zip.
package struct ZipFile: Hashable, Sendable {
    /// Its path, with slashes.
    package var name: String
    package var bytes: [UInt8]
    package var isExecutable: Bool

    package init(name: String, bytes: [UInt8], isExecutable: Bool = false) {
        self.name = name
        self.bytes = bytes
        self.isExecutable = isExecutable
    }
}

/// Writes zip files that depend on nothing but their contents: entries sorted by name, one fixed time, one level, no extra
/// fields, 0755 or 0644 as Lambda wants to have it.
package enum ZipWriter {
    /// What was written, and what each file takes in it, in the archive's order.
    package struct Result: Sendable {
        package let bytes: [UInt8]
        package let packedSizes: [(name: String, size: Int, packed: Int)]
    }

    /// 1 January 1980, midnight: the first that the format knows.
    private static let date = 0x21
    /// Version 2.0, for deflate; written on Unix, so that modes count.
    private static let version = 20
    private static let madeBy = 3 << 8 | 20
    private static let largest = 0xFFFF_FFFE

    package static func archive(_ files: [ZipFile]) throws(ArchiveError) -> Result {
        let files = files.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        try Self.check(files)
        var bytes: [UInt8] = []
        var directory = HeaderWriter()
        var sizes: [(String, Int, Int)] = []
        for file in files {
            let packed = try Packed(file)
            let offset = bytes.count
            bytes += Self.localHeader(packed)
            bytes += packed.data
            guard bytes.count < Self.largest else { throw ArchiveError(.zip64) }
            Self.centralHeader(packed, offset: offset, into: &directory)
            sizes.append((file.name, file.bytes.count, packed.data.count))
        }
        let offset = bytes.count
        bytes += directory.bytes
        bytes += Self.end(count: files.count, size: directory.bytes.count, offset: offset)
        guard bytes.count < Self.largest else { throw ArchiveError(.zip64) }
        return Result(bytes: bytes, packedSizes: sizes)
    }

    private static func check(_ files: [ZipFile]) throws(ArchiveError) {
        guard files.count < 0xFFFF else { throw ArchiveError(.zip64) }
        var names: Set<String> = []
        for file in files {
            if let flaw = ZipName.flaw(of: file.name) { throw ArchiveError(.badName(flaw), entry: file.name) }
            guard names.insert(file.name).inserted else { throw ArchiveError(.duplicate, entry: file.name) }
            guard file.bytes.count < Self.largest else { throw ArchiveError(.zip64, entry: file.name) }
        }
        for file in files {
            for parent in ZipName.parents(of: file.name) where names.contains(parent) {
                throw ArchiveError(.underAFile(parent), entry: file.name)
            }
        }
    }

    /// Deflated where that is smaller.
    private struct Packed {
        let file: ZipFile
        let checksum: UInt32
        let method: Int
        let data: [UInt8]

        init(_ file: ZipFile) throws(ArchiveError) {
            self.file = file
            self.checksum = CRC32(of: file.bytes).value
            var deflater = try Deflater(.raw)
            let first = try deflater.write(file.bytes)
            let deflated = try first + deflater.finish()
            let isSmaller = deflated.count < file.bytes.count
            self.method = isSmaller ? ZipMethod.deflated : ZipMethod.stored
            self.data = isSmaller ? deflated : file.bytes
        }

        /// The fields that both headers of an entry have.
        func common(into header: inout HeaderWriter) {
            header.short(ZipWriter.version)
            // Whether the name is more than ASCII, then UTF-8.
            header.short(self.file.name.utf8.allSatisfy { $0 < 0x80 } ? 0 : 1 << 11)
            header.short(self.method)
            header.short(0)
            header.short(ZipWriter.date)
            header.long(Int(self.checksum))
            header.long(self.data.count)
            header.long(self.file.bytes.count)
            header.short(self.file.name.utf8.count)
            header.short(0)
        }
    }

    private static func localHeader(_ packed: Packed) -> [UInt8] {
        var header = HeaderWriter()
        header.long(ZipSignature.local)
        packed.common(into: &header)
        header.data(packed.file.name.utf8)
        return header.bytes
    }

    private static func centralHeader(_ packed: Packed, offset: Int, into header: inout HeaderWriter) {
        let mode = 0o100000 | (packed.file.isExecutable ? 0o755 : 0o644)
        header.long(ZipSignature.central)
        header.short(Self.madeBy)
        packed.common(into: &header)
        // No comment, first disk, no internal attributes.
        for _ in 0..<3 { header.short(0) }
        header.long(mode << 16)
        header.long(offset)
        header.data(packed.file.name.utf8)
    }

    private static func end(count: Int, size: Int, offset: Int) -> [UInt8] {
        var header = HeaderWriter()
        header.long(ZipSignature.end)
        header.short(0)
        header.short(0)
        header.short(count)
        header.short(count)
        header.long(size)
        header.long(offset)
        header.short(0)
        return header.bytes
    }
}
