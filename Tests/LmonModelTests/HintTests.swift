import LmonModel
import LmonRecord
import LmonTestSupport
import Testing

@Suite struct HintTests {
    private func hints(_ observations: [Observation], of name: String = "r1") throws -> [Hint.Kind] {
        try #require(folded(observations).detail(id(name))).hints.map(\.kind)
    }

    private func inOne(_ calls: [[Observation]]) -> [Observation] {
        [.event("r1"), .start("r1")] + calls.flatMap { $0 } + [.runtimeDone("r1", at: 500, durationMs: 500)]
    }

    private func get(
        _ name: String,
        _ path: String,
        at start: Double,
        for duration: Double = 40,
        status: Int = 200,
        body: String = #"{\"name\":\"Ada\"}"#
    ) -> [Observation] {
        Observation.call(
            name,
            in: "r1",
            "GET",
            "https://api.test\(path)",
            status: status,
            body: body,
            at: start,
            duration: duration
        )
    }

    // MARK: Calls that could overlap

    @Test func seesGETsThatCouldOverlap() throws {
        let calls = [self.get("a", "/users/4", at: 10, for: 41), self.get("b", "/items?o=4", at: 55, for: 38)]
        #expect(try self.hints(self.inOne(calls)) == [.sequentialCalls(count: 2, savedMilliseconds: 38)])
    }

    @Test(arguments: [
        ("overlapping", "/items", 30.0, 200, #"{\"name\":\"Ada\"}"#),
        ("the first failed", "/items", 55, 502, #"{\"name\":\"Ada\"}"#),
        ("built from the answer", "/teams/77", 55, 200, #"{\"team\":77}"#),
    ])
    func doesNotAskForOverlap(reason: String, path: String, at start: Double, status: Int, body: String) throws {
        let calls = [
            self.get("a", "/users/4", at: 10, for: 41, status: status, body: body),
            self.get("b", path, at: start, for: 38),
        ]
        #expect(try self.hints(self.inOne(calls)).isEmpty, "\(reason)")
    }

    @Test func doesNotAskForOverlapOfWhatIsTooShortToMatter() throws {
        let calls = [self.get("a", "/x", at: 10, for: 2), self.get("b", "/y", at: 13, for: 2)]
        #expect(try self.hints(self.inOne(calls)).isEmpty)
    }

    @Test func doesNotAskForOverlapAcrossAWrite() throws {
        let post = Observation.call("p", in: "r1", "POST", "https://api.test/orders", at: 55, duration: 20)
        let calls = [self.get("a", "/x", at: 10), post, self.get("b", "/y", at: 80)]
        #expect(try self.hints(self.inOne(calls)).isEmpty)
    }

    @Test func takesAnUnknownAnswerForASource() throws {
        let unread: [Observation] = [
            .request("a", in: "r1", "GET", "https://api.test/session", at: 10), .response("a", in: "r1"),
            .make(.httpEnd, "r1", at: 50, #"{"callId":"a","outcome":"complete","timings":{"end":40}}"#),
        ]
        #expect(try self.hints(self.inOne([unread, self.get("b", "/users/99", at: 60)])).isEmpty)
        #expect(try self.hints(self.inOne([unread, self.get("b", "/users", at: 60)])).count == 1)
    }

    // MARK: Repetition

    @Test func seesTheSameURLAgain() throws {
        let calls = [self.get("a", "/rates", at: 10), self.get("b", "/rates", at: 12)]
        #expect(try self.hints(self.inOne(calls)) == [.repeatedURL(count: 2, url: "api.test/rates")])
    }

    @Test func seesOneCallForEachOfMany() throws {
        let calls = (0..<6).map { self.get("c\($0)", "/users/\($0)", at: 10 + Double($0), for: 30) }
        #expect(try self.hints(self.inOne(calls)) == [.repeatedURL(count: 6, url: "api.test/users/…")])
    }

    @Test func doesNotCallARetryOrAFewOfAKindRepetition() throws {
        let retry = [self.get("a", "/rates", at: 10, status: 502), self.get("b", "/rates", at: 100)]
        #expect(try self.hints(self.inOne(retry)).isEmpty)
        let few = (0..<4).map { self.get("c\($0)", "/users/\($0)", at: 10 + Double($0), for: 30) }
        #expect(try self.hints(self.inOne(few)).isEmpty)
    }

    // MARK: Retries

    @Test func seesARetryStorm() throws {
        let calls = (0..<5).map { number in
            Observation.call("c\(number)", in: "r1", status: 503, attempt: number + 1, at: 10 + Double(number) * 60)
        }
        #expect(try self.hints(self.inOne(calls)) == [.retryStorm(attempts: 5, host: "api.test")])
    }

    @Test func doesNotCallOneRetryAStorm() throws {
        let calls = (0..<3).map { number in
            Observation.call("c\(number)", in: "r1", status: number == 2 ? 200 : 503, at: 10 + Double(number) * 60)
        }
        #expect(try self.hints(self.inOne(calls)).isEmpty)
    }

    // MARK: Late calls

    @Test func seesACallThatWasNotAwaited() throws {
        let observations: [Observation] = [
            .start("r1"), .request("c1", in: "r1"), .runtimeDone("r1"), .freeze(at: 200), .thaw(at: 900),
            .end("c1", in: "r1", at: 910),
        ]
        #expect(try self.hints(observations) == [.notAwaited(count: 1)])
    }

    @Test func doesNotBlameAnUnreadAnswer() throws {
        let observations: [Observation] = [
            .start("r1"), .request("c1", in: "r1"), .response("c1", in: "r1"), .runtimeDone("r1"),
            .end("c1", in: "r1", "unread", at: 199), .freeze(at: 200),
        ]
        #expect(try self.hints(observations).isEmpty)
    }

    // MARK: Connections

    private func two(reused: Bool, gap: Double = 500, firstHost: String = "api.test") -> [Observation] {
        func one(_ name: String, _ host: String, at time: Double, reused: Bool) -> [Observation] {
            [.start(name, at: time)]
                + Observation.call("\(name)-1", in: name, "GET", "https://\(host)/x", reused: reused, at: time + 10)
                + [.runtimeDone(name, at: time + 184), .report(name, at: time + 187)]
        }
        return Observation.initialization + one("r1", firstHost, at: 0, reused: false)
            + one("r2", "api.test", at: gap, reused: reused)
    }

    @Test func seesANewConnectionInAWarmInvocation() throws {
        let hints = try self.hints(self.two(reused: false), of: "r2")
        #expect(hints == [.newConnections(count: 1, tls: true, host: "api.test")])
    }

    @Test func doesNotMindConnectionsThatHadToBeNew() throws {
        #expect(try self.hints(self.two(reused: true), of: "r2").isEmpty)
        #expect(try self.hints(self.two(reused: false), of: "r1").isEmpty)
        #expect(try self.hints(self.two(reused: false, gap: 600_000), of: "r2").isEmpty)
        #expect(try self.hints(self.two(reused: false, firstHost: "other.test"), of: "r2").isEmpty)
    }

    // MARK: Memory

    @Test(arguments: [
        (88, 256, Hint.Kind?.none), (229, 256, nil), (231, 256, .memoryNearLimit(used: 231, limit: 256)),
        (256, 256, .memoryNearLimit(used: 256, limit: 256)), (88, 512, nil), (300, 1024, nil),
        (200, 1024, .memoryFarBelowLimit(used: 200, limit: 1024)),
    ])
    func judgesMemory(used: Int, limit: Int, expected: Hint.Kind?) throws {
        let observations: [Observation] = [.start("r1"), .report("r1", memoryUsed: used, memoryLimit: limit)]
        #expect(try self.hints(observations) == (expected.map { [$0] } ?? []))
    }

    @Test(arguments: [
        (
            Hint.Kind.sequentialCalls(count: 2, savedMilliseconds: 38),
            "2 GETs ran one after the other and could overlap (−38 ms)"
        ),
        (.notAwaited(count: 1), "a call outlived the handler: not awaited?"),
        (.newConnections(count: 1, tls: true, host: "api.test"), "new TLS ×1 to api.test"),
    ])
    func readsAsOneLine(kind: Hint.Kind, text: String) {
        #expect(Hint(kind).description == text)
    }
}
