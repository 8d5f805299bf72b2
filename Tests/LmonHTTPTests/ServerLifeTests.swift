import LmonHTTP
import LmonTestSupport
import Testing

@Suite(.exclusive) struct ServerLifeTests {
    @Test func stopsAtOnceWithManyConnectionsInEveryState() async throws {
        for _ in 1...5 {
            let loop = Loop()
            let server = try HTTPServer.openLoopback(
                on: loop,
                bodyMode: { $0.path == "/stream" ? .stream : .whole(limit: 100) }
            ) {
                request,
                responder in
                switch request.path {
                case "/hold": responder.onClose { _ = responder }
                case "/stream":
                    responder.start(status: 200)
                    request.stream?.read(onChunk: { responder.write($0) }, onEnd: { _ in responder.end() })
                default: responder.respond(status: 200)
                }
            }
            let clients = try (0..<64).map { index in
                let client = try RawClient(port: server.port)
                switch index % 5 {
                case 0: break
                case 1: client.send("GET /hold HTTP/1.1\r\nHost: h\r\n\r\n")
                case 2: client.send("POST /stream HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n")
                case 3: client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\nGET / HTT")
                default: client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 50\r\n\r\nabc")
                }
                return client
            }
            await server.close()
            await server.close()
            for client in clients { try client.receiveToEnd() }
            #expect(throws: RawClient.Failure.self) { try RawClient(port: server.port) }
            await loop.shutdown()
        }
    }

    @Test func closingTellsHeldResponders() async throws {
        let loop = Loop()
        let held = Collector<Responder>()
        let left = Collector<Void>()
        let server = try HTTPServer.openLoopback(on: loop) { _, responder in
            responder.onClose { left.add(()) }
            held.add(responder)
        }
        let client = try RawClient(port: server.port)
        client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        _ = await held.wait(for: 1)
        await server.close()
        #expect(left.elements.count == 1)
        #expect(try client.receiveToEnd() == "")
        await loop.shutdown()
    }

    @Test func aTakenPortIsTold() async throws {
        let loop = Loop()
        let first = try HTTPServer.openLoopback(on: loop) { $1.respond(status: 200) }
        let error = #expect(throws: NetworkError.self) {
            try HTTPServer.openLoopback(port: first.port, on: loop) { $1.respond(status: 200) }
        }
        #expect(error?.code == .addressInUse)
        #expect(error?.description == "127.0.0.1:\(first.port) is in use by another process")
        await #expect(throws: NetworkError.self) {
            try await TCPListener.listen(host: "127.0.0.1", port: first.port, on: loop) { _ in }
        }
        await first.close()
        // It is free again at once.
        let second = try HTTPServer.openLoopback(port: first.port, on: loop) { $1.respond(status: 200) }
        await second.close()
        await loop.shutdown()
    }

    @Test func aNameThatIsNoAddressIsRefused() async {
        let loop = Loop()
        await #expect(throws: NetworkError.self) {
            try await HTTPServer.listen(host: "not.an.address", port: 0, on: loop) { $1.respond(status: 200) }
        }
        await loop.shutdown()
    }

    @Test func inputThatWasSentBeforeIsRead() async throws {
        let seen = Collector<String>()
        try await withServer(handler: { request, responder in
            seen.add(String(request.path))
            responder.respond(status: 200)
        }) { server, loop in
            let client = try RawClient(port: server.port)
            client.send("POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\na")
            _ = await seen.wait(for: 1)
            // While the loop is busy here nothing is read: three requests wait, one of them of a new connection.
            let outcome = Collector<[String]>()
            await loop.perform {
                client.send("GET /2 HTTP/1.1\r\nHost: h\r\n\r\nGET /3 HTTP/1.1\r\nHost: h\r\n\r\n")
                let other = try? RawClient(port: server.port)
                other?.send("GET /4 HTTP/1.1\r\nHost: h\r\n\r\n")
                server.whenInputIsRead {
                    outcome.add(seen.elements)
                    _ = other
                }
                #expect(seen.elements.count == 1)
            }
            #expect(await outcome.wait(for: 1)[0].sorted() == ["/1", "/2", "/3", "/4"])
            // Nothing waits: within the call.
            let isImmediate = await loop.perform {
                let before = outcome.elements.count
                server.whenInputIsRead { outcome.add([]) }
                return outcome.elements.count == before + 1
            }
            #expect(isImmediate)
        }
    }
}
