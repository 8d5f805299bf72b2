package import LmonRecord

/// A time as signatures carry it.
package struct SigningTime: Hashable, Sendable {
    /// `20261123T100000Z`.
    package let text: String
    /// `20261123`.
    package var day: String { String(self.text.prefix(8)) }

    package init(_ time: Timestamp) {
        let digits = time.utf8.filter { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        let text = String(decoding: digits.prefix(14), as: UTF8.self)
        self.text = "\(text.prefix(8))T\(text.dropFirst(8))Z"
    }
}
