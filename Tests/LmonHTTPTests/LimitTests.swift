import LmonHTTP
import LmonTestSupport
import Testing

/// What hostile or broken clients get.
@Suite(.exclusive) struct LimitTests {
    private static let ok: HTTPHandler = { $1.respond(status: 200, body: Array("ok".utf8)) }

    @Test(arguments: [
        ("NONSENSE\r\n\r\n", "400 "),
        ("GET / HTTP/1.1\r\nHost: h\r\nbad header\r\n\r\n", "400 "),
        ("GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "400 "),
        ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: nine\r\n\r\n", "400 "),
        ("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", "400 "),
        ("GET /\(String(repeating: "a", count: 5000)) HTTP/1.1\r\nHost: h\r\n\r\n", "431 "),
        ("GET / HTTP/1.1\r\nHost: h\r\nX: \(String(repeating: "a", count: 5000))\r\n\r\n", "431 "),
        (
            "GET / HTTP/1.1\r\nHost: h\r\n\(String(repeating: "X: \(String(repeating: "a", count: 90))\r\n", count: 50))\r\n",
            "431 "
        ),
        ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1001\r\n\r\n", "413 "),
        (
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n\(String(repeating: "b", count: 1001))",
            "413 "
        ),
    ])
    func refusesAndCloses(request: String, status: String) async throws {
        try await withServer(limits: .init(body: 1000, head: 4096), handler: Self.ok) { server, _ in
            let client = try RawClient(port: server.port)
            client.send(request)
            let text = try client.receiveToEnd()
            #expect(text.hasPrefix("HTTP/1.1 \(status)"))
            #expect(text.hasSuffix("connection: close\r\n\r\n"))
        }
    }

    @Test func garbageAfterAGoodRequestDoesNotOvertakeItsAnswer() async throws {
        let held = Collector<Responder>()
        try await withServer(handler: { held.add($1) }) { server, loop in
            let client = try RawClient(port: server.port)
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n\u{1}\u{2}\u{3} garbage\r\n\r\n")
            let responder = await held.wait(for: 1)[0]
            await loop.perform { responder.respond(status: 200, body: Array("good".utf8)) }
            let text = try client.receiveToEnd()
            #expect(text.hasPrefix("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ngoodHTTP/1.1 400 "))
        }
    }

    @Test func aSlowHeadIsTimedOutButAnIdleConnectionIsNot() async throws {
        try await withServer(limits: .init(secondsForHead: 1), handler: Self.ok) { server, loop in
            let idle = try RawClient(port: server.port)
            let used = try RawClient(port: server.port)
            used.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            try used.receive("ok")
            let slow = try RawClient(port: server.port)
            slow.send("GET / HTTP/1.1\r\nHo")
            #expect(try slow.receiveToEnd().hasPrefix("HTTP/1.1 408 "))
            idle.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(try idle.receive("ok").hasSuffix("ok"))
            used.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(try used.receive { $0.split(separator: "ok").count == 2 }.hasSuffix("ok"))
        }
    }

    @Test func aSlowBodyIsTimedOutButALongPollIsNot() async throws {
        let held = Collector<Responder>()
        let handler: HTTPHandler = { request, responder in held.add(responder) }
        try await withServer(limits: .init(secondsForRequest: 1), handler: handler) { server, loop in
            let poll = try RawClient(port: server.port)
            poll.send("GET /next HTTP/1.1\r\nHost: h\r\n\r\n")
            let responder = await held.wait(for: 1)[0]
            let slow = try RawClient(port: server.port)
            slow.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nabc")
            #expect(try slow.receiveToEnd().hasPrefix("HTTP/1.1 408 "))
            await loop.perform { responder.respond(status: 200, body: Array("event".utf8)) }
            #expect(try poll.receive("event").hasSuffix("event"))
            #expect(held.elements.count == 1)
        }
    }

    @Test func connectionsBeyondTheLimitAreTurnedAway() async throws {
        try await withServer(limits: .init(connections: 2), handler: Self.ok) { server, _ in
            let clients = try (1...2).map { _ in try RawClient(port: server.port) }
            for client in clients {
                client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
                try client.receive("ok")
            }
            let third = try RawClient(port: server.port)
            #expect(try third.receiveToEnd().hasPrefix("HTTP/1.1 503 "))
        }
    }

    @Test func survivesGarbage() async throws {
        var generator = SeededGenerator(seed: 20_261_123)
        let pieces = [
            "GET / HTTP/1.1\r\n", "POST /x HTTP/1.1\r\n", "Host: h\r\n", "Content-Length: 5\r\n", "\r\n", "hello",
            "Transfer-Encoding: chunked\r\n", "5\r\n", "0\r\n\r\n", "Expect: 100-continue\r\n", "\u{0}", "HTTP/1.1",
            ":",
            "Connection: close\r\n", "\r", "ffffffffffffffff\r\n", "HEAD / HTTP/1.0\r\n", "é",
        ]
        let inputs = (0..<150).map { _ in
            (0..<Int.random(in: 1...14, using: &generator)).flatMap { _ in
                Array((pieces.randomElement(using: &generator) ?? "").utf8)
            }
        }
        try await withServer(limits: .init(body: 100, head: 1000), handler: Self.ok) { server, loop in
            for input in inputs {
                let client = try RawClient(port: server.port)
                client.send(input)
                client.finishSending()
                try client.receiveToEnd()
            }
            let client = try RawClient(port: server.port)
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(try client.receive("ok").hasSuffix("ok"))
            // Nothing of the garbage is left behind.
            while await loop.perform({ server.connectionCount }) > 1 { await Task.yield() }
        }
    }
}
