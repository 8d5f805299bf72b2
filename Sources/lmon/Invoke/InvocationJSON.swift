import LmonJSON
import LmonModel

/// One invocation as one JSON object; what was not observed is left out.
enum InvocationJSON {
    static func bytes(_ result: InvokeResult, function: String, _ invocation: Invocation?) -> [UInt8] {
        JSONWriter.object { writer in
            writer.member("requestId", result.requestID)
            writer.member("function", function)
            writer.member("failed", result.isFailed)
            if let invocation { Self.write(invocation, to: &writer) }
            if (try? JSONValue(parsing: result.body)) != nil {
                writer.member("result", raw: result.body)
            } else if !result.body.isEmpty {
                writer.member("resultText", String(decoding: result.body, as: UTF8.self))
            }
        }
    }

    private static func write(_ invocation: Invocation, to writer: inout JSONWriter) {
        if case .finished(let status) = invocation.state { writer.member("status", status.description) }
        writer.member("environment", invocation.environment)
        writer.member("durationMs", invocation.duration)
        writer.member("billedDurationMs", invocation.billedDuration)
        writer.member("initDurationMs", invocation.initDuration)
        writer.member("memoryUsedMB", invocation.memoryUsed)
        writer.member("memoryLimitMB", invocation.memoryLimit)
        writer.array("calls") { calls in
            for call in invocation.calls { calls.object { Self.write(call, to: &$0) } }
        }
        writer.array("logs") { logs in
            for line in invocation.logs { logs.string(line.json ?? line.text) }
        }
    }

    private static func write(_ call: Call, to writer: inout JSONWriter) {
        writer.member("method", call.method)
        writer.member("url", call.url?.text)
        writer.member("status", call.status)
        writer.member("failed", call.isFailed)
        writer.member("durationMs", call.duration)
        writer.member("error", call.error?.message)
    }
}
