package import LmonJSON

/// What somebody saw happen in an execution environment, before the monitor core has numbered it.
package struct Observation: Hashable, Sendable {
    /// Names one execution environment (a ULID).
    package var environment: String
    package var function: String
    /// When it happened.
    package var time: Timestamp
    package var type: RecordType
    /// The invocation that it belongs to; nil during init and for the environment itself.
    package var requestID: String?
    /// The end of a call whose bodies are kept only if its invocation fails; not a part of the record.
    package var waitsForOutcome = false
    private var content: Content

    private enum Content {
        /// A part of bytes that others may share.
        case bytes([UInt8], Range<Int>)
        case writer(PayloadWriter)
    }

    /// Writes one JSON value; called when somebody asks for it, with the same result each time.
    package typealias PayloadWriter = @Sendable (inout JSONWriter) -> Void

    /// The payload is `bytes`, or the part of them in `range`; it keeps all of them.
    package init(
        environment: String,
        function: String,
        time: Timestamp,
        type: RecordType,
        requestID: String? = nil,
        payload bytes: [UInt8],
        in range: Range<Int>? = nil
    ) {
        self.environment = environment
        self.function = function
        self.time = time
        self.type = type
        self.requestID = requestID
        self.content = .bytes(bytes, range ?? 0..<bytes.count)
    }

    /// The same with a payload that is written later, when there is time for it.
    package init(
        environment: String,
        function: String,
        time: Timestamp,
        type: RecordType,
        requestID: String? = nil,
        writer: @escaping PayloadWriter
    ) {
        self.init(
            environment: environment,
            function: function,
            time: time,
            type: type,
            requestID: requestID,
            payload: []
        )
        self.content = .writer(writer)
    }

    /// The `record` member: one JSON value.
    package var payload: [UInt8] {
        get {
            switch self.content {
            case .bytes(let bytes, let range): return range.count == bytes.count ? bytes : Array(bytes[range])
            case .writer(let write):
                var writer = JSONWriter()
                write(&writer)
                return writer.bytes
            }
        }
        set { self.content = .bytes(newValue, 0..<newValue.count) }
    }

    /// A scanner that stands at the payload.
    package var scanner: JSONScanner {
        if case .bytes(let bytes, let range) = self.content { return JSONScanner(bytes, in: range) }
        return JSONScanner(self.payload)
    }

    func writePayload(to writer: inout JSONWriter) {
        switch self.content {
        case .bytes(let bytes, let range): writer.raw(bytes, in: range)
        case .writer(let write): write(&writer)
        }
    }

    package static func == (left: Observation, right: Observation) -> Bool {
        left.environment == right.environment && left.function == right.function && left.time == right.time
            && left.type == right.type && left.requestID == right.requestID && left.payload == right.payload
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(self.environment)
        hasher.combine(self.time)
        hasher.combine(self.type)
    }
}
