/// What the headers of a Linux program say, read as far as they lie within it; anything else is nil.
struct ELFFile {
    let machine: Int
    /// Names a loader, or libraries to load: it depends on the C library of where it runs.
    let isDynamic: Bool
    /// Of the sections; empty if there are none left.
    let sections: Set<String>

    private static let program = 2
    private static let positionIndependent = 3
    private static let interpreter = 3
    private static let dynamic = 2
    private static let needed = 1

    init?(_ bytes: [UInt8]) {
        let fields = Fields(bytes: bytes)
        // 64 bits, little-endian: both of Lambda's are.
        guard bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]), let type = fields[0x10, 2],
            [Self.program, Self.positionIndependent].contains(type), let machine = fields[0x12, 2]
        else { return nil }
        guard let segments = Self.table(fields, offset: 0x20, size: 0x36, count: 0x38, least: 56) else { return nil }
        self.machine = machine
        self.isDynamic = segments.contains { place in
            switch fields[place, 4] {
            case Self.interpreter: return true
            case Self.dynamic: return Self.needsLibraries(fields, place)
            default: return false
            }
        }
        self.sections = Self.sectionNames(fields)
    }

    /// Where the entries of a table begin, which the header describes.
    private static func table(_ fields: Fields, offset: Int, size: Int, count: Int, least: Int) -> [Int]? {
        guard let start = fields[offset, 8], let length = fields[size, 2], let entries = fields[count, 2] else {
            return nil
        }
        guard entries > 0 else { return [] }
        guard length >= least, start <= fields.bytes.count, entries * length <= fields.bytes.count - start else {
            return nil
        }
        return (0..<entries).map { start + $0 * length }
    }

    private static func needsLibraries(_ fields: Fields, _ place: Int) -> Bool {
        guard let start = fields[place + 8, 8], let size = fields[place + 32, 8], start <= fields.bytes.count,
            size <= fields.bytes.count - start
        else { return false }
        return stride(from: start, to: start + size, by: 16).contains { fields[$0, 8] == Self.needed }
    }

    private static func sectionNames(_ fields: Fields) -> Set<String> {
        guard let sections = Self.table(fields, offset: 0x28, size: 0x3A, count: 0x3C, least: 64),
            let index = fields[0x3E, 2], index < sections.count, let names = fields[sections[index] + 24, 8]
        else { return [] }
        return Set(
            sections.compactMap { place -> String? in
                guard let name = fields[place, 4], name < fields.bytes.count, names < fields.bytes.count - name else {
                    return nil
                }
                let bytes = fields.bytes[(names + name)...].prefix { $0 != 0 }.prefix(64)
                return String(decoding: bytes, as: UTF8.self)
            }
        )
    }

    /// Little-endian numbers by their offset; nil if they are not within, or no Int.
    private struct Fields {
        let bytes: [UInt8]

        subscript(offset: Int, size: Int) -> Int? {
            guard offset >= 0, offset <= self.bytes.count, size <= self.bytes.count - offset else { return nil }
            let value = self.bytes[offset..<offset + size].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            return Int(exactly: value)
        }
    }
}
