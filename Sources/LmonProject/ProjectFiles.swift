import Foundation

/// The files that discovery looks at: the disk's, or a table in tests.
package struct ProjectFiles: Sendable {
    package enum Kind: Hashable, Sendable { case file, folder }

    package let kind: @Sendable (_ path: String) -> Kind?
    /// The bytes of a file, at most `limit` and one more; nil if it cannot be read.
    package let read: @Sendable (_ path: String, _ limit: Int) -> [UInt8]?
    /// When a file was written, or the newest in a folder, in seconds; hidden folders and those of packages left out. nil if
    /// there is none.
    let written: @Sendable (_ path: String) -> Double?
    /// Writes a file of a function whose code stands in its template, and gives the path of its folder.
    package let writeInline: @Sendable (_ fileName: String, _ text: String) -> String?
    /// What relative paths start from.
    package let currentFolder: String

    package init(
        currentFolder: String,
        kind: @escaping @Sendable (String) -> Kind?,
        read: @escaping @Sendable (String, Int) -> [UInt8]?,
        written: @escaping @Sendable (String) -> Double? = { _ in nil },
        writeInline: @escaping @Sendable (String, String) -> String? = { _, _ in nil }
    ) {
        self.currentFolder = currentFolder
        self.kind = kind
        self.read = read
        self.written = written
        self.writeInline = writeInline
    }

    package static var disk: Self {
        Self(
            currentFolder: FileManager.default.currentDirectoryPath,
            kind: { path in
                var isFolder: ObjCBool = false
                guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return nil }
                return isFolder.boolValue ? .folder : .file
            },
            read: { path, limit in
                guard let file = FileHandle(forReadingAtPath: path) else { return nil }
                defer { try? file.close() }
                return (try? file.read(upToCount: limit + 1)).map { $0.map(Array.init) ?? [] }
            },
            written: Self.newest,
            writeInline: Self.writeToCache
        )
    }

    private static func newest(_ path: String) -> Double? {
        let keys: Set<URLResourceKey> = [.contentModificationDateKey, .isRegularFileKey]
        let root = URL(fileURLWithPath: path)
        func written(_ file: URL) -> Double? {
            guard let values = try? file.resourceValues(forKeys: keys), values.isRegularFile == true else { return nil }
            return values.contentModificationDate?.timeIntervalSince1970
        }
        if let own = written(root) { return own }
        let files = FileManager.default.enumerator(
            at: root,
            includingPropertiesForKeys: Array(keys),
            options: .skipsHiddenFiles
        )
        var newest: Double?
        while let file = files?.nextObject() as? URL {
            if ["node_modules", "venv", "__pycache__"].contains(file.lastPathComponent) { files?.skipDescendants() }
            if let time = written(file) { newest = max(newest ?? time, time) }
        }
        return newest
    }

    /// Under a name made of the content, so that the same code always has the same path, and a start finds it there.
    private static func writeToCache(fileName: String, text: String) -> String? {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        guard let caches = FileManager.default.urls(for: .cachesDirectory, in: .userDomainMask).first else {
            return nil
        }
        let folder = caches.appendingPathComponent("lmon/inline/\(String(hash, radix: 16))")
        do {
            try FileManager.default.createDirectory(
                at: folder,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
            try Data(text.utf8).write(to: folder.appendingPathComponent(fileName), options: .atomic)
            return folder.path
        } catch {
            return nil
        }
    }

    func text(_ path: String) throws(ProjectError) -> String {
        let limit = 4 << 20
        guard let bytes = self.read(path, limit) else { throw ProjectError(.unreadable, path: path) }
        guard bytes.count <= limit else { throw ProjectError(.tooLarge, path: path) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
