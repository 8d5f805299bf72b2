/// What a name in a zip file may be: a path below the folder that it is unpacked in, on any system.
package enum ZipName {
    package static let longest = 1024
    package static let deepest = 64

    /// The name without the slash that marks a folder.
    static func parse(_ bytes: ArraySlice<UInt8>) throws(ArchiveError) -> String {
        guard let name = String(validating: bytes, as: UTF8.self) else {
            throw ArchiveError(.badName(.encoding), entry: String(decoding: bytes, as: UTF8.self))
        }
        let path = name.hasSuffix("/") ? String(name.dropLast()) : name
        if let flaw = Self.flaw(of: path) { throw ArchiveError(.badName(flaw), entry: name.isEmpty ? "?" : name) }
        return path
    }

    static func flaw(of path: String) -> ArchiveError.BadName? {
        let bytes = path.utf8
        if bytes.isEmpty { return .empty }
        if bytes.count > Self.longest { return .long }
        if bytes.first == UInt8(ascii: "/") { return .absolute }
        for byte in bytes {
            if byte < 0x20 || byte == 0x7F { return .control }
            if byte == UInt8(ascii: "\\") { return .backslash }
        }
        let parts = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        if parts.count > Self.deepest { return .deep }
        for part in parts {
            if part.isEmpty || part.elementsEqual(".".utf8) { return .component }
            if part.elementsEqual("..".utf8) { return .parent }
        }
        return nil
    }

    /// The folders that a name lies in, the outermost first.
    static func parents(of path: String) -> [String] {
        path.indices.filter { path[$0] == "/" }.map { String(path[..<$0]) }
    }
}

/// How much an archive may ask for.
package struct ZipLimits: Hashable, Sendable {
    package var archive: Int
    package var contents: Int
    package var entries: Int
    /// The contents may be as many times the archive's size. Judged beyond `free` bytes only: a file of zeros is harmless.
    package var ratio: Int
    package var free: Int

    package init(archive: Int, contents: Int, entries: Int, ratio: Int, free: Int) {
        self.archive = archive
        self.contents = contents
        self.entries = entries
        self.ratio = ratio
        self.free = free
    }

    /// Lambda unpacks 250 MB for a function with all of its layers; an archive of one that is twice as large may be meant
    /// for something else.
    package static let layer = ZipLimits(
        archive: 512 << 20,
        contents: 512 << 20,
        entries: 60_000,
        ratio: 200,
        free: 16 << 20
    )
}
