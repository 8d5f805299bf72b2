@testable import LmonArchive

/// A zip file made field by field, so that any of them can be wrong.
struct HandmadeZip {
    struct Entry {
        var name: [UInt8]
        var data: [UInt8] = []
        var size: Int?
        var packedSize: Int?
        var checksum: Int?
        var method = 0
        var flags = 0
        var mode = 0o100644
        var madeBy = 3 << 8 | 20
        var disk = 0
        /// What the header in front of the bytes says instead.
        var localName: [UInt8]?
        var localSize: Int?
        var localFlags: Int?
        /// Where the directory says that it begins.
        var offset: Int?

        init(_ name: String, _ text: String = "") {
            self.name = Array(name.utf8)
            self.data = Array(text.utf8)
        }

        func with(_ change: (inout Entry) -> Void) -> Entry {
            var copy = self
            change(&copy)
            return copy
        }
    }

    var entries: [Entry]
    var prefix: [UInt8] = []
    var comment: [UInt8] = []
    var countSaid: Int?
    var offsetSaid: Int?
    var disk = 0
    var beforeEnd: [UInt8] = []

    init(_ entries: Entry...) { self.entries = entries }

    func with(_ change: (inout HandmadeZip) -> Void) -> HandmadeZip {
        var copy = self
        change(&copy)
        return copy
    }

    var bytes: [UInt8] {
        var result = self.prefix
        var directory = HeaderWriter()
        for entry in self.entries {
            let offset = result.count
            result += Self.header(entry, isLocal: true, offset: 0) + entry.data
            directory.data(Self.header(entry, isLocal: false, offset: entry.offset ?? offset))
        }
        let offset = result.count
        result += directory.bytes + self.beforeEnd
        var end = HeaderWriter()
        end.long(ZipSignature.end)
        end.short(self.disk)
        end.short(self.disk)
        end.short(self.countSaid ?? self.entries.count)
        end.short(self.countSaid ?? self.entries.count)
        end.long(directory.bytes.count + self.beforeEnd.count)
        end.long(self.offsetSaid ?? offset)
        end.short(self.comment.count)
        return result + end.bytes + self.comment
    }

    private static func header(_ entry: Entry, isLocal: Bool, offset: Int) -> [UInt8] {
        let name = isLocal ? entry.localName ?? entry.name : entry.name
        var header = HeaderWriter()
        header.long(isLocal ? ZipSignature.local : ZipSignature.central)
        if !isLocal { header.short(entry.madeBy) }
        header.short(20)
        header.short(isLocal ? entry.localFlags ?? entry.flags : entry.flags)
        header.short(entry.method)
        header.long(0)
        header.long(entry.checksum ?? Int(CRC32(of: entry.data).value))
        header.long(entry.packedSize ?? entry.data.count)
        let size = entry.size ?? entry.data.count
        header.long(isLocal ? entry.localSize ?? size : size)
        header.short(name.count)
        header.short(0)
        if !isLocal {
            header.short(0)
            header.short(entry.disk)
            header.short(0)
            header.long(entry.mode << 16)
            header.long(offset)
        }
        header.data(name)
        return header.bytes
    }
}
