import LmonHTTP
import LmonRecord
import LmonTestSupport
import Testing

@testable import LmonAgent

@Suite(.exclusive) struct IngestTests {
    /// Posts `body` and returns the answer's status line and body, and what the core made of it.
    private func post(
        _ path: String,
        _ body: String,
        method: String = "POST",
        headers: String = "Host: 127.0.0.1:4243\r\n",
        after observations: [Observation] = []
    ) async throws -> (status: String, text: String, records: [Record]) {
        try await withCore { core, _ in
            let keeper = Keeper()
            await core.see(observations)
            await core.attach(keeper, withRetained: false)
            let client = try RawClient(port: try await core.open())
            client.send(
                "\(method) \(path) HTTP/1.1\r\n\(headers)Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n"
            )
            client.send(body)
            let text = try client.receiveToEnd()
            await core.settle()
            let status = text.dropFirst("HTTP/1.1 ".count).prefix(3)
            let answer = text.split(separator: "\r\n\r\n", maxSplits: 1).dropFirst().first ?? ""
            return (String(status), String(answer), keeper.records)
        }
    }

    @Test func takesEventsAndLeavesBrokenOnesOut() async throws {
        let body = """
            {"type":"http.request","time":"2026-11-23T10:42:01.500Z","invocation":"r1","record":{"callId":"c1"}}
            {"type":"http.request","record":{"callId":"c2"

            {"record":{"callId":"c3"}}
            {"type":"made.up","invocation":null,"record":[1, 2],"more":true}
            """
        let answer = try await self.post("/v1/events", body)
        #expect(answer.status == "400")
        #expect(answer.text == "2 taken, 2 broken; the first at line 2, column 47: the JSON text ends too early\n")
        #expect(answer.records.map(\.summary) == ["1 http.request r1", "2 made.up –"])
        #expect(answer.records[0].time == .test(500))
        #expect(answer.records[1].payloadText == "[1, 2]")
    }

    @Test func answersAcceptedWhenAllIsWell() async throws {
        let answer = try await self.post("/v1/events", #"{"type":"http.request","record":{"callId":"c1"}}"# + "\n")
        #expect(answer.status == "202")
        #expect(answer.text == "")
        #expect(answer.records.count == 1)
    }

    @Test func telemetryNamesItsInvocationInTheRecord() async throws {
        let body = #"""
            [{"time":"2026-11-23T10:42:01.000Z","type":"platform.start","record":{"requestId":"r7","version":"1"}},
             {"time":"2026-11-23T10:42:01.001Z","type":"function","record":"hello"},
             {"time":"2026-11-23T10:42:01.001Z"},
             {"time":"2026-11-23T10:42:01.002Z","type":"platform.fromTheFuture","record":{"a":1}}]
            """#
        let answer = try await self.post("/telemetry", body)
        #expect(answer.status == "200")
        #expect(answer.text.hasPrefix("3 taken, 1 broken; the first at line 3"))
        #expect(
            answer.records.map(\.summary) == ["1 platform.start r7", "2 function r7", "3 platform.fromTheFuture –"]
        )
    }

    @Test(arguments: [
        (#"{"Accept":"a","X":["1","2"]}"#, #"[["Accept","a"],["X","1"],["X","2"]]"#),
        ("{}", "[]"),
        (#"{"_headers":{"accept":"a"}}"#, #"[["accept","a"]]"#),
        (#"[["Accept","a"],["X","1"]]"#, #"[["Accept","a"],["X","1"]]"#),
        ("null", "[]"),
    ])
    func takesOneCallInItsOldForm(headers: String, expected: String) async throws {
        let body =
            #"{"url":"http://a/b","method":"PUT","headers":\#(headers),"body":"hi","date":"2026-11-23T10:42:01.000Z"}"#
        let answer = try await self.post("/", body, after: [.start("r1")])
        #expect(answer.status == "200")
        #expect(answer.text == "OK")
        #expect(answer.records.map(\.summary) == ["2 http.request r1", "3 http.end r1"])
        #expect(answer.records[0].payloadText.contains(#""method":"PUT","url":"http://a/b","headers":\#(expected)"#))
        #expect(answer.records[1].payloadText.contains(#""outcome":"unread""#))
        #expect(answer.records[1].payloadText.contains(#"{"request":{"text":"hi","size":2}}"#))
        #expect(answer.records[0].time == .testOrigin)
    }

    @Test(arguments: [
        ("GET", "/", "", "404", ""), ("PUT", "/v1/events", "{}", "404", ""),
        ("POST", "/", "not json", "400", "line 1, column 2: unexpected 'o'\n"),
        ("POST", "/", "{\n \"url\":}", "400", "line 2, column 8: unexpected '}'\n"),
        ("POST", "/telemetry", "{}", "400", "line 1, column 1: expected an array\n"),
    ])
    func refusesTheRest(method: String, path: String, body: String, status: String, text: String) async throws {
        let answer = try await self.post(path, body, method: method)
        #expect(answer.status == status)
        #expect(answer.text == (method == "POST" ? text : ""))
        #expect(answer.records.isEmpty)
    }

    @Test func answersToLoopbackOnly() async throws {
        let refused = try await self.post("/", "{}", headers: "Host: 127.0.0.1.example.org\r\n")
        #expect(refused.status == "403" && refused.records.isEmpty)
        let page = try await self.post("/", "{}", headers: "Host: 127.0.0.1\r\nOrigin: https://example.org\r\n")
        #expect(page.status == "403" && page.records.isEmpty)
    }

    @Test(arguments: [
        ("localhost", true), ("LOCALHOST:80", true), ("127.0.0.1", true), ("127.77.3.4:4243", true), ("[::1]:9", true),
        ("sandbox:4243", true), ("sandbox.localdomain", true), ("127.0.0.1.nip.io", false), ("127.evil", false),
        ("localhost.evil", false), ("10.0.0.1", false), ("", false), ("127.0.0.256", false), ("[::1].evil", false),
        ("localhost:80@evil", false),
    ])
    func tellsLoopbackHosts(host: String, isLocal: Bool) {
        #expect(HostCheck().isOwn(authority: host) == isLocal)
        #expect(HostCheck().isOwn(origin: "http://\(host)") == isLocal)
    }

    @Test func secretsThatASenderLeftInAreTakenOut() async throws {
        let record =
            #"{"callId":"c1","url":"http://a/?token=abc&x=1","headers":[["Authorization","Bearer q"],["Accept","a"]],"n":1.50}"#
        let end =
            #"{"callId":"c1","bodies":{"request":{"text":"{\"password\":\"hunter2\"}","size":22},"response":{"base64":"AA=="}}}"#
        let body = #"{"type":"http.request","record":\#(record)}"# + "\n" + #"{"type":"http.end","record":\#(end)}"#
        let answer = try await self.post("/v1/events", body)
        let request = answer.records[0].payloadText
        #expect(!request.contains("abc") && !request.contains("Bearer q"))
        #expect(request.contains("x=1") && request.contains(#"["Accept","a"]"#) && request.contains(#""n":1.50"#))
        #expect(!answer.records[1].payloadText.contains("hunter2"))
        #expect(answer.records[1].payloadText.contains(#""redacted":true"#))
        let own = "Host: 127.0.0.1:4243\r\nLmon-Redacted: true\r\n"
        #expect(try await self.post("/v1/events", body, headers: own).records.map(\.payloadText) == [record, end])
        let old = try await self.post(
            "/",
            #"{"url":"http://a/?token=abc","headers":{"Authorization":"Bearer q"},"body":"{\"password\":\"hunter2\"}"}"#
        )
        let all = old.records.map(\.payloadText).joined()
        #expect(!all.contains("abc") && !all.contains("Bearer q") && !all.contains("hunter2"))
    }

    @Test func survivesGarbage() async throws {
        var generator = SeededGenerator(seed: 7)
        let bodies = (0..<60).map { _ in
            (0..<generator.int(0..<300)).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
        }
        try await withCore { core, _ in
            let port = try await core.open()
            let client = try RawClient(port: port)
            for (index, body) in bodies.enumerated() {
                let path = ["/v1/events", "/telemetry", "/"][index % 3]
                client.send("POST \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.count)\r\n\r\n")
                client.send(body)
            }
            let answers = try client.receive { $0.components(of: "HTTP/1.1 ") == 60 }
            #expect(!answers.contains("HTTP/1.1 5"))
        }
    }
}

extension String {
    /// How often `part` is in it.
    fileprivate func components(of part: String) -> Int {
        self.split(separator: part, omittingEmptySubsequences: false).count - 1
    }
}
