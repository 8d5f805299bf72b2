package import LmonRecord
package import LmonSpool

/// Reads the bytes of a collector's stream. Records are held until the mark behind them has come, so that a connection that
/// breaks between them makes nothing come twice: whatever was not marked is sent again.
package struct CollectorStream: Sendable {
    package enum Element: Sendable {
        /// Records, none or some, up to a mark.
        case piece([Record], StreamMark)
        /// A line that is neither; it is passed over.
        case broken(RecordError)
    }

    private var pending: [UInt8] = []
    private var records: [Record] = []
    private var isOverlong = false

    package init() {}

    /// What `bytes` complete, in order.
    package mutating func append(_ bytes: [UInt8]) -> [Element] {
        var elements: [Element] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            self.take(rest[..<end])
            if let element = self.endLine() { elements.append(element) }
            rest = rest[(end + 1)...]
        }
        self.take(rest)
        return elements
    }

    private mutating func take(_ part: ArraySlice<UInt8>) {
        guard !self.isOverlong else { return }
        self.pending += part
        guard self.pending.count > Record.maximumLength + 1 else { return }
        self.isOverlong = true
        self.pending = []
    }

    private mutating func endLine() -> Element? {
        let line = self.pending
        defer {
            self.pending = []
            self.isOverlong = false
        }
        guard !self.isOverlong else { return .broken(RecordError(.tooLong, at: Record.maximumLength)) }
        guard !line.isEmpty else { return nil }
        if line.starts(with: #"{"cursor":"#.utf8), let mark = StreamMark(line: line) {
            defer { self.records = [] }
            return .piece(self.records, mark)
        }
        do {
            self.records.append(try Record(line: line))
            return nil
        } catch {
            return .broken(error)
        }
    }
}
