/// A Linux program made field by field.
struct HandmadeELF {
    var machine = 62
    var type = 2
    /// Type and bytes of each segment.
    var segments: [(type: Int, bytes: [UInt8])] = [(1, [0x90])]
    var sections: [String] = []
    var identity: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1]

    static func dynamicTable(_ tags: Int...) -> [UInt8] { tags.flatMap { Self.number($0, 8) + Self.number(0, 8) } }

    private static func number(_ value: Int, _ size: Int) -> [UInt8] {
        (0..<size).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }

    var bytes: [UInt8] {
        let names = [""] + self.sections + [".shstrtab"]
        var strings: [UInt8] = []
        var places: [Int] = []
        for name in names {
            places.append(strings.count)
            strings += Array(name.utf8) + [0]
        }
        var contents = strings
        var segmentPlaces: [Int] = []
        let start = 64 + 56 * self.segments.count
        for segment in self.segments {
            segmentPlaces.append(start + contents.count)
            contents += segment.bytes
        }
        let sectionTable = start + contents.count
        var header = self.identity + Array(repeating: 0, count: 16 - self.identity.count)
        header += Self.number(self.type, 2) + Self.number(self.machine, 2) + Self.number(1, 4)
        header += Self.number(0, 8) + Self.number(64, 8) + Self.number(sectionTable, 8) + Self.number(0, 4)
        header += Self.number(64, 2) + Self.number(56, 2) + Self.number(self.segments.count, 2)
        header += Self.number(64, 2) + Self.number(names.count, 2) + Self.number(names.count - 1, 2)
        for (segment, place) in zip(self.segments, segmentPlaces) {
            header += Self.number(segment.type, 4) + Self.number(4, 4) + Self.number(place, 8)
            header += Self.number(0, 16) + Self.number(segment.bytes.count, 8) + Self.number(0, 16)
        }
        let table = places.flatMap { place in
            Self.number(place, 4) + Self.number(1, 4) + Self.number(0, 16) + Self.number(start, 8) + Self.number(0, 32)
        }
        return header + contents + table
    }
}
