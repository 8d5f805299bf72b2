/// What the first bytes of an image say of it.
struct ImageHeader: Hashable {
    let kind: String
    let width: Int
    let height: Int

    /// Nil if it is no PNG, JPEG, GIF or WebP, or cut before its size.
    init?(_ bytes: [UInt8]) {
        let found = Self.png(bytes) ?? Self.gif(bytes) ?? Self.webp(bytes) ?? Self.jpeg(bytes)
        guard let found else { return nil }
        self = found
    }

    private init(_ kind: String, _ width: Int, _ height: Int) {
        (self.kind, self.width, self.height) = (kind, width, height)
    }

    private static func holds(_ bytes: [UInt8], _ text: StaticString, at index: Int) -> Bool {
        let wanted = text.withUTF8Buffer { Array($0) }
        return bytes.count >= index + wanted.count && Array(bytes[index..<(index + wanted.count)]) == wanted
    }

    private static func big(_ bytes: [UInt8], _ range: Range<Int>) -> Int {
        range.reduce(0) { $0 << 8 | Int(bytes[$1]) }
    }
    private static func little(_ bytes: [UInt8], _ range: Range<Int>) -> Int {
        range.reversed().reduce(0) { $0 << 8 | Int(bytes[$1]) }
    }

    private static func png(_ bytes: [UInt8]) -> ImageHeader? {
        guard bytes.count >= 24, bytes[0] == 0x89, self.holds(bytes, "PNG", at: 1), self.holds(bytes, "IHDR", at: 12)
        else { return nil }
        return ImageHeader("image/png", self.big(bytes, 16..<20), self.big(bytes, 20..<24))
    }

    private static func gif(_ bytes: [UInt8]) -> ImageHeader? {
        guard bytes.count >= 10, self.holds(bytes, "GIF8", at: 0) else { return nil }
        return ImageHeader("image/gif", self.little(bytes, 6..<8), self.little(bytes, 8..<10))
    }

    private static func webp(_ bytes: [UInt8]) -> ImageHeader? {
        guard bytes.count >= 30, self.holds(bytes, "RIFF", at: 0), self.holds(bytes, "WEBP", at: 8) else { return nil }
        if self.holds(bytes, "VP8X", at: 12) {
            return ImageHeader("image/webp", self.little(bytes, 24..<27) + 1, self.little(bytes, 27..<30) + 1)
        }
        if self.holds(bytes, "VP8L", at: 12) {
            let bits = self.little(bytes, 21..<25)
            return ImageHeader("image/webp", bits & 0x3FFF + 1, bits >> 14 & 0x3FFF + 1)
        }
        guard self.holds(bytes, "VP8 ", at: 12) else { return nil }
        return ImageHeader("image/webp", self.little(bytes, 26..<28) & 0x3FFF, self.little(bytes, 28..<30) & 0x3FFF)
    }

    /// Its segments, up to the one that begins a frame.
    private static func jpeg(_ bytes: [UInt8]) -> ImageHeader? {
        guard bytes.count > 4, bytes[0] == 0xFF, bytes[1] == 0xD8 else { return nil }
        var index = 2
        while index + 9 <= bytes.count, bytes[index] == 0xFF {
            let marker = bytes[index + 1]
            let isFrame = (0xC0...0xCF).contains(marker) && ![0xC4, 0xC8, 0xCC].contains(marker)
            if isFrame {
                let (height, width) = (
                    self.big(bytes, (index + 5)..<(index + 7)), self.big(bytes, (index + 7)..<(index + 9))
                )
                return ImageHeader("image/jpeg", width, height)
            }
            let length = self.big(bytes, (index + 2)..<(index + 4))
            guard length >= 2 else { return nil }
            index += 2 + length
        }
        return nil
    }
}
