import LmonHTTP
import LmonTestSupport
import Testing

@Suite(.exclusive) struct ClientTests {
    @Test func asksAndIsAnswered() async throws {
        let handler: HTTPHandler = { request, responder in
            let text = "\(request.method) \(request.head.target) \(request.headers["x"] ?? "") \(request.body.count)"
            responder.respond(status: 201, headers: ["X-A": "1", "x-a": "2"], body: Array(text.utf8))
        }
        try await withServer(handler: handler) { server, loop in
            let client = HTTPClient(loop: loop)
            let response = try await client.request(
                "POST",
                host: "127.0.0.1",
                port: server.port,
                target: "/a?b",
                headers: ["X": "y"],
                body: [1, 2, 3]
            )
            #expect(response.status == 201)
            #expect(response.headers.values("X-A") == ["1", "2"])
            #expect(String(decoding: response.body, as: UTF8.self) == "POST /a?b y 3")
            client.close()
        }
    }

    @Test func usesAConnectionAgainAndManyAtOnce() async throws {
        let peers = Collector<String>()
        let handler: HTTPHandler = { request, responder in
            peers.add(request.head.peer)
            responder.respond(status: 200)
        }
        try await withServer(handler: handler) { server, loop in
            let client = HTTPClient(loop: loop, idleLimit: 2)
            for _ in 1...5 { _ = try await client.request("GET", host: "127.0.0.1", port: server.port, target: "/") }
            #expect(Set(peers.elements).count == 1)
            try await withThrowingTaskGroup { group in
                for _ in 1...20 {
                    group.addTask {
                        try await client.request("GET", host: "127.0.0.1", port: server.port, target: "/").status
                    }
                }
                for try await status in group { #expect(status == 200) }
            }
            while await loop.perform({ server.connectionCount }) > 2 { await Task.yield() }
            client.close()
        }
    }

    @Test func aKeptConnectionThatDiedIsReplaced() async throws {
        let loop = Loop()
        let client = HTTPClient(loop: loop)
        let first = try HTTPServer.openLoopback(on: loop) { $1.respond(status: 200) }
        _ = try await client.request("GET", host: "127.0.0.1", port: first.port, target: "/")
        await first.close()
        let second = try HTTPServer.openLoopback(port: first.port, on: loop) { $1.respond(status: 202) }
        let response = try await client.request("GET", host: "127.0.0.1", port: first.port, target: "/")
        #expect(response.status == 202)
        await second.close()
        await loop.shutdown()
    }

    @Test func streamsBothWaysWithTrailers() async throws {
        let handler: HTTPHandler = { request, responder in
            responder.start(status: 200)
            request.stream?.read(
                onChunk: { responder.write($0) },
                onEnd: { end in
                    guard case .complete(let trailers) = end else { return responder.abort() }
                    responder.end(trailers: ["X-Back": trailers["x-sum"] ?? "none"])
                }
            )
        }
        try await withServer(bodyMode: { _ in .stream }, handler: handler) { server, loop in
            let client = HTTPClient(loop: loop)
            let received = Collector<String>()
            let request = HTTPClientRequest("POST", host: "127.0.0.1", port: server.port, target: "/", body: .stream)
            await loop.perform {
                nonisolated(unsafe) var count = 0
                let call = client.start(
                    request,
                    HTTPResponseEvents(
                        onHead: { status, _ in received.add("\(status)") },
                        onBytes: { count += $0.count },
                        onEnd: { result in
                            let trailer = (try? result.get())?["x-back"] ?? "\(result)"
                            received.add("\(count) \(trailer)")
                        }
                    )
                )
                for _ in 1...20 { call.write([UInt8](repeating: 1, count: 100_000)) }
                call.end(trailers: ["X-Sum": "27"])
            }
            #expect(await received.wait(for: 2) == ["200", "2000000 27"])
            client.close()
        }
    }

    @Test func errorsAreTold() async throws {
        let handler: HTTPHandler = { request, responder in
            switch request.path {
            case "/never": responder.onClose { _ = responder }
            case "/cut":
                responder.start(status: 200, headers: ["Content-Length": "10"])
                responder.abort()
            default: responder.respond(status: 200, body: [UInt8](repeating: 0, count: 1000))
            }
        }
        try await withServer(handler: handler) { server, loop in
            let client = HTTPClient(loop: loop)
            func code(_ target: String, port: Int? = nil, host: String = "127.0.0.1", headers: HTTPHeaders = [:]) async
                -> NetworkError.Code?
            {
                do {
                    _ = try await client.request(
                        "POST",
                        host: host,
                        port: port ?? server.port,
                        target: target,
                        headers: headers,
                        timeout: .milliseconds(target == "/never" ? 50 : 10_000),
                        limit: 999
                    )
                    return nil
                } catch { return error.code }
            }
            #expect(await code("/never") == .timedOut)
            let cut = await code("/cut")
            #expect(cut == .closed || cut == .malformed)
            #expect(await code("/large") == .tooLarge)
            #expect(await code("/large", headers: ["bad name": "x"]) == .malformed)
            let free = try HTTPServer.openLoopback(on: loop) { _, _ in }
            await free.close()
            #expect(await code("/", port: free.port) == .refused)
            client.close()
        }
    }

    @Test func noBodyIsExpectedWhereNoneCanBe() async throws {
        let handler: HTTPHandler = { request, responder in
            responder.respond(status: request.path == "/204" ? 204 : 200, body: Array("text".utf8))
        }
        try await withServer(handler: handler) { server, loop in
            let client = HTTPClient(loop: loop)
            for (method, target) in [("HEAD", "/"), ("GET", "/204"), ("HEAD", "/204"), ("GET", "/")] {
                let response = try await client.request(method, host: "127.0.0.1", port: server.port, target: target)
                #expect(response.body.count == (method == "GET" && target == "/" ? 4 : 0))
            }
            #expect(await loop.perform { server.connectionCount } == 1)
            client.close()
        }
    }
}
