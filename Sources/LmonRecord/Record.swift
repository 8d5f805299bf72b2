package import LmonJSON

/// One line of everything that lmon knows: AWS's telemetry envelope (`time`, `type`, `record`) plus who and which.
///
/// A record is its line. What it is made from is parsed once; sinks pass `line` on byte for byte, so that members and
/// types of a later version survive. `(environment, sequence)` is its identity.
package struct Record: Hashable, Sendable {
    /// The longest line that is read; a longer one is an error of its own (1 MiB).
    package static let maximumLength = 1 << 20

    /// JSON, UTF-8, without the line's end.
    package let line: [UInt8]
    package let environment: String
    /// Counts an environment's records from 1, without a gap.
    package let sequence: Int
    package let function: String
    /// When it happened.
    package let time: Timestamp
    /// When the monitor core saw it.
    package let observed: Timestamp
    package let type: RecordType
    package let requestID: String?
    /// Where in `line` the `record` member lies.
    package let payloadRange: Range<Int>

    package var payload: ArraySlice<UInt8> { self.line[self.payloadRange] }

    /// A scanner that stands at the payload.
    package var scanner: JSONScanner { JSONScanner(self.line, in: self.payloadRange) }

    package static func == (left: Record, right: Record) -> Bool { left.line == right.line }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(self.environment)
        hasher.combine(self.sequence)
    }
}

// MARK: Writing

extension Record {
    /// Numbers an observation.
    package init(_ observation: Observation, sequence: Int, observed: Timestamp) {
        var writer = JSONWriter(capacity: 1024)
        self.init(observation, sequence: sequence, observed: observed, using: &writer)
    }

    /// The same for many: `writer` is used for its memory only.
    package init(_ observation: Observation, sequence: Int, observed: Timestamp, using writer: inout JSONWriter) {
        writer.reset()
        writer.beginObject()
        writer.member("v", 1)
        writer.member("environment", observation.environment)
        writer.member("sequence", sequence)
        writer.member("function", observation.function)
        writer.key("time")
        writer.timestamp(observation.time)
        writer.key("observed")
        writer.timestamp(observed)
        writer.member("type", observation.type.rawValue)
        writer.member("requestId", observation.requestID)
        writer.key("record")
        let start = writer.bytes.count
        observation.writePayload(to: &writer)
        let range = start..<writer.bytes.count
        writer.endObject()
        self.init(
            line: writer.bytes.withUnsafeBufferPointer { Array($0) },
            environment: observation.environment,
            sequence: sequence,
            function: observation.function,
            time: observation.time,
            observed: observed,
            type: observation.type,
            requestID: observation.requestID,
            payloadRange: range
        )
    }
}

extension JSONWriter {
    package mutating func timestamp(_ time: Timestamp) {
        time.withUTF8 { self.string(plain: $0) }
    }

    package mutating func member(_ name: StaticString, _ time: Timestamp?) {
        guard let time else { return }
        self.key(name)
        self.timestamp(time)
    }
}

// MARK: Reading

extension Record {
    /// Reads one line; trailing white space (a CR) is left out of `line`.
    package init(line: [UInt8]) throws(RecordError) {
        guard line.count <= Self.maximumLength else { throw RecordError(.tooLong, at: Self.maximumLength) }
        var envelope = Envelope()
        do {
            try envelope.scan(line)
        } catch {
            throw RecordError(.json(error.code), at: error.offset)
        }
        self = try envelope.record(line: line)
    }
}

/// The members of an envelope as they are found, in any order.
private struct Envelope {
    private var version = 1
    private var environment: String?
    private var sequence: Int?
    private var function: String?
    private var time: Range<Int>?
    private var observed: Range<Int>?
    private var type: RecordType?
    private var requestID: String?
    private var payload: Range<Int>?
    private var end = 0

    mutating func scan(_ line: [UInt8]) throws(JSONError) {
        var scanner = JSONScanner(line)
        try scanner.beginObject()
        while let key = try scanner.nextKey() {
            switch key {
            case "v": self.version = try scanner.int()
            case "environment": self.environment = try scanner.string()
            case "sequence": self.sequence = try scanner.int()
            case "function": self.function = try scanner.string()
            case "time": self.time = try scanner.stringRange()
            case "observed": self.observed = try scanner.stringRange()
            case "type": self.type = try RecordType(&scanner)
            case "requestId": self.requestID = try scanner.null() ? nil : try scanner.string()
            case "record": self.payload = try scanner.skip()
            default: try scanner.skip()
            }
        }
        self.end = scanner.offset
        try scanner.finish()
    }

    func record(line: [UInt8]) throws(RecordError) -> Record {
        guard self.version == 1 else { throw RecordError(.version(self.version), at: 0) }
        guard let environment else { throw RecordError(.missing("environment"), at: 0) }
        guard let sequence else { throw RecordError(.missing("sequence"), at: 0) }
        guard sequence > 0 else { throw RecordError(.invalid("sequence"), at: 0) }
        guard let type else { throw RecordError(.missing("type"), at: 0) }
        guard let time else { throw RecordError(.missing("time"), at: 0) }
        guard let payload else { throw RecordError(.missing("record"), at: 0) }
        guard let instant = Timestamp(utf8: line, in: time) else {
            throw RecordError(.invalid("time"), at: time.lowerBound)
        }
        let observed = try self.observed.map { range throws(RecordError) -> Timestamp in
            guard let instant = Timestamp(utf8: line, in: range) else {
                throw RecordError(.invalid("observed"), at: range.lowerBound)
            }
            return instant
        }
        return Record(
            line: self.end == line.count ? line : Array(line[..<self.end]),
            environment: environment,
            sequence: sequence,
            function: self.function ?? "",
            time: instant,
            observed: observed ?? instant,
            type: type,
            requestID: self.requestID,
            payloadRange: payload
        )
    }
}
