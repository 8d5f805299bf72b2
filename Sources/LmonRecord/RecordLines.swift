import LmonJSON

/// Cuts a stream of bytes into records, one a line (NDJSON); a broken line is reported in its place and the rest goes on.
///
/// Blank lines are passed over. A line longer than a record may be is dropped as it comes, so that memory stays bounded.
package struct RecordLines: Sendable {
    package typealias Element = Result<Record, BrokenLineError>

    private var pending: [UInt8] = []
    private var isOverlong = false
    private var lineNumber = 0

    package init() {}

    /// The records and broken lines that `bytes` complete, in order.
    package mutating func append(_ bytes: some Collection<UInt8>) -> [Element] {
        // Once for the whole, since what is generic is slow from another module.
        let elements = bytes.withContiguousStorageIfAvailable { self.append(buffer: $0) }
        return elements ?? Array(bytes).withUnsafeBufferPointer { self.append(buffer: $0) }
    }

    private mutating func append(buffer: UnsafeBufferPointer<UInt8>) -> [Element] {
        var elements: [Element] = []
        var start = 0
        for end in buffer.indices where buffer[end] == UInt8(ascii: "\n") {
            self.take(UnsafeBufferPointer(rebasing: buffer[start..<end]))
            if let element = self.endLine() { elements.append(element) }
            start = end + 1
        }
        self.take(UnsafeBufferPointer(rebasing: buffer[start...]))
        return elements
    }

    /// The last line, if the stream ended without a line's end.
    package mutating func finish() -> Element? {
        self.pending.isEmpty && !self.isOverlong ? nil : self.endLine()
    }

    private mutating func take(_ part: UnsafeBufferPointer<UInt8>) {
        guard !self.isOverlong else { return }
        self.pending.append(contentsOf: part)
        // One byte more than a record may have proves it too long.
        guard self.pending.count > Record.maximumLength + 1 else { return }
        self.isOverlong = true
        self.pending = []
    }

    private mutating func endLine() -> Element? {
        self.lineNumber += 1
        // A CR belongs to the line's end, and does not count.
        if self.pending.last == UInt8(ascii: "\r") { self.pending.removeLast() }
        let line = self.pending
        let isOverlong = self.isOverlong
        self.pending = []
        self.isOverlong = false
        if isOverlong { return .failure(self.broken(RecordError(.tooLong, at: Record.maximumLength))) }
        guard line.contains(where: { $0 > 0x20 }) else { return nil }
        do {
            return .success(try Record(line: line))
        } catch {
            return .failure(self.broken(error))
        }
    }

    private func broken(_ error: RecordError) -> BrokenLineError {
        BrokenLineError(position: TextPosition(line: self.lineNumber, column: error.offset + 1), error: error)
    }
}
