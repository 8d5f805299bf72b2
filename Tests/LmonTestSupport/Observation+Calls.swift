package import LmonRecord

/// HTTP calls as an interceptor tells of them. A call's records carry the request id of where it started.
extension Observation {
    package static func request(
        _ callID: String,
        in requestID: String?,
        _ method: String = "GET",
        _ url: String = "https://api.test/users/4",
        attempt: Int = 1,
        headers: String = #"[["accept","application/json"]]"#,
        at milliseconds: Double = 10
    ) -> Observation {
        let payload =
            #"{"callId":"\#(callID)","method":"\#(method)","url":"\#(url)","headers":\#(headers),"client":"node:undici","attempt":\#(attempt)}"#
        return .make(.httpRequest, requestID, at: milliseconds, payload)
    }

    package static func response(
        _ callID: String,
        in requestID: String?,
        _ status: Int = 200,
        reused: Bool = true,
        firstByte: Double = 30,
        at milliseconds: Double = 40
    ) -> Observation {
        let connection = #"{"id":"1-0-1","reused":\#(reused),"remote":"127.0.0.1:443"}"#
        let payload =
            #"{"callId":"\#(callID)","status":\#(status),"version":"1.1","headers":[["content-type","application/json"]],"timings":{"firstByte":\#(firstByte)},"connection":\#(connection)}"#
        return .make(.httpResponse, requestID, at: milliseconds, payload)
    }

    /// `body` is the response's, as JSON text.
    package static func end(
        _ callID: String,
        in requestID: String?,
        _ outcome: String = "complete",
        body: String = #"{\"name\":\"Ada\"}"#,
        firstByte: Double = 30,
        end: Double = 41,
        at milliseconds: Double = 51
    ) -> Observation {
        let bodies = #"{"response":{"text":"\#(body)","size":1234}}"#
        let payload =
            #"{"callId":"\#(callID)","outcome":"\#(outcome)","bodies":\#(bodies),"sizes":{"request":0,"response":1234},"timings":{"firstByte":\#(firstByte),"end":\#(end)}}"#
        return .make(.httpEnd, requestID, at: milliseconds, payload)
    }

    package static func failedEnd(
        _ callID: String,
        in requestID: String?,
        phase: String = "connect",
        code: String = "ECONNREFUSED",
        at milliseconds: Double = 51
    ) -> Observation {
        let payload =
            #"{"callId":"\#(callID)","outcome":"error","phase":"\#(phase)","code":"\#(code)","message":"connect failed","timings":{"end":41},"sizes":{"request":0,"response":0}}"#
        return .make(.httpEnd, requestID, at: milliseconds, payload)
    }

    /// A call that starts at `milliseconds` and is answered in full after `duration`.
    package static func call(
        _ callID: String,
        in requestID: String?,
        _ method: String = "GET",
        _ url: String = "https://api.test/users/4",
        status: Int = 200,
        attempt: Int = 1,
        reused: Bool = true,
        body: String = #"{\"name\":\"Ada\"}"#,
        at milliseconds: Double = 10,
        duration: Double = 40
    ) -> [Observation] {
        [
            .request(callID, in: requestID, method, url, attempt: attempt, at: milliseconds),
            .response(
                callID,
                in: requestID,
                status,
                reused: reused,
                firstByte: duration * 0.75,
                at: milliseconds + duration * 0.75
            ),
            .end(
                callID,
                in: requestID,
                body: body,
                firstByte: duration * 0.75,
                end: duration,
                at: milliseconds + duration
            ),
        ]
    }

    /// A whole invocation of one call.
    package static func invocation(_ requestID: String, at milliseconds: Double = 0) -> [Observation] {
        [.event(requestID, at: milliseconds), .start(requestID, at: milliseconds)]
            + Self.call("\(requestID)-1", in: requestID, at: milliseconds + 10)
            + [
                .log(requestID, "done", at: milliseconds + 60),
                .result(requestID, at: milliseconds + 183),
                .runtimeDone(requestID, at: milliseconds + 184),
                .report(requestID, at: milliseconds + 187),
            ]
    }

    /// How an environment begins.
    package static let initialization: [Observation] = [
        .environment(), .initStart(), .interceptor(), .agent(), .initReport(),
    ]
}
