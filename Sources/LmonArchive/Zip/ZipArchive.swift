/// A zip file as anyone may have made it, checked as a whole before a byte of it is given out.
///
/// Every entry's name lies below the folder that it is unpacked in, once, and not in a file; its bytes are its own; the sum
/// of what all unpack to is within the limits. A link is listed, and nothing else: its contents throw.
package struct ZipArchive: Sendable {
    package struct Entry: Hashable, Sendable {
        package enum Kind: Hashable, Sendable {
            case file, folder, link, special
        }

        /// A path, without a slash at its end.
        package let name: String
        package let kind: Kind
        /// Unpacked.
        package let size: Int
        package let packedSize: Int
        /// Nine bits; what the archive does not say is 0644, for folders 0755.
        package let permissions: UInt16

        let method: Int
        let checksum: UInt32
        let header: Int

        package var isExecutable: Bool { self.permissions & 0o111 != 0 }
    }

    /// In the order of the archive's directory.
    package let entries: [Entry]
    private let bytes: [UInt8]
    private let data: [Range<Int>]
    private let indices: [String: Int]

    package init(_ bytes: [UInt8], limits: ZipLimits = .layer) throws(ArchiveError) {
        guard !bytes.isEmpty else { throw ArchiveError(.emptyFile) }
        guard bytes.count <= limits.archive else { throw ArchiveError(.archiveTooLarge(limit: limits.archive)) }
        let directory = try ZipDirectory(bytes, limits: limits)
        let entries = try directory.entries()
        try ZipRules.check(entries, archive: bytes.count, limits: limits)
        self.data = try ZipRules.places(of: entries, in: bytes[..<directory.range.lowerBound])
        self.entries = entries
        self.bytes = bytes
        self.indices = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($0.element.name, $0.offset) })
    }

    package func entry(named name: String) -> Entry? { self.indices[name].map { self.entries[$0] } }

    /// A file's bytes; of a folder none. Of the size and with the checksum that the directory says, or it throws.
    package func contents(of entry: Entry) throws(ArchiveError) -> [UInt8] {
        guard let index = self.indices[entry.name] else { return [] }
        switch entry.kind {
        case .folder: return []
        case .link: throw ArchiveError(.link, entry: entry.name)
        case .special: throw ArchiveError(.special, entry: entry.name)
        case .file: break
        }
        let packed = self.bytes[self.data[index]]
        let result = entry.method == ZipMethod.stored ? Array(packed) : try Self.inflated(packed, entry)
        guard result.count == entry.size else { throw ArchiveError(.wrongSize, entry: entry.name) }
        guard CRC32(of: result).value == entry.checksum else { throw ArchiveError(.wrongChecksum, entry: entry.name) }
        return result
    }

    private static func inflated(_ packed: ArraySlice<UInt8>, _ entry: Entry) throws(ArchiveError) -> [UInt8] {
        do {
            return try Gzip.decompressed(packed, format: .raw, limit: entry.size)
        } catch {
            if case .tooLarge = error.code { throw ArchiveError(.wrongSize, entry: entry.name) }
            throw ArchiveError(error.code, entry: entry.name)
        }
    }
}
