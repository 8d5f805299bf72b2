package import LmonJSON
import LmonRecord

/// One invocation as one JSON object on one line; what was not observed is left out.
package enum InvocationJSON {
    /// All of its members.
    package static func write(_ invocation: Invocation, to writer: inout JSONWriter) {
        writer.member("requestId", invocation.requestID)
        writer.member("function", invocation.function)
        writer.member("failed", invocation.state.isFailed)
        self.writeCourse(of: invocation, to: &writer)
        self.member("result", invocation.result, to: &writer)
    }

    /// What happened to it, without what it is called and what came out.
    package static func writeCourse(of invocation: Invocation, to writer: inout JSONWriter) {
        if case .finished(let status) = invocation.state { writer.member("status", status.description) }
        writer.member("environment", invocation.environment)
        writer.member("time", invocation.time)
        writer.member("attempt", invocation.id.attempt > 1 ? invocation.id.attempt : nil)
        writer.member("cold", invocation.isCold)
        writer.member("durationMs", invocation.duration)
        writer.member("billedDurationMs", invocation.billedDuration)
        writer.member("initDurationMs", invocation.initDuration)
        writer.member("memoryUsedMB", invocation.memoryUsed)
        writer.member("memoryLimitMB", invocation.memoryLimit)
        writer.member("errorType", invocation.errorType)
        writer.member("errorMessage", invocation.errorMessage)
        self.member("event", invocation.event, to: &writer)
        writer.array("calls") { calls in
            for call in invocation.calls { calls.object { self.write(call, to: &$0) } }
        }
        writer.array("logs") { logs in
            for line in invocation.logs { logs.string(line.json ?? line.text) }
        }
        if let overhead = invocation.overhead {
            writer.object("lmon") { object in
                object.member("heldMs", overhead.heldMilliseconds)
                object.member("interceptorMs", overhead.interceptorMilliseconds)
                object.member("rssBytes", overhead.residentBytes)
                object.member("shippedBytes", overhead.shippedBytes)
                object.member("records", overhead.records)
            }
        }
        writer.member("omitted", invocation.omitted > 0 ? invocation.omitted : nil)
    }

    package static func write(_ call: Call, to writer: inout JSONWriter) {
        writer.member("callId", call.id)
        writer.member("method", call.method)
        writer.member("url", call.url?.text)
        writer.member("status", call.status)
        writer.member("failed", call.isFailed)
        writer.member("outcome", call.outcome?.description)
        writer.member("time", call.start)
        writer.member("durationMs", call.duration)
        writer.member("service", call.service)
        writer.member("operation", call.operation)
        writer.member("attempt", call.attempt)
        if call.isLate { writer.member("late", true) }
        writer.member("error", call.error?.message)
        writer.member("errorCode", call.error?.code)
        self.write(call.timings, to: &writer)
        self.member("requestHeaders", call.requestHeaders, to: &writer)
        self.member("requestBody", call.requestBody, to: &writer)
        self.member("responseHeaders", call.responseHeaders, to: &writer)
        self.member("responseBody", call.responseBody, to: &writer)
    }

    // MARK: Parts

    private static func write(_ timings: Call.Timings, to writer: inout JSONWriter) {
        guard timings != Call.Timings() else { return }
        writer.object("timings") { object in
            object.member("dns", timings.dns)
            object.member("connect", timings.connect)
            object.member("tls", timings.tls)
            object.member("firstByte", timings.firstByte)
            object.member("end", timings.end)
        }
    }

    /// Pairs, since a name may come twice.
    private static func member(_ name: StaticString, _ headers: [Header]?, to writer: inout JSONWriter) {
        guard let headers else { return }
        writer.array(name) { list in
            for header in headers {
                list.array { pair in
                    pair.string(header.name)
                    pair.string(header.value)
                }
            }
        }
    }

    /// JSON as it is; any other text as a string; the rest as an object with what is known.
    private static func member(_ name: StaticString, _ body: Body?, to writer: inout JSONWriter) {
        guard let body else { return }
        writer.key(name)
        if let text = body.text, !body.isTruncated {
            if let json = self.oneLine(text) { writer.raw(json) } else { writer.string(text) }
            return
        }
        writer.object { object in
            if case .base64(let text) = body.content { object.member("base64", text) }
            object.member("text", body.text)
            object.member("size", body.size)
            if body.isTruncated { object.member("truncated", true) }
            if body.isRedacted { object.member("redacted", true) }
        }
    }

    /// Nil for what is no JSON. White space is all that stands outside of its strings, and no control stands within.
    private static func oneLine(_ text: String) -> [UInt8]? {
        var scanner = JSONScanner(Array(text.utf8))
        do {
            try scanner.skip()
            try scanner.finish()
        } catch { return nil }
        return text.utf8.map { $0 < 0x20 ? 0x20 : $0 }
    }
}
