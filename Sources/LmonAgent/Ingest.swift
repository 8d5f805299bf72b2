package import LmonHTTP
import LmonJSON
import LmonRecord

/// The port at which an environment's interceptors report their calls: public and documented, one for each environment.
///
/// - `POST /v1/events`: NDJSON of `{type, time, invocation?, record}`. 202; 400 names the first broken line, and the good
///   ones are taken all the same.
/// - `POST /telemetry`: an array of Lambda's telemetry events, each taken on its own. 200.
/// - any other POST: one call as `{url, method, headers, body, date}`. 200 `OK`; 400 if it is not JSON.
/// - anything but POST: 404.
package final class Ingest: @unchecked Sendable {
    // Unchecked: used on the core's loop only, after `open`.
    /// The longest batch (16 MiB).
    package static let maximumBody = 16 << 20

    private let server: HTTPServer

    package var port: Int { self.server.port }

    /// Opens the port of an environment within the call. From the core's loop.
    ///
    /// - Parameter port: 0 takes any free one.
    package init(environment: String, function: String, port: Int = 0, core: MonitorCore) throws(NetworkError) {
        let counter = SeedCallCounter()
        self.server = try HTTPServer.openLoopback(
            port: port,
            on: core.loop,
            limits: HTTPServer.Limits(body: Self.maximumBody)
        ) { request, responder in
            var route = IngestRoute(environment: environment, function: function, calls: counter)
            let answer = route.answer(request, now: SystemClock.now())
            for observation in route.observations { core.observe(observation) }
            responder.respond(status: answer.status, headers: ["Content-Type": "text/plain"], body: answer.body)
        }
    }

    /// Counts what has arrived, in no particular unit: as long as it stands still nothing comes.
    var activity: Int { self.server.activity }

    /// Closes the port; nothing more is read.
    package func close() {
        self.server.close {}
    }
}

/// What one request to the ingest means: its answer, and the observations in it.
struct IngestRoute {
    private let environment: String
    private let function: String
    private let calls: SeedCallCounter
    private(set) var observations: [Observation] = []

    init(environment: String, function: String, calls: SeedCallCounter) {
        self.environment = environment
        self.function = function
        self.calls = calls
    }

    struct Answer {
        let status: Int
        let body: [UInt8]

        init(_ status: Int, _ text: String = "") {
            self.status = status
            self.body = Array(text.utf8)
        }
    }

    mutating func answer(_ request: HTTPRequest, now: Timestamp) -> Answer {
        guard Self.isLocal(request.headers["host"]) else {
            return Answer(403, "this port answers to loopback names only")
        }
        guard request.method == "POST" else { return Answer(404) }
        switch request.path {
        case "/v1/events": return self.events(request.body, now: now)
        case "/telemetry": return self.telemetry(request.body, now: now)
        default: return self.seedCall(request.body, now: now)
        }
    }

    /// A page in a browser must not reach the port by a name that it made point here (DNS rebinding).
    private static func isLocal(_ host: String?) -> Bool {
        guard let host else { return true }
        let name = host.hasPrefix("[") ? host : String(host.prefix { $0 != ":" })
        return name == "localhost" || name.hasPrefix("127.") || name.hasPrefix("[::1]") || name == "sandbox"
            || name == "sandbox.localdomain"
    }

    // MARK: Events

    private mutating func events(_ body: [UInt8], now: Timestamp) -> Answer {
        var broken: (count: Int, first: String)?
        var number = 0
        var start = 0
        while start < body.count {
            let end = body[start...].firstIndex(of: UInt8(ascii: "\n")) ?? body.count
            number += 1
            defer { start = end + 1 }
            guard body[start..<end].contains(where: { $0 > 0x20 }) else { continue }
            do {
                self.observations.append(try self.event(body, in: start..<end, now: now))
            } catch {
                let place = TextPosition(line: number, column: error.offset - start + 1)
                broken = ((broken?.count ?? 0) + 1, broken?.first ?? "\(place): \(error)")
            }
        }
        guard let broken else { return Answer(202) }
        let taken = "\(self.observations.count) taken, \(broken.count) broken"
        return Answer(400, "\(taken); the first at \(broken.first)\n")
    }

    private func event(_ bytes: [UInt8], in range: Range<Int>, now: Timestamp) throws(JSONError) -> Observation {
        var scanner = JSONScanner(bytes, in: range)
        var type: String?
        var time: Timestamp?
        var invocation: String?
        var record: Range<Int>?
        try scanner.beginObject()
        while let key = try scanner.nextKey() {
            switch key {
            case "type": type = try scanner.string()
            case "time": time = Timestamp(utf8: bytes, in: try scanner.stringRange())
            case "invocation": invocation = try scanner.null() ? nil : try scanner.string()
            case "record": record = try scanner.skip()
            default: try scanner.skip()
            }
        }
        try scanner.finish()
        guard let type, let record else { throw JSONError(.expected(.object), at: range.lowerBound) }
        return self.observation(RecordType(type), time ?? now, Array(bytes[record]), requestID: invocation)
    }

    private mutating func telemetry(_ body: [UInt8], now: Timestamp) -> Answer {
        var scanner = JSONScanner(body)
        do {
            try scanner.beginArray()
            while try scanner.nextElement() {
                let element = try scanner.skip()
                guard let event = try? self.event(body, in: element, now: now) else { continue }
                self.observations.append(event)
            }
        } catch {
            return Answer(400, "\(TextPosition(offset: error.offset, in: body)): \(error)\n")
        }
        return Answer(200)
    }

    // MARK: One call, in the form of older interceptors

    private mutating func seedCall(_ body: [UInt8], now: Timestamp) -> Answer {
        do {
            let call = try SeedCall(body)
            let id = self.calls.next()
            let time = call.date ?? now
            self.observations.append(self.observation(.httpRequest, time, call.request(id: id)))
            self.observations.append(self.observation(.httpEnd, time, call.end(id: id)))
            return Answer(200, "OK")
        } catch {
            return Answer(400, "\(TextPosition(offset: error.offset, in: body)): \(error)\n")
        }
    }

    private func observation(
        _ type: RecordType,
        _ time: Timestamp,
        _ payload: [UInt8],
        requestID: String? = nil
    ) -> Observation {
        Observation(
            environment: self.environment,
            function: self.function,
            time: time,
            type: type,
            requestID: requestID,
            payload: payload
        )
    }
}
