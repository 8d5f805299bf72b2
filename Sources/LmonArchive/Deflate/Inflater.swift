/// Inflates a stream piece by piece, up to a limit, so that a small body cannot fill the memory.
package struct Inflater: ~Copyable {
    private var stream: ZlibStream
    private let format: DeflateFormat
    private let limit: Int
    private var produced = 0
    /// The stream has ended, with its checksum right where the format has one.
    package private(set) var hasEnded = false

    /// Throws `tooLarge` as soon as more than `limit` bytes come out.
    package init(_ format: DeflateFormat, limit: Int) throws(ArchiveError) {
        self.stream = try ZlibStream(inflating: format)
        self.format = format
        self.limit = limit
    }

    /// What these bytes add. One gzip stream may follow another, as the format says; anything else after the end throws.
    package mutating func write(_ bytes: some Collection<UInt8>) throws(ArchiveError) -> [UInt8] {
        var output: [UInt8] = []
        var rest = Array(bytes)[...]
        while true {
            if self.hasEnded {
                guard !rest.isEmpty else { return output }
                guard self.format == .gzip else { throw ArchiveError(.trailingBytes) }
                try self.beginNext(rest)
            }
            let step = try self.stream.step(rest, finishes: false, into: &output)
            rest = rest.dropFirst(step.taken)
            guard self.produced + output.count <= self.limit else { throw ArchiveError(.tooLarge(limit: self.limit)) }
            self.hasEnded = step.hasEnded
            guard step.isFull || step.hasEnded || !rest.isEmpty else { break }
        }
        self.produced += output.count
        return output
    }

    /// Nothing follows: throws if the stream has not ended.
    package func finish() throws(ArchiveError) {
        guard self.hasEnded else { throw ArchiveError(.truncated) }
    }

    private mutating func beginNext(_ bytes: ArraySlice<UInt8>) throws(ArchiveError) {
        guard bytes.first == 0x1F else { throw ArchiveError(.trailingBytes) }
        try self.stream.reset()
        self.hasEnded = false
    }
}
