/// A whole body at once.
package enum Gzip {
    /// The same bytes for the same bytes: no time and no name in the header.
    package static func compressed(
        _ bytes: some Collection<UInt8>,
        level: Int = 6
    ) throws(ArchiveError) -> [UInt8] {
        var deflater = try Deflater(.gzip, level: level)
        let first = try deflater.write(bytes)
        return try first + deflater.finish()
    }

    package static func decompressed(
        _ bytes: some Collection<UInt8>,
        format: DeflateFormat = .gzip,
        limit: Int
    ) throws(ArchiveError) -> [UInt8] {
        var inflater = try Inflater(format, limit: limit)
        let result = try inflater.write(bytes)
        try inflater.finish()
        return result
    }
}
