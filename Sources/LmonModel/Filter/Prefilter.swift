/// What the lines of records must hold for a filter to match what they tell of: a quick look that passes over most lines
/// without reading them.
///
/// Of every invocation that matches, and of the invocation of every call or log line that does, at least one record's
/// line is a hit. The reverse does not hold: what has a hit is still to be judged. A record of a call may name a later
/// invocation than the one that the call belongs to. Nothing is said of rows that are no invocations; those are few.
package struct Prefilter: Hashable, Sendable {
    /// Bytes that a line holds, as they stand in it.
    package struct Needle: Hashable, Sendable {
        package var bytes: [UInt8] { self.pattern.bytes }
        /// Matches either case of ASCII letters; `bytes` are in lower case then.
        package var ignoresCase: Bool { self.pattern.ignoresCase }
        /// If not empty, one of these bytes comes behind.
        package let next: [UInt8]
        private let pattern: BytePattern

        init(_ bytes: [UInt8], ignoresCase: Bool = false, next: [UInt8] = []) {
            self.pattern = BytePattern(bytes, ignoresCase: ignoresCase)
            self.next = next
        }

        init(_ text: String, ignoresCase: Bool = false, next: String = "") {
            self.init(Array(text.utf8), ignoresCase: ignoresCase, next: Array(next.utf8))
        }

        package func isFound(in line: UnsafeBufferPointer<UInt8>) -> Bool {
            guard var start = line.baseAddress else { return self.bytes.isEmpty && self.next.isEmpty }
            let end = start + line.count
            while let found = self.pattern.find(in: start, end - start) {
                let behind = found + self.bytes.count
                if self.next.isEmpty { return true }
                guard behind < end else { return false }
                if self.next.contains(behind.pointee) { return true }
                start = found + 1
            }
            return false
        }
    }

    /// A line with one of these is a hit.
    package let needles: [Needle]

    package func isHit(_ line: UnsafeBufferPointer<UInt8>) -> Bool { self.needles.contains { $0.isFound(in: line) } }

    package func isHit(_ line: [UInt8]) -> Bool { line.withUnsafeBufferPointer { self.isHit($0) } }
}
