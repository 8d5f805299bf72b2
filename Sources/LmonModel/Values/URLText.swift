/// A URL as it was called, with the places where its parts lie. Anything is accepted: a URL that no parser would take
/// was still called.
package struct URLText: Hashable, Sendable, CustomStringConvertible {
    package let text: String
    private let hostStart: Int
    private let hostEnd: Int
    private let queryStart: Int

    package init(_ text: String) {
        self.text = text
        var text = text
        (self.hostStart, self.hostEnd, self.queryStart) = text.withUTF8 { Self.places(in: $0) }
    }

    package var description: String { self.text }

    /// Host and port, without user and password.
    package var host: Substring { self.part(self.hostStart, self.hostEnd) }
    package var path: Substring { self.part(self.hostEnd, self.queryStart) }
    /// With its question mark; empty if there is none.
    package var query: Substring { self.part(self.queryStart, self.text.utf8.count) }
    /// `api.test/users/4?x=1`: what a list shows.
    package var short: Substring { self.part(self.hostStart, self.text.utf8.count) }
    package var isSecure: Bool { self.text.hasPrefix("https:") || self.text.hasPrefix("wss:") }

    private func part(_ start: Int, _ end: Int) -> Substring {
        let utf8 = self.text.utf8
        return self.text[utf8.index(utf8.startIndex, offsetBy: start)..<utf8.index(utf8.startIndex, offsetBy: end)]
    }

    /// Where the host begins and ends, and where the query begins.
    private static func places(in utf8: UnsafeBufferPointer<UInt8>) -> (Int, Int, Int) {
        func first(from start: Int, _ matches: (UInt8) -> Bool) -> Int {
            utf8[start...].firstIndex(where: matches) ?? utf8.count
        }
        func isEnd(_ byte: UInt8) -> Bool { byte == 0x2F || byte == 0x3F || byte == 0x23 }
        var authority = 0
        let colon = first(from: 0) { $0 == UInt8(ascii: ":") || isEnd($0) }
        if colon + 2 < utf8.count, utf8[colon] == 0x3A, utf8[colon + 1] == 0x2F, utf8[colon + 2] == 0x2F {
            authority = colon + 3
        }
        let hostEnd = first(from: authority, isEnd)
        let user = utf8[authority..<hostEnd].lastIndex(of: UInt8(ascii: "@"))
        return (user.map { $0 + 1 } ?? authority, hostEnd, first(from: hostEnd) { $0 == 0x3F || $0 == 0x23 })
    }
}
