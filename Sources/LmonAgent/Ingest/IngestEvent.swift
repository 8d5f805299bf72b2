import LmonJSON
import LmonRecord

/// `{type, time, invocation?, record, ifFailed?}`: what interceptors send; without the two, what Lambda's telemetry is.
struct IngestEvent {
    let type: RecordType
    /// Nil if it is missing or is no time.
    let time: Timestamp?
    let invocation: String?
    /// `ifFailed`: bodies in it are kept if its invocation fails.
    let waitsForOutcome: Bool
    /// What it was read from.
    let bytes: [UInt8]
    /// Where in `bytes` its record is, which is one JSON value.
    let record: Range<Int>

    /// Offsets in errors count from the start of `bytes`.
    init(_ bytes: [UInt8], in range: Range<Int>) throws(IngestError) {
        do {
            try self.init(scanning: JSONScanner(bytes, in: range), at: range.lowerBound)
        } catch let error as JSONError {
            throw IngestError(reason: error.description, offset: error.offset)
        } catch let error as IngestError {
            throw error
        } catch {
            throw IngestError(reason: "\(error)", offset: range.lowerBound)
        }
    }

    private init(scanning scanner: JSONScanner, at start: Int) throws {
        var scanner = scanner
        var type: RecordType?
        var time: Timestamp?
        var invocation: String?
        var record: Range<Int>?
        var waits = false
        try scanner.beginObject()
        while let key = try scanner.nextKey() {
            switch key {
            case "type": type = try RecordType(&scanner)
            case "time": time = Timestamp(utf8: scanner.bytes, in: try scanner.stringRange())
            case "invocation": invocation = try scanner.null() ? nil : try scanner.string()
            case "record": record = try scanner.skip()
            case "ifFailed": waits = scanner.bytes[try scanner.skip()].first == UInt8(ascii: "t")
            default: try scanner.skip()
            }
        }
        try scanner.finish()
        guard let type, !type.rawValue.isEmpty else { throw IngestError(reason: "\"type\" is missing", offset: start) }
        guard let record else { throw IngestError(reason: "\"record\" is missing", offset: start) }
        self.type = type
        self.time = time
        self.invocation = invocation
        self.waitsForOutcome = waits
        self.bytes = scanner.bytes
        self.record = record
    }

    /// The invocation that a platform event, or a log line that is an object, names in its record.
    var platformRequestID: String? {
        guard self.type.rawValue.hasPrefix("platform.") || self.bytes[self.record].first == UInt8(ascii: "{") else {
            return nil
        }
        var scanner = JSONScanner(self.bytes, in: self.record)
        do {
            try scanner.beginObject()
            while let key = try scanner.nextKey() {
                if key == "requestId" { return try scanner.string() }
                try scanner.skip()
            }
        } catch {
            // It is not an object, or its request id no string: then it names none.
        }
        return nil
    }
}

/// Why an element is not taken.
struct IngestError: Error, CustomStringConvertible {
    let reason: String
    let offset: Int

    var description: String { self.reason }
}

/// The elements of a batch that are not taken: each costs only itself.
struct BrokenElements {
    private(set) var count = 0
    private var first = ""

    mutating func add(_ error: IngestError, at place: TextPosition) {
        self.count += 1
        if self.count == 1 { self.first = "\(place): \(error)" }
    }

    func summary(taken: Int) -> String {
        "\(taken) taken, \(self.count) broken; the first at \(self.first)\n"
    }
}
