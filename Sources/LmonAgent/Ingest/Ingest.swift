package import LmonHTTP
import LmonJSON
package import LmonRecord

/// The port at which an environment's interceptors report their calls: public and documented, one for each environment.
///
/// - `POST /v1/events`: NDJSON of `{type, time, invocation?, record, ifFailed?}`. 202; 400 names the first broken line, and
///   the good ones are taken all the same. `Lmon-Redacted: true`: the sender has taken out the secrets, and what the level of
///   capture does not keep. `ifFailed`: bodies are kept if the invocation fails.
/// - `POST /telemetry`: an array of Lambda's telemetry events, each taken on its own. 200.
/// - any other POST: one call as `{url, method, headers, body, date}`. 200 `OK`; 400 if it is not JSON.
/// - anything but POST: 404.
package final class Ingest: @unchecked Sendable {
    // Unchecked: used on the core's loop only, after `open`.
    /// The longest batch (16 MiB).
    package static let maximumBody = 16 << 20
    /// What batches may take together while they come in: the smallest function has 128 MB for all.
    private static let bodies = 8 << 20

    private let server: HTTPServer

    package var port: Int { self.server.port }

    /// Opens the port of an environment within the call; port 0 takes any free one. `host` is an address, and who reaches it
    /// can add to what is recorded. `redaction` and `capture` are for senders of other makes: lmon's interceptors have applied
    /// them themselves.
    /// `deliver` is called on the loop with each observation, in order.
    package init(
        environment: String,
        function: String,
        host: String = "127.0.0.1",
        port: Int = 0,
        redaction: Redaction = Redaction(),
        capture: CaptureLevel = .all,
        on loop: Loop,
        deliver: @escaping @Sendable (Observation) -> Void
    ) throws(NetworkError) {
        let others = OtherSenders(redaction, capture)
        self.server = try HTTPServer(
            host: host,
            port: port,
            on: loop,
            // A sender may be frozen in the middle of a batch for as long as its environment.
            limits: HTTPServer.Limits(
                connections: 256,
                secondsForRequest: 86_400,
                body: Self.maximumBody,
                bodies: Self.bodies
            )
        ) { request, responder in
            var route = IngestRoute(environment: environment, function: function, others: others)
            let answer = route.answer(request, now: SystemClock.now())
            for observation in route.observations { deliver(observation) }
            responder.respond(status: answer.status, headers: ["Content-Type": "text/plain"], body: answer.body)
        }
    }

    /// Calls `then` on the loop once what senders had written before has been read; within the call if nothing waits.
    package func whenInputIsRead(then: @escaping @Sendable () -> Void) {
        self.server.whenInputIsRead(then: then)
    }

    /// Closes the port; nothing more is read.
    package func close() {
        self.server.close {}
    }
}

/// What one request to the ingest means: its answer, and the observations in it.
struct IngestRoute {
    private let environment: String
    private let function: String
    private let others: OtherSenders
    private(set) var observations: [Observation] = []
    private var isRedacted = false

    init(environment: String, function: String, others: OtherSenders) {
        self.environment = environment
        self.function = function
        self.others = others
    }

    struct Answer {
        let status: Int
        let body: [UInt8]

        init(_ status: Int, _ text: String = "") {
            self.status = status
            self.body = Array(text.utf8)
        }
    }

    private static let hostCheck = HostCheck()

    mutating func answer(_ request: HTTPRequest, now: Timestamp) -> Answer {
        if let refusal = Self.hostCheck.refusal(of: request.head) { return Answer(403, "\(refusal)\n") }
        guard request.method == "POST" else { return Answer(404) }
        self.isRedacted = request.headers["Lmon-Redacted"] == "true"
        switch request.path {
        case "/v1/events": return self.events(request.body, now: now)
        case "/telemetry": return self.telemetry(request.body, now: now)
        default: return self.seedCall(request.body, now: now)
        }
    }

    // MARK: Events

    private mutating func events(_ body: [UInt8], now: Timestamp) -> Answer {
        var broken = BrokenElements()
        var number = 0
        var start = 0
        while start < body.count {
            let end = body[start...].firstIndex(of: UInt8(ascii: "\n")) ?? body.count
            number += 1
            defer { start = end + 1 }
            guard body[start..<end].contains(where: { $0 > 0x20 }) else { continue }
            do {
                let event = try IngestEvent(body, in: start..<end)
                self.observations.append(self.observation(event, requestID: event.invocation, now: now))
            } catch {
                broken.add(error, at: TextPosition(line: number, column: error.offset - start + 1))
            }
        }
        guard broken.count > 0 else { return Answer(202) }
        return Answer(400, broken.summary(taken: self.observations.count))
    }

    /// Lambda sends a batch again that is not answered 200, so a broken element is said, but not answered so.
    private mutating func telemetry(_ body: [UInt8], now: Timestamp) -> Answer {
        var scanner = JSONScanner(body)
        var broken = BrokenElements()
        do {
            try scanner.beginArray()
            while try scanner.nextElement() {
                let element = try scanner.skip()
                do {
                    let event = try IngestEvent(body, in: element)
                    let requestID = event.invocation ?? event.platformRequestID
                    self.observations.append(self.observation(event, requestID: requestID, now: now))
                } catch {
                    broken.add(error, at: TextPosition(offset: error.offset, in: body))
                }
            }
            try scanner.finish()
        } catch {
            return Answer(400, "\(TextPosition(offset: error.offset, in: body)): \(error)\n")
        }
        return Answer(200, broken.count > 0 ? broken.summary(taken: self.observations.count) : "")
    }

    // MARK: One call, in the form of older interceptors

    private mutating func seedCall(_ body: [UInt8], now: Timestamp) -> Answer {
        do {
            let call = try SeedCall(body)
            let id = self.others.nextCallID()
            let time = call.date ?? now
            for (type, record) in [(RecordType.httpRequest, call.request(id: id)), (.httpEnd, call.end(id: id))] {
                self.observations.append(self.observation(type, time, self.others.kept(record, of: type)))
            }
            return Answer(200, "OK")
        } catch {
            return Answer(400, "\(TextPosition(offset: error.offset, in: body)): \(error)\n")
        }
    }

    // MARK: Observations

    private func observation(_ event: IngestEvent, requestID: String?, now: Timestamp) -> Observation {
        let time = event.time ?? now
        if self.isRedacted || !OtherSenders.mayHoldSecrets(event.type) {
            var observation = self.observation(event.type, time, event.bytes, in: event.record, requestID: requestID)
            observation.waitsForOutcome = event.waitsForOutcome
            return observation
        }
        let kept = self.others.kept(Array(event.bytes[event.record]), of: event.type)
        return self.observation(
            event.type,
            time,
            (kept.bytes, kept.waits || event.waitsForOutcome),
            requestID: requestID
        )
    }

    private func observation(
        _ type: RecordType,
        _ time: Timestamp,
        _ kept: (bytes: [UInt8], waits: Bool),
        requestID: String? = nil
    ) -> Observation {
        var observation = self.observation(type, time, kept.bytes, in: 0..<kept.bytes.count, requestID: requestID)
        observation.waitsForOutcome = kept.waits
        return observation
    }

    private func observation(
        _ type: RecordType,
        _ time: Timestamp,
        _ bytes: [UInt8],
        in range: Range<Int>,
        requestID: String? = nil
    ) -> Observation {
        Observation(
            environment: self.environment,
            function: self.function,
            time: time,
            type: type,
            requestID: requestID,
            payload: bytes,
            in: range
        )
    }
}
