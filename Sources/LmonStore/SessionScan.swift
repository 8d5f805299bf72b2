import Foundation
import GRDB
package import LmonModel
package import LmonRecord

/// A line that contains what was looked for.
package struct ScanHit: Sendable {
    /// The number of its request in this file.
    package let request: Int64
    package let record: LmonRecord.Record
}

extension SessionReading {
    /// The lines of a range of cursors that belong to a request and contain one of `needles`, newest first; of each request
    /// of the range the newest.
    package func scan(_ range: Range<Int64>, for needles: Needles) throws(StoreError) -> [ScanHit] {
        let finder = NeedleFinder(needles)
        return try self.read { database in
            var hits: [ScanHit] = []
            var seen: Set<Int64> = []
            let rows = try Row.fetchCursor(
                database.cachedStatement(
                    sql: "SELECT request, line FROM records WHERE cursor >= ? AND cursor < ? ORDER BY cursor DESC"
                ),
                arguments: [range.lowerBound, range.upperBound]
            )
            while let row = try rows.next() {
                let line = try row.withUnsafeData(atIndex: 1) { data -> [UInt8]? in
                    guard let data else { return nil }
                    return data.withUnsafeBytes { finder.isFound(in: $0) ? [UInt8]($0) : nil }
                }
                guard let line, let request = row[0] as Int64?, seen.insert(request).inserted else { continue }
                guard let record = try? LmonRecord.Record(line: line) else { continue }
                hits.append(ScanHit(request: request, record: record))
            }
            return hits
        }
    }
}

/// Finds bytes in lines, in either case of ASCII letters, sixteen places at a time.
struct NeedleFinder {
    private struct Needle {
        let bytes: [UInt8]
        let first: SIMD16<UInt8>
        let last: SIMD16<UInt8>
        /// Makes a letter's case not count.
        let firstMask: SIMD16<UInt8>
        let lastMask: SIMD16<UInt8>

        init(_ bytes: [UInt8]) {
            self.bytes = bytes
            let (first, last) = (bytes.first ?? 0, bytes.last ?? 0)
            self.first = SIMD16(repeating: first)
            self.last = SIMD16(repeating: last)
            self.firstMask = SIMD16(repeating: NeedleFinder.mask(first))
            self.lastMask = SIMD16(repeating: NeedleFinder.mask(last))
        }
    }

    private let needles: [Needle]

    init(_ needles: Needles) {
        self.needles = needles.texts.map(Needle.init)
    }

    func isFound(in text: UnsafeRawBufferPointer) -> Bool {
        for needle in self.needles where Self.isFound(needle, text) { return true }
        return false
    }

    private static func mask(_ byte: UInt8) -> UInt8 { (97...122).contains(byte) ? 0x20 : 0 }

    private static func isFound(_ needle: Needle, _ text: UnsafeRawBufferPointer) -> Bool {
        let length = needle.bytes.count
        guard length > 0 else { return true }
        let last = text.count - length
        var place = 0
        while place + 15 <= last {
            let front = text.loadUnaligned(fromByteOffset: place, as: SIMD16<UInt8>.self) | needle.firstMask
            let back = text.loadUnaligned(fromByteOffset: place + length - 1, as: SIMD16<UInt8>.self) | needle.lastMask
            let both = (front .== needle.first) .& (back .== needle.last)
            let bits = unsafeBitCast(both, to: SIMD2<UInt64>.self)
            if bits.x | bits.y != 0 {
                for offset in 0..<16 where both[offset] && Self.equal(needle.bytes, text, place + offset) {
                    return true
                }
            }
            place += 16
        }
        while place <= last {
            if Self.equal(needle.bytes, text, place) { return true }
            place += 1
        }
        return false
    }

    private static func equal(_ needle: [UInt8], _ text: UnsafeRawBufferPointer, _ place: Int) -> Bool {
        for index in needle.indices where text[place + index] | Self.mask(needle[index]) != needle[index] {
            return false
        }
        return true
    }
}
