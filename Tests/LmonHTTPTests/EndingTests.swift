import Dispatch
import LmonHTTP
import LmonTestSupport
import Testing

/// How connections end, and what must not end with them.
@Suite(.exclusive, .timeLimit(.minutes(1)))
struct EndingTests {
    private static let ok: HTTPHandler = { $1.respond(status: 200, body: Array("ok".utf8)) }

    @Test func aRequestForAnotherProtocolIsTheConnectionsLast() async throws {
        try await withServer(handler: Self.ok) { server, _ in
            let client = try RawClient(port: server.port)
            client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n")
            let text = try client.receiveToEnd()
            #expect(text.contains("connection: close\r\n"))
            #expect(text.hasSuffix("\r\n\r\nok"))
        }
    }

    @Test(arguments: ["GET /2 HT", "GET /2 HTTP/1.1\r\n", "GET /2 HTTP/1.1\r\nHost: h"])
    func aHeadThatStopsBehindARequestIsTimedOut(part: String) async throws {
        try await withServer(limits: .init(secondsForHead: 1), handler: Self.ok) { server, _ in
            let client = try RawClient(port: server.port)
            client.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\n\(part)")
            let text = try client.receiveToEnd()
            #expect(text.hasPrefix("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 408 "))
        }
    }

    @Test(arguments: ["\0\r\n\r\n", "GET /2\r\n\r\n", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\n"])
    func whatIsNoRequestBehindOneTakesNothingOfItsAnswer(garbage: String) async throws {
        try await withServer(handler: Self.ok) { server, _ in
            let client = try RawClient(port: server.port)
            client.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\n\(garbage)")
            let text = try client.receiveToEnd()
            #expect(text.hasPrefix("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 400 "))
        }
    }

    @Test(arguments: ["\r\n", "G", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-Trailer: "])
    func whatStopsAnywhereIsTimedOut(part: String) async throws {
        try await withServer(limits: .init(secondsForRequest: 1, secondsForHead: 1), handler: Self.ok) { server, _ in
            let client = try RawClient(port: server.port)
            client.send(part)
            #expect(try client.receiveToEnd().hasPrefix("HTTP/1.1 408 "))
        }
    }

    @Test(arguments: [true, false])
    func aClientThatSendsAllOfALongBodyCanStillReadWhyItIsRefused(isChunked: Bool) async throws {
        let size = 8 << 20
        try await withServer(limits: .init(body: 1000), handler: Self.ok) { server, _ in
            let client = try RawClient(port: server.port)
            let framing = isChunked ? "Transfer-Encoding: chunked" : "Content-Length: \(size)"
            client.send("POST / HTTP/1.1\r\nHost: h\r\n\(framing)\r\n\r\n")
            if isChunked { client.send("\(String(size, radix: 16))\r\n") }
            client.send([UInt8](repeating: 120, count: size))
            #expect(try client.receiveToEnd().hasPrefix("HTTP/1.1 413 "))
        }
    }

    @Test func theDrainHandlerIsNotCalledWithinTheWriteThatFillsTheSocket() async throws {
        let deepest = Collector<Int>()
        let handler: HTTPHandler = { _, responder in
            nonisolated(unsafe) var left = 400
            nonisolated(unsafe) var depth = 0
            let chunk = [UInt8](repeating: 97, count: 128 << 10)
            func fill() {
                depth += 1
                deepest.add(depth)
                while left > 0 {
                    left -= 1
                    guard responder.write(chunk) else { break }
                }
                depth -= 1
                if left == 0 { responder.end() }
            }
            responder.onDrained { fill() }
            responder.start(status: 200)
            fill()
        }
        try await withServer(handler: handler) { server, _ in
            let client = try RawClient(port: server.port)
            client.send("GET / HTTP/1.0\r\n\r\n")
            try client.receive(count: .max)
            #expect(client.received.count >= 400 * 128 << 10)
            #expect(deepest.elements.allSatisfy { $0 == 1 })
        }
    }

    // MARK: The server stops

    @Test func theRestOfALargeAnswerGoesOutBeforeTheServerStops() async throws {
        let size = 12 << 20
        let answered = Collector<Void>()
        let handler: HTTPHandler = { _, responder in
            responder.respond(status: 200, body: [UInt8](repeating: 120, count: size))
            answered.add(())
        }
        try await withServer(handler: handler) { server, _ in
            let client = try RawClient(port: server.port)
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            _ = await answered.wait(for: 1)
            server.close {}
            try client.receive(count: .max)
            #expect(client.received.count >= size)
        }
    }

    @Test func aStreamedAnswerUnderWayIsFinished() async throws {
        let held = Collector<Responder>()
        let handler: HTTPHandler = { _, responder in
            responder.start(status: 200)
            held.add(responder)
        }
        try await withServer(handler: handler) { server, loop in
            let client = try RawClient(port: server.port)
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            let responder = await held.wait(for: 1)[0]
            server.close {}
            await loop.perform {
                responder.write(Array("end".utf8))
                responder.end()
            }
            #expect(try client.receiveToEnd().hasSuffix("\r\n\r\n3\r\nend\r\n0\r\n\r\n"))
        }
    }

    @Test func aServerMayStopRightAfterItHasStarted() async throws {
        let loop = Loop()
        for _ in 0..<50 {
            let server = try HTTPServer.openLoopback(on: loop, handler: Self.ok)
            let client = try RawClient(port: server.port)
            await server.close()
            #expect(try client.receiveToEnd() == "")
            let again = try HTTPServer.openLoopback(port: server.port, on: loop, handler: Self.ok)
            await again.close()
        }
        await loop.shutdown()
    }

    /// What a client has sent before it is killed arrives, whatever becomes of the answers: a process that dies with
    /// answers unread resets its connection.
    @Test(arguments: [2, 60], [10, 700])
    func whatArrivedBeforeAResetIsHandled(atOnce: Int, size: Int) async throws {
        let handled = Events()
        let isReset = DispatchSemaphore(value: 0)
        let handler: HTTPHandler = { request, responder in
            if handled.all.isEmpty {
                handled.add(request.head.target)
                isReset.wait()
            } else {
                handled.add(request.head.target)
            }
            Self.ok(request, responder)
        }
        try await withServer(handler: handler) { server, loop in
            let client = try RawClient(port: server.port)
            let body = String(repeating: "x", count: size)
            let requests = (0..<60)
                .map { "POST /\($0) HTTP/1.1\r\nHost: h\r\nContent-Length: \(size)\r\n\r\n\(body)" }
            client.send(requests[..<atOnce].joined())
            await handled.wait(for: "/0")
            client.send(requests[atOnce...].joined())
            client.reset()
            isReset.signal()
            while await loop.perform({ server.connectionCount }) > 0 { await Task.yield() }
            #expect(handled.all == (0..<60).map { "/\($0)" })
        }
    }

    // MARK: Garbage

    private static let pieces = [
        "GET / HTTP/1.1\r\n", "POST /x HTTP/1.1\r\n", "PUT /y HTTP/1.1\r\n", "HEAD / HTTP/1.0\r\n",
        "CONNECT a:1 HTTP/1.1\r\n",
        "Content-Length: 5\r\n", "Content-Length: 50000\r\n", "Transfer-Encoding: chunked\r\n", "Connection: close\r\n",
        "Connection: upgrade\r\nUpgrade: websocket\r\n", "Expect: 100-continue\r\n", "Host: x\r\n", "\r\n", "\r\n",
        "\r\n",
        "hello", "5\r\nhello\r\n", "0\r\n\r\n", "ffffffffffffffff\r\n", "X-Trailer: t\r\n", "\u{0}\u{1}\u{7f}", ":",
        " ",
        String(repeating: "x", count: 700),
    ]

    /// Streamed both ways, damaged, and ended in every manner: each connection ends, and the server serves on.
    @Test(arguments: 0..<4)
    func survivesGarbageToStreamingRoutes(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let handler: HTTPHandler = { request, responder in
            guard let stream = request.stream else { return Self.ok(request, responder) }
            responder.start(status: 200)
            stream.read(onChunk: { responder.write($0) }, onEnd: { _ in responder.end() })
        }
        let mode: HTTPServer.BodyModeDecision = { $0.method == "PUT" ? .stream : .whole(limit: 1000) }
        try await withServer(limits: .init(head: 2000), bodyMode: mode, handler: handler) { server, loop in
            for _ in 0..<60 {
                let client = try RawClient(port: server.port)
                client.send(Self.garbage(&random))
                switch Int.random(in: 0...3, using: &random) {
                case 0: client.reset()
                case 1: client.close()
                default:
                    client.finishSending()
                    _ = try client.receiveToEnd()
                }
            }
            let client = try RawClient(port: server.port)
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(try client.receive("ok").hasSuffix("ok"))
            while await loop.perform({ server.connectionCount }) > 1 { await Task.yield() }
        }
    }

    private static func garbage(_ random: inout SeededGenerator) -> [UInt8] {
        var bytes = Array("PUT / HTTP/1.1\r\n".utf8)
        for _ in 0..<Int.random(in: 1...30, using: &random) {
            bytes += Array((self.pieces.randomElement(using: &random) ?? "").utf8)
        }
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        return bytes
    }
}
