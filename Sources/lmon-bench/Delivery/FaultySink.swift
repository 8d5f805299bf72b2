import LmonHTTP
import LmonJSON
import LmonRecord

/// A collector or a receiver of recaps on loopback that remembers what it took, and fails as it is told.
actor FaultySink {
    enum Kind {
        /// `POST /v1/records`, with this token. One in so many batches is acknowledged and forgotten, if it says so.
        case records(token: String, forgetsOneIn: Int?)
        /// Any POST with a body in JSON.
        case recaps
    }

    private let kind: Kind
    private let loop: Loop
    private let security: (any ServerSecurity)?
    nonisolated let port: Int
    private(set) var fault: Fault?
    private(set) var ledger = RecordLedger()
    /// Invocations by their recaps.
    private(set) var recaps: Set<String> = []
    private(set) var requests = 0
    private(set) var batches = 0
    /// Requests that no agent should make, or lines that are no records.
    private(set) var oddities: [String] = []
    private(set) var faults: [Fault: Int] = [:]
    private var server: HTTPServer?
    private var listener: TCPListener?
    private var connections: [TCPConnection] = []
    private var parked: [Responder] = []

    nonisolated var unownedExecutor: UnownedSerialExecutor { self.loop.asUnownedSerialExecutor() }

    init(_ kind: Kind, security: (any ServerSecurity)? = nil, on loop: Loop) throws {
        self.kind = kind
        self.security = security
        self.loop = loop
        self.port = try FreePort.onLoopback()
    }

    // MARK: Faults

    func set(_ fault: Fault?) async throws {
        self.fault = fault
        if let fault { self.faults[fault, default: 0] += 1 }
        for responder in self.parked { responder.abort() }
        self.parked = []
        switch fault {
        case .refused: await self.closeAll()
        case .garbage:
            await self.closeAll()
            self.listener = try await TCPListener.listen(host: "127.0.0.1", port: self.port, on: self.loop) { peer in
                self.assumeIsolated { $0.babble(to: peer) }
            }
        default: try await self.serve()
        }
    }

    func close() async {
        for responder in self.parked { responder.abort() }
        await self.closeAll()
    }

    private func closeAll() async {
        await self.server?.close()
        self.server = nil
        await self.listener?.close()
        self.listener = nil
        for connection in self.connections { connection.close() }
        self.connections = []
    }

    private func serve() async throws {
        guard self.server == nil else { return }
        await self.closeAll()
        self.server = try HTTPServer(
            host: "127.0.0.1",
            port: self.port,
            on: self.loop,
            bodyMode: { _ in .stream },
            security: self.security,
            handler: { request, responder in self.assumeIsolated { $0.handle(request, responder) } }
        )
    }

    private func babble(to peer: TCPConnection) {
        self.connections.append(peer)
        peer.onBytes { _ in peer.write(Array("220 mail.example ESMTP\r\n".utf8)) }
    }

    // MARK: Requests

    private func handle(_ request: HTTPRequest, _ responder: Responder) {
        self.requests += 1
        let fault = self.fault
        guard let stream = request.stream else { return responder.respond(status: 411) }
        switch fault {
        case .hangs: return self.parked.append(responder)
        case .status500: return responder.respond(status: 500, body: Array("no".utf8))
        case .status429: return responder.respond(status: 429, headers: ["Retry-After": "1"])
        case .refused, .garbage, .cut, .unacknowledged, .slow, nil: break
        }
        let body = Gathered()
        stream.read(
            onChunk: { chunk in
                body.bytes += chunk
                if fault == .cut { responder.abort() }
                guard fault == .slow else { return }
                stream.pause()
                self.loop.schedule(after: .milliseconds(20)) { stream.resume() }
            },
            onEnd: { end in
                guard case .complete = end, fault != .cut else { return }
                let status = self.take(request.head, body.bytes)
                if fault == .unacknowledged { responder.abort() } else { responder.respond(status: status) }
            }
        )
    }

    private func take(_ head: HTTPRequestHead, _ body: [UInt8]) -> Int {
        self.batches += 1
        guard case .records(let token, let forgetsOneIn) = self.kind else { return self.takeRecap(body) }
        guard head.headers["Authorization"] == "Bearer \(token)" else { return self.odd("a wrong token", 401) }
        guard head.target == "/v1/records" else { return self.odd("a request for \(head.target)", 404) }
        guard head.headers["Content-Type"] == "application/x-ndjson" else { return self.odd("a wrong type", 415) }
        if let forgetsOneIn, self.batches % forgetsOneIn == 0 { return 200 }
        var lines = RecordLines()
        for element in lines.append(body) {
            switch element {
            case .success(let record): self.ledger.add(record)
            case .failure(let error): _ = self.odd("\(error)", 400)
            }
        }
        return 200
    }

    private func takeRecap(_ body: [UInt8]) -> Int {
        guard let id = (try? JSONValue(parsing: body))?["context"]?["requestId"]?.string else {
            return self.odd("a recap without a request id", 400)
        }
        self.recaps.insert(id)
        return 200
    }

    private func odd(_ what: String, _ status: Int) -> Int {
        self.oddities.append(what)
        return status
    }
}

/// The body of a request as far as it has come.
private final class Gathered: @unchecked Sendable {
    // Unchecked: used on the loop only.
    var bytes: [UInt8] = []
}
