import Foundation
import LmonJSON
import LmonRecord
import Testing

@testable import LmonAgent

/// What is kept of the records of other senders, by level.
@Suite struct CaptureTests {
    private static let headers = #"[["Accept","a"]]"#
    private static let bodies = #"{"request":{"size":4,"text":"ping"},"response":{"size":2,"base64":"AAE="}}"#
    private static let sizes = #"{"request":{"size":4},"response":{"size":2}}"#

    private static func request(_ call: String) -> String {
        #"{"callId":"\#(call)","method":"GET","url":"https://api.test/","headers":\#(Self.headers)}"#
    }

    private static func response(_ call: String, _ status: Int) -> String {
        #"{"callId":"\#(call)","status":\#(status),"headers":\#(Self.headers)}"#
    }

    private static func end(_ call: String, _ outcome: String = "complete", bodies: String = Self.bodies) -> String {
        #"{"callId":"\#(call)","outcome":"\#(outcome)","bodies":\#(bodies)}"#
    }

    /// A call that went well, one that was answered 404, one that failed, one in the seed's form.
    private static let calls: [(type: RecordType, record: String)] = [
        (.httpRequest, request("1")), (.httpResponse, response("1", 200)), (.httpEnd, end("1")),
        (.httpRequest, request("2")), (.httpResponse, response("2", 404)), (.httpEnd, end("2")),
        (.httpRequest, request("3")), (.httpEnd, end("3", "error")),
        (.httpEnd, end("4", "unread")),
    ]

    @Test(arguments: [
        (CaptureLevel.metadata, false, false), (.headers, true, false), (.errors, true, true), (.bodies, true, true),
        (.all, true, true),
    ])
    func aLevelKeepsHeadersAndBodies(level: CaptureLevel, hasHeaders: Bool, hasBodies: Bool) {
        let senders = OtherSenders(Redaction(), level)
        var waits: [Bool] = []
        for (type, record) in Self.calls {
            let (bytes, isWaiting) = senders.kept(Array(record.utf8), of: type)
            let kept = String(decoding: bytes, as: UTF8.self)
            if type == .httpEnd {
                waits.append(isWaiting)
                #expect(kept.contains("text") == hasBodies)
                #expect(kept.hasSuffix(#""bodies":\#(kept.contains("text") ? Self.bodies : Self.sizes)}"#))
            } else {
                #expect(kept.contains("headers") == hasHeaders)
                #expect(kept.contains("status") == (type == .httpResponse))
            }
        }
        // Of calls that went well `errors` keeps bodies if their invocation fails.
        #expect(waits == (level == .errors ? [true, false, false, true] : [false, false, false, false]))
    }

    @Test(arguments: CaptureLevel.allCases) func onlyAllKeepsEventAndResult(level: CaptureLevel) {
        let senders = OtherSenders(Redaction(), level)
        for type in [RecordType.invocationEvent, .invocationResult] {
            let kept = senders.kept(Array(#"{"size":7,"text":"\"hello\""}"#.utf8), of: type).bytes
            #expect(String(decoding: kept, as: UTF8.self).contains("hello") == (level == .all))
        }
    }

    @Test(arguments: ["", "{", "17", "null", #"{"bodies":7}"#, #"{"bodies":{"request":null},"headers":7}"#])
    func whatIsNotMadeLikeACallDoesNoHarm(record: String) {
        for level in CaptureLevel.allCases {
            let senders = OtherSenders(Redaction(), level)
            for type in [RecordType.httpRequest, .httpResponse, .httpEnd, .invocationEvent] {
                #expect(!senders.kept(Array(record.utf8), of: type).bytes.isEmpty || record.isEmpty)
            }
        }
    }

    /// However a sender says it, what is not to be kept does not stay.
    @Test(arguments: [
        (
            RecordType.httpEnd,
            #"{"callId":"1","bodies":{"request":"hunter2","response":{"size":2,"json":{"a":"hunter2"}}}}"#
        ),
        (.httpEnd, #"{"callId":"1","bodies":"hunter2"}"#), (.httpEnd, #"{"bodies":[{"text":"hunter2"}]}"#),
        (.httpEnd, #"{"bodies":{"request":{"size":{"text":"hunter2"}}}}"#),
        (.httpRequest, #"{"callId":"1","bodies":{"request":{"text":"hunter2"}}}"#),
        (.httpResponse, #"{"callId":"1","bodies":{"response":{"text":"hunter2"}}}"#),
        (.invocationEvent, #""hunter2""#), (.invocationEvent, #"["hunter2"]"#),
        (.invocationResult, #"{"body":"hunter2","outcome":"response"}"#),
    ])
    func bodiesInOtherFormsAreNotKeptEither(type: RecordType, record: String) {
        for level in [CaptureLevel.metadata, .headers] {
            let kept = OtherSenders(Redaction(), level).kept(Array(record.utf8), of: type).bytes
            #expect(!String(decoding: kept, as: UTF8.self).contains("hunter2"), "\(level)")
        }
    }

    /// Bytes as they came, in one of the two orders of UTF-16.
    @Test(arguments: [true, false]) func aSecretInWideCharactersIsFound(isLittle: Bool) {
        let bytes = Array(#"{"password":"hunter2"}"#.utf8)
            .flatMap { (byte: UInt8) -> [UInt8] in isLittle ? [byte, 0] : [0, byte] }
        let record = #"{"callId":"1","bodies":{"request":{"base64":"\#(Data(bytes).base64EncodedString())"}}}"#
        let kept = String(decoding: OtherSenders().kept(Array(record.utf8), of: .httpEnd).bytes, as: UTF8.self)
        #expect(kept == #"{"callId":"1","bodies":{"request":{"redacted":true}}}"#)
    }
}
