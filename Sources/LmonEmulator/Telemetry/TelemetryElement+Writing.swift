import LambdaLifecycle
import LambdaWire
import LmonJSON
import LmonRecord

extension TelemetryElement {
    /// An event as the Telemetry API tells it; nil for a type that it does not have. `payload` is one JSON value: a log
    /// line's is a string, or an object where functions log JSON.
    init?(_ type: RecordType, at time: EpochTime, payload: [UInt8]) {
        guard let kind = TelemetrySubscription.Kind(type) else { return nil }
        let isStructured = kind != .platform && payload.first == UInt8(ascii: "{")
        guard isStructured else {
            self.init(kind, Self.write(type, time) { $0.raw(payload) })
            return
        }
        // Records are told one a line too. Between JSON's tokens a line feed is a space, and within them there is none.
        let line = payload.map { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") ? UInt8(ascii: " ") : $0 }
        self.init(
            kind,
            Self.write(type, time) { $0.string(utf8: payload) },
            structured: Self.write(type, time) { $0.raw(line) }
        )
    }

    /// The same from what the platform says itself.
    init?(_ type: RecordType, at time: EpochTime, writer: Observation.PayloadWriter) {
        guard let kind = TelemetrySubscription.Kind(type) else { return nil }
        self.init(kind, Self.write(type, time, writer))
    }

    static func logsDropped(_ dropped: PlatformEvent.LogsDropped, at time: EpochTime) -> [UInt8] {
        Self.write(.logsDropped, time) { PlatformEvent.logsDropped(dropped).write(to: &$0, timestamp: Self.put) }
    }

    private static func write(_ type: RecordType, _ time: EpochTime, _ record: (inout JSONWriter) -> Void) -> [UInt8] {
        JSONWriter.object {
            $0.key("time")
            Self.put(time, &$0)
            $0.member("type", type.rawValue)
            $0.key("record")
            record(&$0)
        }
    }

    /// Milliseconds, as Lambda has it.
    private static func put(_ time: EpochTime, _ writer: inout JSONWriter) {
        writer.timestamp(Timestamp(microseconds: time.microseconds / 1000 * 1000))
    }
}

extension TelemetrySubscription.Kind {
    fileprivate init?(_ type: RecordType) {
        switch type {
        case .function: self = .function
        case .extension: self = .extension
        default:
            guard type.rawValue.hasPrefix("platform.") else { return nil }
            self = .platform
        }
    }
}
