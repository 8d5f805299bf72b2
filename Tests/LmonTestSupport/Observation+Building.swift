package import LmonRecord

/// What a test says instead of JSON: `.start("r1")`, `.report("r1", "timeout")`. Times are milliseconds after
/// `Timestamp.testOrigin`; everything is in environment `Observation.testEnvironment` unless told otherwise.
extension Observation {
    package static let testEnvironment = "01KAR0000000000000000000A3"

    package static func make(
        _ type: RecordType,
        _ requestID: String?,
        at milliseconds: Double,
        _ payload: String = "{}"
    ) -> Observation {
        Observation(
            environment: Self.testEnvironment,
            function: "orders",
            time: .test(milliseconds),
            type: type,
            requestID: requestID,
            payload: Array(payload.utf8)
        )
    }

    package func `in`(_ environment: String) -> Observation {
        var copy = self
        copy.environment = environment
        return copy
    }

    package func of(_ function: String) -> Observation {
        var copy = self
        copy.function = function
        return copy
    }

    // MARK: Environment

    package static func environment(at milliseconds: Double = -330, runtime: String = "nodejs22.x") -> Observation {
        let payload = #"{"functionName":"orders","runtime":"\#(runtime)","memorySizeMB":256,"region":"eu-west-1"}"#
        return .make(.environment, nil, at: milliseconds, payload)
    }

    package static func initStart(at milliseconds: Double = -329, phase: String = "init") -> Observation {
        let payload = #"{"initializationType":"on-demand","phase":"\#(phase)","runtimeVersion":"nodejs:22.v72"}"#
        return .make(.initStart, nil, at: milliseconds, payload)
    }

    package static func interceptor(at milliseconds: Double = -200, loadMs: Double = 6) -> Observation {
        .make(.interceptor, nil, at: milliseconds, #"{"language":"node","version":"22","loadMs":\#(loadMs)}"#)
    }

    package static func agent(at milliseconds: Double = -5) -> Observation {
        .make(.agent, nil, at: milliseconds, #"{"readyMs":3,"telemetry":true}"#)
    }

    package static func initReport(
        at milliseconds: Double = -2,
        _ status: String = "success",
        durationMs: Double = 327
    ) -> Observation {
        let payload =
            #"{"initializationType":"on-demand","phase":"init","status":"\#(status)","metrics":{"durationMs":\#(durationMs)}}"#
        return .make(.initReport, nil, at: milliseconds, payload)
    }

    package static func freeze(at milliseconds: Double) -> Observation { .make(.freeze, nil, at: milliseconds) }
    package static func thaw(at milliseconds: Double) -> Observation { .make(.thaw, nil, at: milliseconds) }

    package static func shutdown(_ reason: String = "spindown", at milliseconds: Double) -> Observation {
        .make(.shutdown, nil, at: milliseconds, #"{"reason":"\#(reason)"}"#)
    }

    // MARK: Invocation

    package static func start(_ requestID: String, at milliseconds: Double = 0) -> Observation {
        .make(.start, requestID, at: milliseconds, #"{"requestId":"\#(requestID)","version":"$LATEST"}"#)
    }

    package static func event(
        _ requestID: String,
        _ text: String = #"{"order":4}"#,
        at milliseconds: Double = 0
    ) -> Observation {
        let payload = #"{"text":\#(quoted(text)),"size":\#(text.utf8.count),"deadlineMs":1795430524000}"#
        return .make(.invocationEvent, requestID, at: milliseconds, payload)
    }

    package static func result(
        _ requestID: String,
        _ text: String = #"{"ok":true}"#,
        outcome: String = "response",
        at milliseconds: Double = 183
    ) -> Observation {
        let payload = #"{"outcome":"\#(outcome)","text":\#(quoted(text)),"size":\#(text.utf8.count)}"#
        return .make(.invocationResult, requestID, at: milliseconds, payload)
    }

    package static func handlerError(_ requestID: String, at milliseconds: Double = 183) -> Observation {
        let text = #"{"errorType":"TypeError","errorMessage":"x is not a function","trace":[]}"#
        return .result(requestID, text, outcome: "error", at: milliseconds)
    }

    package static func runtimeDone(
        _ requestID: String,
        _ status: String = "success",
        at milliseconds: Double = 184,
        durationMs: Double = 184
    ) -> Observation {
        let spans = #"[{"name":"responseDuration","start":"2026-11-23T10:42:01.180Z","durationMs":3}]"#
        let payload =
            #"{"requestId":"\#(requestID)","status":"\#(status)","metrics":{"durationMs":\#(durationMs),"producedBytes":31},"spans":\#(spans)}"#
        return .make(.runtimeDone, requestID, at: milliseconds, payload)
    }

    package static func report(
        _ requestID: String,
        _ status: String = "success",
        at milliseconds: Double = 187,
        durationMs: Double = 187,
        initDurationMs: Double? = nil,
        memoryUsed: Int = 88,
        memoryLimit: Int = 256
    ) -> Observation {
        let cold = initDurationMs.map { #","initDurationMs":\#($0)"# } ?? ""
        let metrics =
            #"{"durationMs":\#(durationMs),"billedDurationMs":\#(Int(durationMs.rounded(.up))),"memorySizeMB":\#(memoryLimit),"maxMemoryUsedMB":\#(memoryUsed)\#(cold)}"#
        let spans = #"[{"name":"extensionOverhead","start":"2026-11-23T10:42:01.184Z","durationMs":0.4}]"#
        let payload =
            #"{"requestId":"\#(requestID)","status":"\#(status)","metrics":\#(metrics),"spans":\#(spans)}"#
        return .make(.report, requestID, at: milliseconds, payload)
    }

    package static func log(_ requestID: String?, _ text: String, at milliseconds: Double = 1) -> Observation {
        .make(.function, requestID, at: milliseconds, quoted(text))
    }
}

/// `text` as a JSON string.
private func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": result += #"\""#
        case "\\": result += #"\\"#
        case _ where scalar.value < 0x20:
            let digits = String(scalar.value, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}

extension Timestamp {
    /// 2026-11-23T10:42:01.000Z
    package static let testOrigin = Timestamp(microseconds: 1_795_430_521_000_000)

    package static func test(_ milliseconds: Double) -> Timestamp { Self.testOrigin.adding(milliseconds: milliseconds) }
}
