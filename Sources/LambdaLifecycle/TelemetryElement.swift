package import LambdaWire

/// One event of telemetry, written once for all who subscribe: a JSON object `{time,type,record}` without line feeds.
package struct TelemetryElement: Hashable, Sendable {
    package let kind: TelemetrySubscription.Kind
    /// A log line's record is a string here.
    package let bytes: [UInt8]
    /// The same with an object as its record, where a log line is one; nil elsewhere.
    package let structured: [UInt8]?

    package init(_ kind: TelemetrySubscription.Kind, _ bytes: [UInt8], structured: [UInt8]? = nil) {
        self.kind = kind
        self.bytes = bytes
        self.structured = structured
    }

    /// As a subscriber with that schema gets it.
    package func bytes(for schema: TelemetrySubscription.Schema) -> [UInt8] {
        schema.hasStructuredLogs ? self.structured ?? self.bytes : self.bytes
    }
}

/// What has happened since init began, for extensions that subscribe later. Bounded: the oldest go first.
package struct TelemetryHistory: Sendable {
    package private(set) var elements: [TelemetryElement] = []
    /// What had no room.
    package private(set) var dropped: [TelemetrySubscription.Kind: PlatformEvent.LogsDropped] = [:]
    private var size = 0
    private let limit: Int

    package init(limit: Int = 1 << 20) {
        self.limit = limit
    }

    package mutating func append(_ element: TelemetryElement) {
        self.elements.append(element)
        self.size += element.bytes.count
        guard self.size > self.limit else { return }
        // Down to three quarters, so that not every further one moves all others.
        var count = 0
        while self.size > self.limit / 4 * 3, count < self.elements.count - 1 {
            let oldest = self.elements[count]
            self.size -= oldest.bytes.count
            self.dropped[oldest.kind, default: .none].add(bytes: oldest.bytes.count)
            count += 1
        }
        self.elements.removeFirst(count)
    }

    package mutating func clear() {
        self.elements = []
        self.dropped = [:]
        self.size = 0
    }
}

extension PlatformEvent.LogsDropped {
    mutating func add(bytes: Int, records: Int = 1) {
        self.records += records
        self.bytes += bytes
    }
}
