import LmonJSON
import LmonRecord

/// What has to be done for senders of other makes: their calls are named, their secrets are taken out, and what is not to be
/// kept is left out. Of one environment; used on one loop.
final class OtherSenders: @unchecked Sendable {
    // Unchecked: touched on the core's loop only.
    private var count = 0
    private let redaction: Redaction
    private var capture: CaptureFilter

    init(_ redaction: Redaction = Redaction(), _ capture: CaptureLevel = .all) {
        self.redaction = redaction
        self.capture = CaptureFilter(capture)
    }

    func nextCallID() -> String {
        self.count += 1
        return "ingest-0-\(self.count)"
    }

    static func mayHoldSecrets(_ type: RecordType) -> Bool {
        switch type {
        case .httpRequest, .httpResponse, .httpEnd, .invocationEvent, .invocationResult: true
        default: false
        }
    }

    /// A record as it is kept, and whether its bodies wait for its invocation's outcome; what is no JSON stays as it is.
    func kept(_ record: [UInt8], of type: RecordType) -> (bytes: [UInt8], waits: Bool) {
        guard let value = try? JSONValue(parsing: record) else { return (record, false) }
        let kept = self.redaction.record(self.capture.kept(value, of: type))
        let waits = type == .httpEnd && self.capture.isProvisional(value)
        guard kept != value else { return (record, waits) }
        var writer = JSONWriter(capacity: record.count + 64)
        writer.value(kept)
        return (writer.bytes, waits)
    }
}
