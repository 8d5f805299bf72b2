import LmonHTTP
import LmonTestSupport
import Testing

/// What happens over the life of a connection.
@Suite(.exclusive) struct ConnectionTests {
    private static let ok: HTTPHandler = { $1.respond(status: 200, body: Array("ok".utf8)) }

    @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
        let held = Collector<Responder>()
        let handler: HTTPHandler = { request, responder in
            if request.path == "/slow" {
                held.add(responder)
            } else {
                responder.respond(status: 200, body: Array("fast".utf8))
            }
        }
        try await withServer(handler: handler) { server, loop in
            let client = try RawClient(port: server.port)
            client.send(
                "GET /slow HTTP/1.1\r\nHost: h\r\n\r\n"
                    + String(repeating: "GET / HTTP/1.1\r\nHost: h\r\n\r\n", count: 100)
            )
            let responder = await held.wait(for: 1)[0]
            await loop.perform { responder.respond(status: 200, body: Array("slow".utf8)) }
            let text = try client.receive { $0.split(separator: "fast", omittingEmptySubsequences: false).count > 100 }
            #expect(text.hasPrefix("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nslowHTTP"))
        }
    }

    @Test func answersToWhatIsReadAtOnceLeaveAtOnce() async throws {
        try await withServer(handler: Self.ok) { server, _ in
            // Often, since one that reads late would see them together anyway.
            for _ in 0..<100 {
                let client = try RawClient(port: server.port)
                client.send(String(repeating: "GET / HTTP/1.1\r\nHost: h\r\n\r\n", count: 20))
                let first = try client.receive { !$0.isEmpty }
                #expect(first.split(separator: "HTTP/1.1 200 OK").count == 20)
            }
        }
    }

    @Test func onlyTheFirstAnswerCounts() async throws {
        let handler: HTTPHandler = { _, responder in
            responder.respond(status: 200, body: Array("one".utf8))
            responder.respond(status: 500, body: Array("two".utf8))
            responder.start(status: 500)
            responder.write(Array("three".utf8))
            responder.end()
            responder.abort()
        }
        try await withServer(handler: handler) { server, _ in
            let client = try RawClient(port: server.port)
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
            let text = try client.receiveToEnd()
            #expect(text.split(separator: "one", omittingEmptySubsequences: false).count == 3)
            #expect(!text.contains("t" + "wo") && !text.contains("three"))
        }
    }

    @Test func aResponderThatIsLetGoAnswers500() async throws {
        try await withServer(handler: { _, _ in }) { server, _ in
            let client = try RawClient(port: server.port)
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(try client.receive("\r\n\r\n") == "HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n")
        }
    }

    @Test func aStreamThatIsLetGoIsCutOff() async throws {
        try await withServer(handler: { $1.start(status: 200) }) { server, _ in
            let client = try RawClient(port: server.port)
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(try !client.receiveToEnd().contains("0\r\n\r\n"))
        }
    }

    enum Leaving: CaseIterable, Sendable { case close, reset, halfClose }

    @Test(arguments: Leaving.allCases)
    func aLongPollIsToldWhenItsPeerLeaves(leaving: Leaving) async throws {
        let held = Collector<Responder>()
        let left = Collector<Void>()
        let handler: HTTPHandler = { _, responder in
            responder.onClose { left.add(()) }
            held.add(responder)
        }
        try await withServer(handler: handler) { server, loop in
            let client = try RawClient(port: server.port)
            client.send("GET /next HTTP/1.1\r\nHost: h\r\n\r\n")
            let responder = await held.wait(for: 1)[0]
            switch leaving {
            case .close: client.close()
            case .reset: client.reset()
            case .halfClose: client.finishSending()
            }
            _ = await left.wait(for: 1)
            await loop.perform { responder.respond(status: 200, body: Array("late".utf8)) }
            // Whoever closed only its sending side still gets its answer.
            if leaving == .halfClose { #expect(try client.receiveToEnd().hasSuffix("late")) }
            #expect(left.elements.count == 1)
        }
    }

    @Test func aHalfClosedClientGetsAllItsAnswers() async throws {
        try await withServer(handler: Self.ok) { server, _ in
            let client = try RawClient(port: server.port)
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n")
            client.finishSending()
            #expect(try client.receiveToEnd().split(separator: "ok").count == 2)
        }
    }

    @Test func aSlowReaderHoldsTheWriterBackAndLosesNothing() async throws {
        let total = 8 << 20
        let refusals = Collector<Int>()
        let handler: HTTPHandler = { _, responder in
            responder.start(status: 200, headers: ["Content-Length": String(total)])
            let chunk = [UInt8](repeating: 97, count: 64 << 10)
            nonisolated(unsafe) var left = total
            func fill() {
                while left > 0 {
                    left -= chunk.count
                    if !responder.write(chunk) { return refusals.add(left) }
                }
                responder.end()
            }
            responder.onDrained { fill() }
            fill()
        }
        try await withServer(handler: handler) { server, _ in
            let client = try RawClient(port: server.port, receiveBuffer: 8192)
            client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
            _ = await refusals.wait(for: 1)
            let first = refusals.elements[0]
            #expect(first > 0)
            try client.receiveToEnd()
            #expect(client.received.count { $0 == 97 } >= total)
        }
    }

    @Test func aPausedBodyStaysInItsSocket() async throws {
        let streams = Collector<HTTPBodyStream>()
        let received = Collector<Int>()
        let handler: HTTPHandler = { request, responder in
            guard let stream = request.stream else { return }
            nonisolated(unsafe) var count = 0
            stream.read(
                onChunk: {
                    count += $0.count
                    if count == $0.count {
                        stream.pause()
                        streams.add(stream)
                    }
                },
                onEnd: { _ in
                    received.add(count)
                    responder.respond(status: 200, body: Array("\(count)".utf8))
                }
            )
        }
        try await withServer(bodyMode: { _ in .stream }, handler: handler) { server, loop in
            let total = 6 << 20
            let client = try RawClient(port: server.port)
            let sender = Task.detached {
                client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: \(total)\r\n\r\n")
                client.send([UInt8](repeating: 98, count: total))
            }
            let stream = await streams.wait(for: 1)[0]
            let before = await loop.perform { server.activity }
            #expect(before < 200)
            #expect(received.elements.isEmpty)
            await loop.perform { stream.resume() }
            await sender.value
            #expect(try client.receive("\(total)").hasSuffix("\r\n\r\n\(total)"))
        }
    }

    @Test func aStreamedBodyThatBreaksOffIsTruncated() async throws {
        let ends = Collector<HTTPBodyStream.End>()
        let handler: HTTPHandler = { request, responder in
            request.stream?.read(
                onChunk: { _ in },
                onEnd: {
                    ends.add($0)
                    responder.respond(status: 200)
                }
            )
        }
        try await withServer(bodyMode: { _ in .stream }, handler: handler) { server, _ in
            let client = try RawClient(port: server.port)
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc")
            client.close()
            #expect(await ends.wait(for: 1) == [.truncated])
            let other = try RawClient(port: server.port)
            other.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX: y\r\n\r\n")
            #expect(await ends.wait(for: 2).last == .complete(trailers: ["X": "y"]))
        }
    }

    @Test func anAnswerBeforeTheBodyKeepsASmallRequestsConnection() async throws {
        try await withServer(bodyMode: { _ in .stream }, handler: Self.ok) { server, _ in
            let client = try RawClient(port: server.port)
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n")
            try client.receive("ok")
            client.send("abcdGET / HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(
                try client.receive { $0.split(separator: "ok", omittingEmptySubsequences: false).count == 3 }.hasSuffix(
                    "ok"
                )
            )
        }
    }
}
