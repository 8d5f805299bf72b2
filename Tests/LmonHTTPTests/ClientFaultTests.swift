import LmonHTTP
import LmonTestSupport
import Testing

@Suite(.exclusive, .timeLimit(.minutes(1)))
struct ClientFaultTests {
    /// Says who asked, so that tests see which connection was used.
    private static let echo: HTTPHandler = { request, responder in
        responder.respond(
            status: request.path == "/404" ? 404 : 200,
            headers: ["X-Peer": request.head.peer],
            body: Array("\(request.method) \(request.head.target) ".utf8) + request.body
        )
    }

    private func get(_ client: HTTPClient, _ port: Int, _ target: String = "/") async throws -> HTTPResponse {
        try await client.request("GET", host: "127.0.0.1", port: port, target: target)
    }

    @Test(arguments: ["GET", "POST"])
    func takesAFreshConnectionForOneFoundDead(method: String) async throws {
        let loop = Loop()
        let client = HTTPClient(loop: loop)
        var port = 0
        for _ in 0..<20 {
            let server = try HTTPServer.openLoopback(port: port, on: loop, handler: Self.echo)
            port = server.port
            let response = try await client.request(method, host: "127.0.0.1", port: port, target: "/")
            #expect(response.status == 200)
            await server.close()
        }
        await loop.shutdown()
    }

    /// The server takes the second request of a connection and closes without a word.
    @Test(arguments: [("GET", ["/1", "/2", "/2"]), ("POST", ["/1", "/2"])])
    func repeatsOnlyWhatMayBeRepeated(method: String, seen: [String]) async throws {
        let targets = Collector<String>()
        let peers = OnLoop<Set<String>>([])
        let handler: HTTPHandler = { request, responder in
            targets.add(request.head.target)
            let isNew = peers.value.insert(request.head.peer).inserted
            if isNew { responder.respond(status: 200) } else { responder.abort() }
        }
        try await withServer(handler: handler) { server, loop in
            let client = HTTPClient(loop: loop)
            _ = try await client.request(method, host: "127.0.0.1", port: server.port, target: "/1")
            let second = await Result.of {
                try await client.request(method, host: "127.0.0.1", port: server.port, target: "/2")
            }
            #expect(targets.elements == seen)
            switch second {
            case .success(let response): #expect(method == "GET" && response.status == 200)
            case .failure(let error): #expect(method == "POST" && (error as? NetworkError)?.code == .closed)
            }
        }
    }

    @Test func waitsForASlowServer() async throws {
        let streams = Collector<HTTPBodyStream>()
        let handler: HTTPHandler = { request, responder in
            guard let stream = request.stream else { return }
            streams.add(stream)
            nonisolated(unsafe) var count = 0
            stream.read(
                onChunk: { count += $0.count },
                onEnd: { _ in responder.respond(status: 200, body: Array("\(count)".utf8)) }
            )
            stream.pause()
        }
        try await withServer(bodyMode: { _ in .stream }, handler: handler) { server, loop in
            let client = HTTPClient(loop: loop)
            let events = Events()
            let call = OnLoop<(call: HTTPCall?, left: Int)>((nil, 300))
            let piece = [UInt8](repeating: 1, count: 100_000)
            @Sendable func pump() {
                while call.value.left > 0 {
                    call.value.left -= 1
                    guard call.value.call?.write(piece) == true else { return events.add("full") }
                }
                call.value.call?.end()
            }
            await loop.perform {
                call.value.call = client.start(
                    HTTPClientRequest("POST", host: "127.0.0.1", port: server.port, target: "/", body: .stream),
                    HTTPResponseEvents(
                        onHead: { _, _ in },
                        onBytes: { events.add(String(decoding: $0, as: UTF8.self)) },
                        onEnd: { _ in events.add("end") }
                    )
                )
                call.value.call?.onDrained { pump() }
                pump()
            }
            let stream = await streams.wait(for: 1)[0]
            await loop.perform { stream.resume() }
            await events.wait(for: "end")
            #expect(events.all.last { $0 != "end" } == "30000000")
            #expect(events.all.count { $0 == "full" } > 1)
        }
    }

    @Test(arguments: ["", "/a b", "/a\r\nX: y", "/\u{0}"])
    func sendsNoTargetThatBreaksTheHead(target: String) async throws {
        try await withServer(handler: Self.echo) { server, loop in
            let client = HTTPClient(loop: loop)
            let error = await #expect(throws: NetworkError.self) { try await self.get(client, server.port, target) }
            #expect(error?.code == .invalidRequest)
        }
    }

    @Test func closesItsIdleConnectionsWhenItIsLetGo() async throws {
        try await withServer(handler: Self.echo) { server, loop in
            do {
                let client = HTTPClient(loop: loop)
                _ = try await self.get(client, server.port)
            }
            while await loop.perform({ server.connectionCount }) > 0 { await Task.yield() }
        }
    }

    // MARK: Errors

    /// What a server says, and what the client makes of it.
    @Test(arguments: [
        ("", NetworkError.Code.closed),
        ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", .closed),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe", .closed),
        ("HTTP/1.1 200 OK\r\nX: \(String(repeating: "x", count: 300_000))\r\n\r\n", .tooLarge),
        ("SSH-2.0-OpenSSH_9\r\n", .malformed),
        ("HTTP/1.1 200 OK\r\n\r\nuntil the end", nil),
        ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", nil),
    ])
    func makesTheBestOfAnswers(answer: String, code: NetworkError.Code?) async throws {
        let loop = Loop()
        let listener = try await TCPListener.listen(host: "127.0.0.1", port: 0, on: loop) { connection in
            connection.onBytes { _ in
                connection.onDrained { [unowned connection] in connection.close() }
                if answer.isEmpty { connection.close() } else { connection.write(Array(answer.utf8)) }
            }
        }
        let client = HTTPClient(loop: loop)
        let result = await Result.of { try await self.get(client, listener.port) }
        switch result {
        case .success(let response): #expect(code == nil && response.status == 200)
        case .failure(let error): #expect((error as? NetworkError)?.code == code)
        }
        await listener.close()
        await loop.shutdown()
    }

    @Test func givesUpInTimeAndWhenCancelled() async throws {
        let held = Collector<Responder>()
        let gone = Collector<Void>()
        let handler: HTTPHandler = { _, responder in
            responder.onClose { gone.add(()) }
            held.add(responder)
        }
        try await withServer(handler: handler) { server, loop in
            let client = HTTPClient(loop: loop)
            let port = server.port
            await #expect(throws: NetworkError(.timedOut, "127.0.0.1:\(port)")) {
                try await client.request("GET", host: "127.0.0.1", port: port, target: "/", timeout: .milliseconds(20))
            }
            _ = await gone.wait(for: 1)
            let task = Task { try await client.request("GET", host: "127.0.0.1", port: port, target: "/") }
            _ = await held.wait(for: 2)
            task.cancel()
            await #expect(throws: NetworkError(.cancelled, "127.0.0.1:\(port)")) { try await task.value }
            _ = await gone.wait(for: 2)
        }
    }
}

extension Result where Failure == any Error {
    static func of(_ body: () async throws -> Success) async -> Self {
        do {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }
}
