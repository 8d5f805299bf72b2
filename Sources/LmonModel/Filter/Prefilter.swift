internal import CText

/// What the lines of records must hold for a filter to match what they tell of: a quick look that passes over most lines
/// without reading them.
///
/// Of every invocation that matches, and of the invocation of every call or log line that does, at least one record's
/// line is a hit. The reverse does not hold: what has a hit is still to be judged. A record of a call may name a later
/// invocation than the one that the call belongs to. Nothing is said of rows that are no invocations; those are few.
package struct Prefilter: Hashable, Sendable {
    /// Bytes that a line holds, as they stand in it.
    package struct Needle: Hashable, Sendable {
        package let bytes: [UInt8]
        /// Matches either case of ASCII letters; `bytes` are in lower case then.
        package let ignoresCase: Bool
        /// If not empty, one of these bytes comes behind.
        package let next: [UInt8]
        /// Of the byte that is rarest in most text.
        private let anchor: Int

        init(_ bytes: [UInt8], ignoresCase: Bool = false, next: [UInt8] = []) {
            self.bytes = bytes
            self.ignoresCase = ignoresCase
            self.next = next
            let ranks = bytes.enumerated().map { (Self.commonness($0.element), $0.offset) }
            self.anchor = ranks.min { $0 < $1 }?.1 ?? 0
        }

        init(_ text: String, ignoresCase: Bool = false, next: String = "") {
            self.init(Array(text.utf8), ignoresCase: ignoresCase, next: Array(next.utf8))
        }

        package func isFound(in line: UnsafeBufferPointer<UInt8>) -> Bool {
            guard var start = line.baseAddress else { return self.bytes.isEmpty && self.next.isEmpty }
            let end = start + line.count
            while let found = self.find(start, end - start) {
                let behind = found + self.bytes.count
                if self.next.isEmpty { return true }
                guard behind < end else { return false }
                if self.next.contains(behind.pointee) { return true }
                start = found + 1
            }
            return false
        }

        private func find(_ start: UnsafePointer<UInt8>, _ count: Int) -> UnsafePointer<UInt8>? {
            self.ignoresCase
                ? lmon_find_caseless(start, count, self.bytes, self.bytes.count, self.anchor)
                : lmon_find(start, count, self.bytes, self.bytes.count)
        }

        /// Letters as often as they come in URLs, names and JSON; what is no letter is taken for rare.
        private static func commonness(_ byte: UInt8) -> Int {
            Self.common.firstIndex(of: byte).map { Self.common.count - $0 } ?? 0
        }
        private static let common = Array("etaoinsrdcumlphgfyvbkw\"0:,1-./2_34567890 xjqz".utf8)
    }

    /// A line with one of these is a hit.
    package let needles: [Needle]

    package func isHit(_ line: UnsafeBufferPointer<UInt8>) -> Bool { self.needles.contains { $0.isFound(in: line) } }

    package func isHit(_ line: [UInt8]) -> Bool { line.withUnsafeBufferPointer { self.isHit($0) } }
}
