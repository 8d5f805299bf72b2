import LmonAgent
import LmonHTTP
import LmonJSON
import LmonRecord

/// One execution environment as an external extension sees it: Extensions and Telemetry API, and the events of a function
/// that is not there. Measures how soon the extension asks for the next event.
actor StandInLambda {
    struct Stuck: Error, CustomStringConvertible {
        let description: String
    }

    /// Of one invocation, in milliseconds.
    struct Times {
        /// From the handler's end to `next`.
        var held = 0.0
        /// From the handler's end, as it is told, to the ingest's answer.
        var answered = 0.0
        /// When the handler ended.
        var endedAt = ContinuousClock.now
    }

    private let loop: Loop
    private let ingest: Int
    private let client: HTTPClient
    private var server: HTTPServer?
    private var parked: Responder?
    private var parkedAt = ContinuousClock.now
    private var waiter: (number: Int, continuation: CheckedContinuation<Bool, Never>)?
    private var waiterNumber = 0
    private var telemetryPort: Int?
    private var telemetry: [[UInt8]] = []
    private var isPosting = false
    private(set) var readyAt: ContinuousClock.Instant?

    nonisolated var unownedExecutor: UnownedSerialExecutor { self.loop.asUnownedSerialExecutor() }

    /// `ingest` is where the agent listens for interceptors.
    init(ingest: Int, on loop: Loop) {
        self.loop = loop
        self.ingest = ingest
        self.client = HTTPClient(loop: loop, idleLimit: 1)
    }

    /// Opens the API; its port.
    func open() throws -> Int {
        let server = try HTTPServer(host: "127.0.0.1", port: 0, on: self.loop) { request, responder in
            self.assumeIsolated { $0.handle(request, responder) }
        }
        self.server = server
        return server.port
    }

    func close() async {
        self.parked = nil
        self.client.close()
        let server = self.server
        self.server = nil
        await server?.close()
    }

    // MARK: Extensions API

    private func handle(_ request: HTTPRequest, _ responder: Responder) {
        switch (request.method, request.path) {
        case ("POST", "/2020-01-01/extension/register"):
            let body = #"{"functionName":"bench","functionVersion":"$LATEST","handler":"index.handler"}"#
            responder.respond(
                status: 200,
                headers: ["Lambda-Extension-Identifier": "bench-1", "Content-Type": "application/json"],
                body: Array(body.utf8)
            )
        case ("PUT", "/2022-07-01/telemetry"):
            self.telemetryPort = self.ingest
            responder.respond(status: 200, body: Array("\"OK\"".utf8))
        case ("GET", "/2020-01-01/extension/event/next"):
            self.parked = responder
            self.parkedAt = .now
            if self.readyAt == nil { self.readyAt = self.parkedAt }
            self.wake(true)
        default: responder.respond(status: 404)
        }
    }

    private func wake(_ isThere: Bool) {
        let waiter = self.waiter
        self.waiter = nil
        waiter?.continuation.resume(returning: isThere)
    }

    /// The open `next`.
    private func next(within limit: Duration) async throws -> Responder {
        if self.parked == nil {
            self.waiterNumber += 1
            let number = self.waiterNumber
            let isThere = await withCheckedContinuation { continuation in
                self.waiter = (number, continuation)
                self.loop.schedule(after: limit) {
                    self.assumeIsolated { if $0.waiter?.number == number { $0.wake(false) } }
                }
            }
            guard isThere else { throw Stuck(description: "the agent does not ask for the next event") }
        }
        guard let parked else { throw Stuck(description: "the agent's next has gone") }
        return parked
    }

    func waitUntilReady(within limit: Duration = .seconds(10)) async throws {
        _ = try await self.next(within: limit)
    }

    // MARK: Events

    /// One invocation of a function that makes so many calls at once, at the end of a handler that takes so long; returns when
    /// the agent has let it go.
    func invoke(
        _ function: VirtualFunction,
        _ requestID: String,
        calls: Int,
        lasting: Duration = .zero
    ) async throws -> (Times, ids: [String]) {
        let responder = try await self.next(within: .seconds(10))
        self.parked = nil
        let event = JSONWriter.object {
            $0.member("eventType", "INVOKE")
            $0.member("deadlineMs", Self.milliseconds(after: .seconds(30)))
            $0.member("requestId", requestID)
            $0.member("invokedFunctionArn", "arn:aws:lambda:eu-west-1:123456789012:function:bench")
        }
        responder.respond(status: 200, headers: ["Content-Type": "application/json"], body: event)
        self.tell([("platform.start", requestID, nil), ("function", requestID, "a line of the function's log")])
        if lasting > .zero { try await Task.sleep(for: lasting) }
        var times = Times()
        let answer = Answered()
        let ids = function.run(requestID, calls: calls) { answer.at = .now }
        let end = ContinuousClock.now
        self.loop.schedule(after: .milliseconds(.random(in: 1...25))) {
            self.assumeIsolated {
                $0.tell([("platform.runtimeDone", requestID, "success"), ("platform.report", requestID, "success")])
            }
        }
        _ = try await self.next(within: .seconds(10))
        times.endedAt = end
        times.held = max(0, Stopwatch.seconds(end.duration(to: self.parkedAt)) * 1000)
        times.answered = Stopwatch.seconds(end.duration(to: answer.at ?? .now)) * 1000
        return (times, ids)
    }

    func shutDown() async throws {
        let responder = try await self.next(within: .seconds(10))
        let event = JSONWriter.object {
            $0.member("eventType", "SHUTDOWN")
            $0.member("shutdownReason", "spindown")
            $0.member("deadlineMs", Self.milliseconds(after: .seconds(2)))
        }
        responder.respond(status: 200, headers: ["Content-Type": "application/json"], body: event)
    }

    private static func milliseconds(after span: Duration) -> Int {
        Int(SystemClock.now().microseconds / 1000) + Int(span.components.seconds) * 1000
    }

    // MARK: Telemetry

    /// Batches go one after the other, each again until it is taken.
    private func tell(_ events: [(type: String, requestID: String, detail: String?)]) {
        guard self.telemetryPort != nil else { return }
        var writer = JSONWriter(capacity: 512)
        writer.array { writer in
            for event in events { writer.object { Self.write(event, to: &$0) } }
        }
        self.telemetry.append(writer.bytes)
        if !self.isPosting { self.postTelemetry() }
    }

    private static func write(_ event: (type: String, requestID: String, detail: String?), to writer: inout JSONWriter)
    {
        writer.member("time", SystemClock.now())
        writer.member("type", event.type)
        guard event.type != "function" else { return writer.member("record", event.detail) }
        writer.object("record") {
            $0.member("requestId", event.requestID)
            $0.member("status", event.detail)
        }
    }

    private func postTelemetry() {
        guard let port = self.telemetryPort, let batch = self.telemetry.first else {
            self.isPosting = false
            return
        }
        self.isPosting = true
        let request = HTTPClientRequest(
            "POST",
            host: "127.0.0.1",
            port: port,
            target: "/telemetry",
            headers: ["Content-Type": "application/json"],
            body: .whole(batch)
        )
        let events = HTTPResponseEvents(
            onHead: { status, _ in if status == 200 { self.telemetry.removeFirst() } },
            onBytes: { _ in },
            onEnd: { result in
                guard case .failure = result else { return self.postTelemetry() }
                // Unless the environment is over.
                guard self.server != nil else { return self.telemetry = [] }
                self.loop.schedule(after: .milliseconds(20)) { self.assumeIsolated { $0.postTelemetry() } }
            }
        )
        _ = self.client.start(request, events)
    }
}

/// A time that a callback sets.
private final class Answered {
    var at: ContinuousClock.Instant?
}
