/// What must hold among the entries of an archive.
enum ZipRules {
    static func check(_ entries: [ZipArchive.Entry], archive: Int, limits: ZipLimits) throws(ArchiveError) {
        var kinds: [String: ZipArchive.Entry.Kind] = [:]
        var total = 0
        for entry in entries {
            guard kinds.updateValue(entry.kind, forKey: entry.name) == nil else {
                throw ArchiveError(.duplicate, entry: entry.name)
            }
            // Each is less than 4 GB, and there are less than 65535 of them.
            total += entry.size
        }
        guard total <= limits.contents else { throw ArchiveError(.contentsTooLarge(limit: limits.contents)) }
        guard total <= limits.free || total / limits.ratio <= archive else {
            throw ArchiveError(.inflatesTooMuch(ratio: limits.ratio))
        }
        for entry in entries {
            for parent in ZipName.parents(of: entry.name) {
                guard let kind = kinds[parent], kind != .folder else { continue }
                throw ArchiveError(.underAFile(parent), entry: entry.name)
            }
        }
    }

    /// Where each entry's bytes lie. Their headers say what the directory says, and none shares a byte with another.
    static func places(
        of entries: [ZipArchive.Entry],
        in bytes: ArraySlice<UInt8>
    ) throws(ArchiveError) -> [Range<Int>] {
        var places: [Range<Int>] = []
        for entry in entries { places.append(try Self.place(of: entry, in: bytes)) }
        var end = 0
        var last = ""
        for index in entries.indices.sorted(by: { entries[$0].header < entries[$1].header }) {
            guard entries[index].header >= end else { throw ArchiveError(.overlaps(last), entry: entries[index].name) }
            end = places[index].upperBound
            last = entries[index].name
        }
        return places
    }

    private static func place(
        of entry: ZipArchive.Entry,
        in bytes: ArraySlice<UInt8>
    ) throws(ArchiveError) -> Range<Int> {
        guard entry.header < bytes.count else { throw ArchiveError(.headersDiffer, entry: entry.name) }
        var reader = HeaderReader(bytes[entry.header...])
        guard reader.long() == ZipSignature.local, let header = ZipHeader(&reader),
            let nameBytes = reader.data(header.nameLength), reader.data(header.extraLength) != nil
        else { throw ArchiveError(.headersDiffer, entry: entry.name) }
        let start = reader.position
        let name = try ZipName.parse(nameBytes)
        let isSame = name == entry.name && header.method == entry.method && !header.isEncrypted
        let hasSizes = header.size == entry.size && header.packedSize == entry.packedSize
        guard isSame, header.isSizedLater || (hasSizes && header.checksum == Int(entry.checksum)) else {
            throw ArchiveError(.headersDiffer, entry: entry.name)
        }
        guard entry.packedSize <= bytes.endIndex - start else { throw ArchiveError(.truncated, entry: entry.name) }
        return start..<start + entry.packedSize
    }
}
