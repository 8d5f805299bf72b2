internal import CText

/// Bytes to be found in text, from one of their rarest to the next.
struct BytePattern: Hashable, Sendable {
    /// In lower case where case does not count.
    let bytes: [UInt8]
    /// Either case of ASCII letters matches.
    let ignoresCase: Bool
    /// Of the byte that is rarest in most text.
    private let anchor: Int

    init(_ bytes: [UInt8], ignoresCase: Bool) {
        self.bytes = bytes
        self.ignoresCase = ignoresCase
        let ranks = bytes.enumerated().map { (Self.commonness($0.element), $0.offset) }
        self.anchor = ranks.min { $0 < $1 }?.1 ?? 0
    }

    /// Where they begin first.
    func find(in start: UnsafePointer<UInt8>, _ count: Int) -> UnsafePointer<UInt8>? {
        self.ignoresCase
            ? lmon_find_caseless(start, count, self.bytes, self.bytes.count, self.anchor)
            : lmon_find(start, count, self.bytes, self.bytes.count, self.anchor)
    }

    /// Letters as often as they come in URLs, names and JSON; what is no letter is taken for rare.
    private static func commonness(_ byte: UInt8) -> Int {
        Self.common.firstIndex(of: byte).map { Self.common.count - $0 } ?? 0
    }
    private static let common = Array("etaoinsrdcumlphgfyvbkw\"0:,1-./2_34567890 xjqz".utf8)
}
