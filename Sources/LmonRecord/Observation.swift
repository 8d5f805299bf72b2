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
    /// The `record` member: one JSON value.
    package var payload: [UInt8]

    package init(
        environment: String,
        function: String,
        time: Timestamp,
        type: RecordType,
        requestID: String? = nil,
        payload: [UInt8]
    ) {
        self.environment = environment
        self.function = function
        self.time = time
        self.type = type
        self.requestID = requestID
        self.payload = payload
    }
}
