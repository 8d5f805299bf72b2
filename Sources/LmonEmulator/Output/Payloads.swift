import LambdaLifecycle
import LambdaWire
import LmonJSON
import LmonRecord

/// The payloads of what the emulator observes.
enum Payload {
    /// The longest body that an observation carries: it fits into a record even if every byte is escaped.
    static let bodyLimit = 128 * 1024

    /// A line that the function wrote: an object if it logs JSON, else a string.
    static func logLine(_ message: [UInt8], isJSON: Bool) -> [UInt8] {
        if isJSON, message.first == UInt8(ascii: "{"), ReportedError.isJSON(message) { return message }
        var writer = JSONWriter(capacity: message.count + 16)
        writer.string(utf8: message)
        return writer.bytes
    }

    static func write(_ invocation: Invocation, deadline: EpochTime, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.body(invocation.event)
        writer.member("contentType", invocation.contentType)
        writer.member("deadlineMs", Int(deadline.milliseconds))
        writer.member("invokedFunctionArn", invocation.functionARN)
        if invocation.isAsynchronous {
            writer.member("asynchronous", true)
            writer.member("attempt", invocation.attempt)
        }
        writer.endObject()
    }

    static func write(_ outcome: Outcome, to writer: inout JSONWriter) {
        writer.object {
            switch outcome {
            case .success(let body, let contentType):
                $0.member("outcome", "response")
                $0.body(body)
                $0.member("contentType", contentType)
            case .functionError(let body, let contentType):
                $0.member("outcome", "error")
                $0.body(body)
                $0.member("contentType", contentType)
            case .refused(let error):
                $0.member("outcome", "refused")
                $0.member("errorType", error.type)
                $0.member("errorMessage", error.message)
            }
        }
    }

    static func shutdown(_ reason: ShutdownReason, deadline: EpochTime) -> [UInt8] {
        JSONWriter.object {
            $0.member("reason", reason.rawValue)
            $0.member("deadlineMs", Int(deadline.milliseconds))
        }
    }

    static func exit(_ status: String) -> [UInt8] {
        JSONWriter.object { $0.member("exit", status) }
    }

    static let empty = Array("{}".utf8)
}

extension JSONWriter {
    /// The members of a body: its text, or base64 where it is no text, and its size.
    mutating func body(_ body: [UInt8]) {
        let kept = body.count > Payload.bodyLimit ? Array(body.prefix(Payload.bodyLimit)) : body
        if let text = Self.text(kept, isCut: kept.count < body.count) {
            self.member("text", text)
        } else {
            self.member("base64", Base64.encode(kept))
        }
        self.member("size", body.count)
        if kept.count < body.count { self.member("truncated", true) }
    }

    /// A cut may go through a character, of which at most three bytes are then left.
    private static func text(_ bytes: [UInt8], isCut: Bool) -> String? {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        guard isCut else { return nil }
        for lost in 1...3 {
            if let text = String(validating: bytes.dropLast(lost), as: UTF8.self) { return text }
        }
        return nil
    }
}

extension EpochTime {
    var timestamp: Timestamp { Timestamp(microseconds: self.microseconds) }

    /// ISO 8601 with milliseconds, as AWS writes times within payloads.
    var iso8601: [UInt8] { Timestamp(microseconds: self.microseconds / 1000 * 1000).utf8 }
}
