import LmonModel
import LmonRecord
import LmonUI

/// The session of the design's drawing.
enum Sample {
    static let configuration: UIConfiguration = {
        var configuration = UIConfiguration(source: "emulator ./demo")
        configuration.views = ListView.allCases
        configuration.functions = ["orders", "payment", "thumbs"]
        configuration.invokeURL = "http://127.0.0.1:9000"
        return configuration
    }()

    static let environment = "01KAEXAMPLE0000000000000A3"

    static func time(_ text: String) -> Timestamp {
        guard let time = Timestamp("2026-11-23T\(text)Z") else { preconditionFailure(text) }
        return time
    }

    static func id(_ request: String, environment: String = Sample.environment) -> InvocationID {
        InvocationID(environment: environment, requestID: "\(request)-0000-4000-8000-0000000000e1")
    }

    static let totals: SessionTotals = {
        var totals = SessionTotals()
        totals.records = 1_204
        totals.invocations = 128
        totals.failed = 2
        totals.cold = 3
        totals.p95 = 212
        totals.lag = 8
        totals.functions = ["orders", "payment", "thumbs"]
        totals.lastRecordTime = Sample.time("10:42:11.400")
        return totals
    }()

    static func invocation(
        _ request: String,
        _ function: String,
        at time: String,
        _ state: InvocationState,
        duration: Double? = nil,
        calls: Int = 0,
        failedCalls: Int = 0,
        note: String? = nil
    ) -> ListRow {
        .invocation(
            InvocationSummary(
                id: self.id(request),
                function: function,
                time: self.time(time),
                state: state,
                duration: duration,
                deadline: state.isInFlight ? self.time(time).adding(milliseconds: 3_000) : nil,
                calls: calls,
                failedCalls: failedCalls,
                note: note
            )
        )
    }

    static func lifecycle(_ sequence: Int, at time: String, _ parts: [String], failed: Bool = false) -> ListRow {
        let isInit = parts.contains { $0.hasPrefix("init") }
        return .lifecycle(
            LifecycleEvent(
                id: .event(environment: self.environment, sequence: sequence),
                kind: isInit ? .initialization : .shutdown,
                environment: self.environment,
                function: "orders",
                time: self.time(time),
                parts: parts,
                emphasis: failed ? .failed : .plain,
                detail: isInit ? InvocationID(environment: self.environment, requestID: nil) : nil
            )
        )
    }

    static let rows: [ListRow] = [
        lifecycle(1, at: "10:42:01.020", ["env a3", "init 327ms", "node22", "interceptor 6ms", "agent ready"]),
        invocation(
            "1a00",
            "orders",
            at: "10:42:01.402",
            .finished(.success),
            duration: 184,
            calls: 3,
            note: "cold 327ms"
        ),
        invocation("2b00", "orders", at: "10:42:03.511", .finished(.success), duration: 12),
        invocation(
            "3c00",
            "payment",
            at: "10:42:04.870",
            .finished(.timeout),
            duration: 3_000,
            calls: 2,
            note: "timeout"
        ),
        lifecycle(90, at: "10:42:07.880", ["env b1", "shutdown (timeout)", "recap → webhook 200 in 34ms"]),
        invocation(
            "4d00",
            "payment",
            at: "10:42:08.113",
            .finished(.handlerError),
            duration: 412,
            calls: 3,
            failedCalls: 1,
            note: "502 after retry"
        ),
        invocation("9f3c", "orders", at: "10:42:09.540", .finished(.success), duration: 187, calls: 3),
        invocation("5e00", "thumbs", at: "10:42:10.200", .inFlight, calls: 2),
    ]

    static let details: [InvocationDetail] = [Self.initialization, Self.failed, Self.orders]

    static let initialization: InvocationDetail = {
        let id = InvocationID(environment: Sample.environment, requestID: nil)
        var invocation = Invocation(id: id, function: "orders", firstSeen: Sample.time("10:42:01.020"))
        var initialization = Initialization()
        initialization.start = Sample.time("10:42:01.020")
        initialization.end = Sample.time("10:42:01.347")
        initialization.duration = 327
        initialization.status = .success
        initialization.type = "on-demand"
        initialization.phase = "init"
        invocation.initialization = initialization
        invocation.logs = [LogLine(time: Sample.time("10:42:01.200"), level: .info, text: "loading the catalogue")]
        return InvocationDetail(invocation)
    }()

    static let orders: InvocationDetail = {
        let id = Sample.id("9f3c")
        let start = Sample.time("10:42:09.540")
        var invocation = Invocation(id: id, function: "orders", firstSeen: start)
        invocation.start = start
        invocation.handlerEnd = start.adding(milliseconds: 186)
        invocation.handlerDuration = 186
        invocation.runtimeStatus = .success
        invocation.reportStatus = .success
        invocation.reportDuration = 187
        invocation.billedDuration = 188
        invocation.memoryLimit = 256
        invocation.memoryUsed = 88
        invocation.isCold = false
        invocation.producedBytes = 31
        invocation.event = Body(.text(#"{"order":{"id":7,"items":[4,9]},"user":4}"#), size: 41)
        invocation.result = Body(.text(#"{"statusCode":201,"body":"ok"}"#), size: 31)
        var overhead = Invocation.Overhead()
        overhead.heldMilliseconds = 0.4
        invocation.overhead = overhead
        invocation.spans = [
            .init(name: "responseDuration", start: start.adding(milliseconds: 183), duration: 3),
            .init(name: "extensionOverhead", start: start.adding(milliseconds: 186.5), duration: 0.4),
        ]
        invocation.calls = [
            Sample.call(
                "1-0-1",
                id,
                "GET",
                "https://api.test/users/4",
                200,
                at: start,
                6,
                41,
                size: 1_200,
                reused: true
            ),
            Sample.call(
                "1-0-2",
                id,
                "GET",
                "https://api.test/items?o=4",
                200,
                at: start,
                60,
                38,
                size: 640,
                reused: true
            ),
            Sample.call("1-0-3", id, "POST", "https://api.test/orders", 201, at: start, 105, 72, waiting: 20, size: 31),
        ]
        invocation.calls[0].responseBody = Body(
            .text(#"{"id":4,"name":"Ada","email":"‹redacted›","plan":"pro"}"#),
            size: 1_200
        )
        invocation.calls[2].requestBody = Body(.text(#"{"user":4,"total":12.50}"#), size: 24)
        invocation.logs = [
            LogLine(time: start.adding(milliseconds: 1), level: .info, text: "order 7 for user 4"),
            LogLine(time: start.adding(milliseconds: 180), level: .warn, text: "stock is low: item 9"),
        ]
        return InvocationDetail(invocation)
    }()

    static let failed: InvocationDetail = {
        let id = Sample.id("4d00")
        let start = Sample.time("10:42:08.113")
        var invocation = Invocation(id: id, function: "payment", firstSeen: start)
        invocation.start = start
        invocation.handlerDuration = 410
        invocation.runtimeStatus = .success
        invocation.reportStatus = .success
        invocation.reportDuration = 412
        invocation.isHandlerError = true
        invocation.resultErrorType = "PaymentError"
        invocation.errorMessage = "gateway said 502 twice"
        invocation.isCold = false
        invocation.calls = [
            Sample.call("1-0-1", id, "POST", "https://pay.test/charge", 502, at: start, 5, 180),
            Sample.call("1-0-2", id, "POST", "https://pay.test/charge", 502, at: start, 200, 190),
        ]
        invocation.calls[1].attempt = 2
        invocation.logs = [
            LogLine(time: start.adding(milliseconds: 400), level: .error, text: "PaymentError: 502\n    at pay.mjs:14")
        ]
        return InvocationDetail(invocation)
    }()

    static func call(
        _ id: String,
        _ invocation: InvocationID,
        _ method: String,
        _ url: String,
        _ status: Int,
        at start: Timestamp,
        _ offset: Double,
        _ duration: Double,
        waiting: Double? = nil,
        size: Int? = nil,
        reused: Bool? = nil
    ) -> Call {
        var call = Call(id: id, invocation: invocation)
        call.method = method
        call.url = URLText(url)
        call.status = status
        call.start = start.adding(milliseconds: offset)
        call.end = start.adding(milliseconds: offset + duration)
        call.timings.firstByte = waiting ?? 1
        call.timings.end = duration
        call.outcome = .complete
        call.sizes.response = size
        call.requestHeaders = [Header("accept", "application/json"), Header("authorization", "‹redacted›")]
        call.responseHeaders = [Header("content-type", "application/json")]
        if let reused {
            var connection = Call.Connection()
            connection.isReused = reused
            connection.remote = "127.0.0.1:8443"
            call.connection = connection
        }
        return call
    }
}
