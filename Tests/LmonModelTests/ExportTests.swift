import LmonJSON
import LmonModel
import LmonRecord
import LmonTestSupport
import Testing

@Suite struct ExportTests {
    private func entries(_ invocations: [Invocation]) throws -> [JSONValue] {
        let har = try JSONValue(parsing: Export.text(.har, invocations))
        #expect(har["log"]?["version"]?.string == "1.2")
        #expect(har["log"]?["creator"]?["name"]?.string == "lmon")
        guard case .array(let entries)? = har["log"]?["entries"] else { return [] }
        return entries
    }

    private func invocation(_ observations: [Observation]) throws -> Invocation {
        try folded([.start("r1")] + observations + [.runtimeDone("r1"), .report("r1", initDurationMs: 327)])
            .requireInvocation("r1")
    }

    private func json(_ text: String) throws -> JSONValue { try JSONValue(parsing: text) }

    @Test func aCallIsAnEntry() throws {
        let url = "https://api.test:8443/users/4?name=Ada%20L&x=a+b&flag&x="
        let request =
            #"{"callId":"c1","method":"POST","url":"\#(url)","headers":[["content-type","application/json"],["cookie","a=1; b=x=y"]],"body":{"text":"{\"q\":1}","size":7}}"#
        let response =
            #"{"callId":"c1","status":302,"version":"2","headers":[["location","/next"],["set-cookie","s=1; Path=/; HttpOnly"],["content-encoding","gzip"],["content-type","text/plain"]],"timings":{"dns":2,"connect":5,"tls":9,"firstByte":30},"connection":{"id":"7","remote":"[::1]:8443"}}"#
        let end =
            #"{"callId":"c1","outcome":"complete","bodies":{"response":{"text":"Grüße","size":30,"decodedSize":7}},"sizes":{"request":7,"response":30},"timings":{"end":41.5}}"#
        let entry = try #require(
            try self.entries([
                self.invocation([
                    .make(.httpRequest, "r1", at: 10.25, request), .make(.httpResponse, "r1", at: 40, response),
                    .make(.httpEnd, "r1", at: 51, end),
                ])
            ]).first
        )
        #expect(entry["startedDateTime"]?.string == "2026-11-23T10:42:01.010250Z")
        #expect(
            entry["timings"]
                == (try self.json(
                    #"{"blocked":-1,"dns":2,"connect":7,"ssl":4,"send":-1,"wait":21,"receive":11.5}"#
                ))
        )
        #expect(entry["time"]?.double == 41.5)
        #expect(entry["serverIPAddress"]?.string == "::1")
        let sent = try #require(entry["request"])
        #expect(sent["url"]?.string == url)
        #expect(sent["postData"] == (try self.json(#"{"mimeType":"application/json","text":"{\"q\":1}"}"#)))
        #expect(
            sent["queryString"]
                == (try self.json(
                    #"[{"name":"name","value":"Ada L"},{"name":"x","value":"a b"},{"name":"flag","value":""},{"name":"x","value":""}]"#
                ))
        )
        #expect(sent["cookies"] == (try self.json(#"[{"name":"a","value":"1"},{"name":"b","value":"x=y"}]"#)))
        let received = try #require(entry["response"])
        #expect(received["status"]?.double == 302)
        #expect(received["httpVersion"]?.string == "HTTP/2")
        #expect(received["redirectURL"]?.string == "/next")
        #expect(
            received["content"]
                == (try self.json(#"{"size":7,"mimeType":"text/plain","text":"R3LDvMOfZQ==","encoding":"base64"}"#))
        )
        #expect(
            received["cookies"]
                == (try self.json(#"[{"name":"s","value":"1","path":"/","httpOnly":true,"secure":false}]"#))
        )
        let lambda = try #require(entry["_lambda"])
        #expect(lambda["requestId"]?.string == "r1" && lambda["function"]?.string == "orders")
        #expect(lambda["cold"]?.bool == true && lambda["duration"]?.double == 187)
    }

    @Test func whatIsNotKnownIsNotMadeUp() throws {
        let invocation = try self.invocation([
            .request("open", in: "r1", at: 10), .make(.httpEnd, "r1", at: 20, #"{"callId":"lost","status":200}"#),
            .request("bad", in: "r1", "GET", "-K/etc/passwd", at: 30), .failedEnd("bad", in: "r1", at: 40),
            .make(
                .httpEnd,
                "r1",
                at: 50,
                #"{"callId":"cut","bodies":{"response":{"base64":"AAE=","size":9,"truncated":true}}}"#
            ),
            .make(
                .httpEnd,
                "r1",
                at: 51,
                #"{"callId":"long","bodies":{"response":{"text":"[1,","size":900,"truncated":true}}}"#
            ),
        ])
        let entries = try self.entries([invocation])
        func entry(_ id: String) throws -> JSONValue {
            try #require(entries.first { $0["_lambda"]?["callId"]?.string == id })
        }
        let open = try entry("open")
        #expect(open["response"]?["status"]?.double == 0 && open["time"]?.double == 0)
        #expect(open["timings"]?["wait"]?.double == -1)
        #expect(open["comment"]?.string == "in flight when this was written")
        let lost = try entry("lost")
        #expect(
            lost["request"]?["url"]?.string == "http://unknown.invalid/" && lost["response"]?["status"]?.double == 200
        )
        #expect(lost["comment"]?.string == "the URL was not seen")
        let bad = try entry("bad")
        #expect(bad["request"]?["url"]?.string == "http://unknown.invalid/")
        #expect(bad["request"]?["_url"]?.string == "-K/etc/passwd")
        #expect(bad["response"]?["_error"]?.string == "ECONNREFUSED")
        let cut = try entry("cut")
        #expect(cut["response"]?["content"]?["encoding"]?.string == "base64")
        #expect(try entry("long")["response"]?["content"]?["size"]?.double == 900)
        #expect(cut["comment"]?.string == "the URL was not seen; the response body was cut")
    }

    @Test func aURLIsWrittenAsEveryReaderTakesIt() throws {
        for (url, expected) in [
            ("http://a.test/‹redacted› x", "http://a.test/%E2%80%B9redacted%E2%80%BA%20x"),
            ("HTTP://user:pw@[::1]:80/?a=[1]", "HTTP://user:pw@[::1]:80/?a=[1]"),
            ("https://a..b/", "http://unknown.invalid/"), ("https://a:99999/", "http://unknown.invalid/"),
            ("https:///x", "http://unknown.invalid/"), ("https://ü/", "http://unknown.invalid/"),
        ] {
            var call = Call(id: "c", invocation: id("r1"))
            call.url = URLText(url)
            var invocation = Invocation(id: id("r1"), function: "f", firstSeen: .test(0))
            invocation.calls = [call]
            #expect(try self.entries([invocation]).first?["request"]?["url"]?.string == expected)
        }
    }

    @Test func anEncodingThatNoReaderKnowsStandsInTheComment() throws {
        let response = #"{"callId":"c1","status":200,"headers":[["content-encoding","aws-chunked"],["x","y"]]}"#
        let entry = try #require(
            try self.entries([
                self.invocation([.request("c1", in: "r1"), .make(.httpResponse, "r1", at: 9, response)])
            ]).first
        )
        #expect(entry["response"]?["headers"] == (try self.json(#"[{"name":"x","value":"y"}]"#)))
        #expect(entry["response"]?["comment"]?.string == "content-encoding: aws-chunked")
    }

    @Test func anInvocationIsOneObjectOnOneLine() throws {
        let observations: [Observation] =
            [.event("r1", "{\n  \"order\": 4\n}")] + Observation.call("c1", in: "r1", status: 502)
            + [
                .log("r1", "two\nlines"),
                .make(.invocationResult, "r1", at: 99, #"{"text":"cut off {","truncated":true}"#),
            ]
        let text = Export.text(.json, [try self.invocation(observations)])
        #expect(text.split(separator: "\n").count == 1 && text.hasSuffix("\n"))
        let object = try JSONValue(parsing: text)
        #expect(object["requestId"]?.string == "r1")
        #expect(object["event"]?["order"]?.double == 4)
        #expect(object["result"]?["truncated"]?.bool == true && object["result"]?["text"]?.string == "cut off {")
        #expect(object["logs"] == (try self.json(#"["two\nlines"]"#)))
        guard case .array(let calls)? = object["calls"] else { throw Model.Missing(requestID: "r1") }
        #expect(calls[0]["status"]?.double == 502 && calls[0]["failed"]?.bool == true)
        #expect(calls[0]["responseBody"]?["name"]?.string == "Ada")
        #expect(calls[0]["requestHeaders"] == (try self.json(#"[["accept","application/json"]]"#)))
    }

    @Test func oneCallInEachForm() throws {
        let invocation = try self.invocation(
            Observation.call("c1", in: "r1") + Observation.call("c2", in: "r1", at: 60)
        )
        let call = try #require(invocation.call("c2"))
        #expect(try JSONValue(parsing: Export.text(.json, call, of: invocation))["callId"]?.string == "c2")
        #expect(
            Export.text(.curl, call, of: invocation)
                == "curl https://api.test/users/4 -H 'accept: application/json' -H 'user-agent:'\n"
        )
        guard
            case .array(let entries)? = try JSONValue(parsing: Export.text(.har, call, of: invocation))["log"]?[
                "entries"
            ]
        else { throw Model.Missing(requestID: "c2") }
        #expect(entries.map { $0["_lambda"]?["callId"]?.string } == ["c2"])
        #expect(Export.text(.curl, [invocation]).split(separator: "\n").count == 2)
    }

    /// Whatever a function sends: valid, and harmless to whoever looks at it.
    @Test(arguments: 1...10)
    func hostileSessionsAreExportedWhole(seed: UInt64) throws {
        var model = Model()
        for line in HostileSession(seed: seed).lines { model.apply(try Record(line: line)) }
        let invocations = model.detailed
        let calls = invocations.reduce(0) { $0 + $1.calls.count }
        #expect(calls > 0)
        #expect(try self.entries(invocations).count == calls)
        let own = invocations.filter { !$0.id.isInitialization }
        let objects = Export.text(.json, own).split(separator: "\n")
        #expect(objects.count == own.count)
        for object in objects { _ = try JSONValue(parsing: String(object)) }
        for format in ExportFormat.allCases {
            let text = Export.text(format, invocations)
            let dangerous = text.unicodeScalars.filter {
                switch $0.value {
                case 0x0A: false
                case 0..<0x20, 0x7F..<0xA0, 0x200B, 0x200E...0x200F, 0x202A...0x202E, 0x2066...0x2069, 0xFEFF: true
                default: false
                }
            }
            #expect(dangerous.isEmpty, "\(format)")
        }
    }
}
