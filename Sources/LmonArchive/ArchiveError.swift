/// Why bytes are no archive that lmon reads, or why it cannot be written. The caller knows the file's name.
package struct ArchiveError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        // Deflated streams.
        case damaged
        case truncated
        case trailingBytes
        case tooLarge(limit: Int)
        case outOfMemory

        // Zip files.
        case notAZip
        case emptyFile
        case zip64
        case split
        case misplacedDirectory
        case tooManyEntries(limit: Int)
        case archiveTooLarge(limit: Int)
        case contentsTooLarge(limit: Int)
        case inflatesTooMuch(ratio: Int)

        // Entries of zip files.
        case badName(BadName)
        case duplicate
        case underAFile(String)
        case encrypted
        case unknownMethod(Int)
        case headersDiffer
        case overlaps(String)
        case wrongSize
        case wrongChecksum
        case link
        case special
    }

    /// What is wrong with a name: it must lie below the folder that the archive is unpacked in, whatever unpacks it.
    package enum BadName: Hashable, Sendable {
        case empty, absolute, parent, component, backslash, control, encoding, long, deep
    }

    package let code: Code
    /// The entry that it is about.
    package let entry: String?

    package init(_ code: Code, entry: String? = nil) {
        self.code = code
        self.entry = entry
    }

    package var description: String {
        guard let entry = self.entry else { return self.code.description }
        return "entry \(entry): \(self.code)"
    }
}

extension ArchiveError.Code: CustomStringConvertible {
    package var description: String {
        switch self {
        case .damaged: "its compressed bytes are damaged"
        case .truncated: "it ends too early"
        case .trailingBytes: "bytes follow its end"
        case .tooLarge(let limit): "it unpacks to more than \(limit) bytes"
        case .outOfMemory: "no memory to unpack it"
        case .notAZip: "not a zip file, or cut off: its directory is missing"
        case .emptyFile: "the file is empty"
        case .zip64: "a zip64 archive; lmon reads those of less than 4 GB and 65535 entries: zip it without zip64"
        case .split: "one part of a split zip file: join the parts"
        case .misplacedDirectory: "the zip file's directory is not where it says: damaged, or something precedes it"
        case .tooManyEntries(let limit): "more than \(limit) entries"
        case .archiveTooLarge(let limit): "more than \(limit) bytes"
        case .contentsTooLarge(let limit): "it unpacks to more than \(limit) bytes"
        case .inflatesTooMuch(let ratio): "it unpacks to more than \(ratio) times its size"
        case .badName(let flaw): flaw.description
        case .duplicate: "the name is there twice"
        case .underAFile(let file): "lies in \(file), which is not a folder"
        case .encrypted: "encrypted"
        case .unknownMethod(let method): "compressed by method \(method); lmon knows stored (0) and deflated (8)"
        case .headersDiffer: "its header and the zip file's directory do not agree"
        case .overlaps(let other): "its bytes overlap those of \(other)"
        case .wrongSize: "its size is not what the directory says"
        case .wrongChecksum: "its checksum is not what the directory says"
        case .link: "a symbolic link; lmon neither makes nor follows those of an archive"
        case .special: "neither a file nor a folder"
        }
    }
}

extension ArchiveError.BadName: CustomStringConvertible {
    package var description: String {
        switch self {
        case .empty: "a name is missing"
        case .absolute: "the name is absolute"
        case .parent: "the name leads out of the archive (..)"
        case .component: "the name has an empty part, or ."
        case .backslash: #"the name holds \"#
        case .control: "the name holds a control character"
        case .encoding: "the name is not UTF-8"
        case .long: "the name is longer than \(ZipName.longest) bytes"
        case .deep: "the name has more than \(ZipName.deepest) parts"
        }
    }
}
