import LmonHTTP
import LmonTestSupport
import Testing

/// What goes over the wire, byte for byte.
@Suite(.exclusive) struct FramingTests {
    private static let echo: HTTPHandler = { request, responder in
        responder.respond(status: 200, headers: ["X-Path": String(request.path)], body: request.body)
    }

    @Test(arguments: [
        ("GET /a?b=c HTTP/1.1\r\nHost: h\r\n\r\n", "HTTP/1.1 200 OK\r\nX-Path: /a\r\ncontent-length: 0\r\n\r\n"),
        (
            "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc",
            "HTTP/1.1 200 OK\r\nX-Path: /\r\ncontent-length: 3\r\n\r\nabc"
        ),
        (
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nX-Path: /\r\ncontent-length: 5\r\n\r\nabcde"
        ),
        (
            "GET / HTTP/1.0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nX-Path: /\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        ),
        (
            "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
            "HTTP/1.1 200 OK\r\nX-Path: /\r\ncontent-length: 0\r\nconnection: keep-alive\r\n\r\n"
        ),
        (
            "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
            "HTTP/1.1 200 OK\r\nX-Path: /\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        ),
    ])
    func answers(request: String, expected: String) async throws {
        try await withServer(handler: Self.echo) { server, _ in
            let client = try RawClient(port: server.port)
            client.send(request)
            #expect(try client.receive { $0.utf8.count >= expected.utf8.count } == expected)
        }
    }

    @Test(arguments: [
        ("GET", 204, "HTTP/1.1 204 No Content\r\n\r\n"),
        ("GET", 304, "HTTP/1.1 304 Not Modified\r\n\r\n"),
        ("HEAD", 200, "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n"),
        ("GET", 500, "HTTP/1.1 500 Internal Server Error\r\ncontent-length: 4\r\n\r\nbody"),
    ])
    func sendsNoBodyWhereNoneMayBe(method: String, status: Int, expected: String) async throws {
        try await withServer(handler: { $1.respond(status: status, body: Array("body".utf8)) }) { server, _ in
            let client = try RawClient(port: server.port)
            // The second answer proves that the first was framed right.
            for _ in 1...2 { client.send("\(method) / HTTP/1.1\r\nHost: h\r\n\r\n") }
            let both = expected + expected
            #expect(try client.receive { $0.utf8.count >= both.utf8.count } == both)
        }
    }

    @Test func streamsInChunksWithTrailers() async throws {
        let handler: HTTPHandler = { _, responder in
            responder.start(status: 200, headers: ["Trailer": "X-Sum"])
            responder.write(Array("hello ".utf8))
            responder.write([])
            responder.write(Array("world, this is longer".utf8))
            responder.end(trailers: ["X-Sum": "27"])
        }
        try await withServer(handler: handler) { server, _ in
            let client = try RawClient(port: server.port)
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            let expected =
                "HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\ntransfer-encoding: chunked\r\n\r\n"
                + "6\r\nhello \r\n15\r\nworld, this is longer\r\n0\r\nX-Sum: 27\r\n\r\n"
            #expect(try client.receive { $0.utf8.count >= expected.utf8.count } == expected)
        }
    }

    @Test func streamsToAnOldClientUntilItCloses() async throws {
        let handler: HTTPHandler = { _, responder in
            responder.start(status: 200)
            responder.write(Array("text".utf8))
            responder.end(trailers: ["X": "y"])
        }
        try await withServer(handler: handler) { server, _ in
            let client = try RawClient(port: server.port)
            client.send("GET / HTTP/1.0\r\n\r\n")
            #expect(try client.receiveToEnd() == "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\ntext")
        }
    }

    @Test func aPromisedLengthIsNeitherExceededNorMissed() async throws {
        let handler: HTTPHandler = { request, responder in
            responder.start(status: 200, headers: ["Content-Length": "4"])
            responder.write(Array((request.path == "/more" ? "abcdef" : "ab").utf8))
            responder.end()
        }
        try await withServer(handler: handler) { server, _ in
            let client = try RawClient(port: server.port)
            client.send("GET /more HTTP/1.1\r\nHost: h\r\n\r\nGET /less HTTP/1.1\r\nHost: h\r\n\r\n")
            let head = "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n"
            #expect(try client.receiveToEnd() == head + "abcd" + head + "ab")
        }
    }

    @Test func headerFieldsCannotBreakTheHead() async throws {
        let handler: HTTPHandler = { _, responder in
            responder.respond(
                status: 200,
                headers: [
                    "X-A": "b\r\nSet-Cookie: evil", "bad name": "x", "": "y", "Content-Length": "99",
                    "Transfer-Encoding": "chunked", "X-Ü": "z",
                ]
            )
        }
        try await withServer(handler: handler) { server, _ in
            let client = try RawClient(port: server.port)
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            let expected = "HTTP/1.1 200 OK\r\nX-A: b  Set-Cookie: evil\r\ncontent-length: 0\r\n\r\n"
            #expect(try client.receive("\r\n\r\n") == expected)
        }
    }

    @Test func trailersOfARequestAreVisible() async throws {
        let handler: HTTPHandler = { request, responder in
            let error = request.trailers["lambda-runtime-function-error-type"] ?? "none"
            responder.respond(status: 200, body: request.body + Array(" \(error)".utf8))
        }
        try await withServer(handler: handler) { server, _ in
            let client = try RawClient(port: server.port)
            client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n")
            client.send("Lambda-Runtime-Function-Error-Type: Oops\r\n\r\n")
            #expect(try client.receive("Oops").hasSuffix("ab Oops"))
        }
    }

    @Test func saysContinueOnceAndOnlyIfTheBodyIsWanted() async throws {
        try await withServer(limits: .init(body: 10), handler: Self.echo) { server, _ in
            let client = try RawClient(port: server.port)
            client.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
            #expect(try client.receive("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
            client.send("ab")
            #expect(try client.receive("ab").hasSuffix("content-length: 2\r\n\r\nab"))
            let other = try RawClient(port: server.port)
            other.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 11\r\n\r\n")
            #expect(try other.receiveToEnd().hasPrefix("HTTP/1.1 413 "))
        }
    }

    @Test func headerLookupIgnoresCaseAndKeepsDuplicates() {
        var headers: HTTPHeaders = ["Set-Cookie": "a", "x": "y"]
        headers.add("set-cookie", "b")
        #expect(headers["SET-COOKIE"] == "a")
        #expect(headers.values("Set-cookie") == ["a", "b"])
        #expect(headers.fields.map(\.name) == ["Set-Cookie", "x", "set-cookie"])
        headers["X"] = nil
        #expect(headers == ["Set-Cookie": "a", "set-cookie": "b"])
        #expect(headers != ["set-cookie": "b", "Set-Cookie": "a"])
    }
}
