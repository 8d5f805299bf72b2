/// Makes log events of what a process writes: one of each line of a pipe, or of each frame of the telemetry descriptor.
///
/// What has no end yet is kept, up to `maximumLength`; beyond that it comes out in pieces.
struct LogAssembler {
    enum Format: Hashable, Sendable {
        case lines
        /// `0xa55a…` (4 bytes), length (4), microseconds since 1970 (8), all big-endian, then the message.
        case frames
    }

    struct Event: Hashable, Sendable {
        var message: [UInt8]
        /// When the function wrote it, if it says so.
        var microseconds: Int64?
    }

    /// So long that it fits into a record even if every byte is escaped.
    static let maximumLength = 128 * 1024

    private let format: Format
    private var pending: [UInt8] = []

    init(_ format: Format) {
        self.format = format
    }

    var isEmpty: Bool { self.pending.isEmpty }

    mutating func append(_ bytes: some Collection<UInt8>) -> [Event] {
        self.pending.append(contentsOf: bytes)
        switch self.format {
        case .lines: return self.lines()
        case .frames: return self.frames()
        }
    }

    /// What is left, when nothing more is to be expected for now.
    mutating func flush() -> [Event] {
        defer { self.pending = [] }
        return self.pending.isEmpty ? [] : Self.pieces(self.pending[...], nil)
    }

    private mutating func lines() -> [Event] {
        var events: [Event] = []
        var start = 0
        while let end = self.pending[start...].firstIndex(of: UInt8(ascii: "\n")) {
            events += Self.pieces(self.pending[start..<end], nil)
            start = end + 1
        }
        while self.pending.count - start >= Self.maximumLength {
            events.append(Event(message: Array(self.pending[start..<(start + Self.maximumLength)])))
            start += Self.maximumLength
        }
        self.pending.removeFirst(start)
        return events
    }

    private mutating func frames() -> [Event] {
        var events: [Event] = []
        var start = 0
        while self.pending.count - start >= 16 {
            let header = self.pending[start..<(start + 16)]
            guard header.starts(with: [0xA5, 0x5A]) else {
                // Somebody else writes here: better lines than nothing.
                self.pending.removeFirst(start)
                return events + self.lines()
            }
            let length = Int(Self.integer(header.dropFirst(4).prefix(4)))
            guard length <= Self.maximumFrame else {
                self.pending = []
                return events
            }
            guard self.pending.count - start - 16 >= length else { break }
            let time = Int64(bitPattern: Self.integer(header.dropFirst(8)))
            events += Self.pieces(self.pending[(start + 16)..<(start + 16 + length)], time)
            start += 16 + length
        }
        self.pending.removeFirst(start)
        return events
    }

    private static let maximumFrame = 16 * 1024 * 1024

    private static func integer(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Without the line's end.
    private static func pieces(_ message: ArraySlice<UInt8>, _ time: Int64?) -> [Event] {
        var rest = message
        if rest.last == UInt8(ascii: "\n") { rest.removeLast() }
        if rest.last == UInt8(ascii: "\r") { rest.removeLast() }
        var events: [Event] = []
        while rest.count > Self.maximumLength {
            events.append(Event(message: Array(rest.prefix(Self.maximumLength)), microseconds: time))
            rest = rest.dropFirst(Self.maximumLength)
        }
        events.append(Event(message: Array(rest), microseconds: time))
        return events
    }
}
