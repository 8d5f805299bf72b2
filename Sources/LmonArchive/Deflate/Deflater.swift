/// Deflates a stream piece by piece. The same pieces at the same level always give the same bytes, of one version of zlib.
package struct Deflater: ~Copyable {
    /// The smallest result that zlib can make.
    package static let smallest = 9

    private var stream: ZlibStream

    package init(_ format: DeflateFormat, level: Int = Self.smallest) throws(ArchiveError) {
        self.stream = try ZlibStream(deflating: format, level: level)
    }

    /// What is ready after these bytes; the rest comes with later ones or the end.
    package mutating func write(_ bytes: some Collection<UInt8>) throws(ArchiveError) -> [UInt8] {
        try self.run(bytes, finishes: false)
    }

    /// The rest. The deflater can be used for another stream after that.
    package mutating func finish() throws(ArchiveError) -> [UInt8] {
        let rest = try self.run([], finishes: true)
        try self.stream.reset()
        return rest
    }

    private mutating func run(_ bytes: some Collection<UInt8>, finishes: Bool) throws(ArchiveError) -> [UInt8] {
        var output: [UInt8] = []
        var rest = Array(bytes)[...]
        while true {
            let step = try self.stream.step(rest, finishes: finishes, into: &output)
            rest = rest.dropFirst(step.taken)
            let isDone = finishes ? step.hasEnded : rest.isEmpty && !step.isFull
            if isDone { return output }
        }
    }
}
