import LmonModel
import LmonRecord
import LmonTestSupport
import Testing

@Suite struct FilterTests {
    /// Cold; a GET to api.test that gets 200, a POST to pay.stripe.test that gets 502 and is tried again with 201.
    static let invocation: Invocation = {
        let post = "https://pay.stripe.test:8443/v1/charges?key=abc"
        let observations: [Observation] =
            Observation.initialization + [.event("9f3c0000-aaaa", at: 0), .start("9f3c0000-aaaa", at: 0)]
            + Observation.call("c1", in: "9f3c0000-aaaa", at: 10, duration: 40)
            + Observation.call("c2", in: "9f3c0000-aaaa", "POST", post, status: 502, at: 60, duration: 20)
            + Observation.call("c3", in: "9f3c0000-aaaa", "POST", post, status: 201, attempt: 2, at: 90, duration: 25)
            + [
                .log("9f3c0000-aaaa", "Charged Ada", at: 120), .log("9f3c0000-aaaa", "done", at: 121),
                .make(.function, "9f3c0000-aaaa", at: 122, #"{"level":"WARN","message":"slow card"}"#),
                .result("9f3c0000-aaaa", at: 183), .runtimeDone("9f3c0000-aaaa", at: 184),
                .report("9f3c0000-aaaa", at: 187, initDurationMs: 327),
            ]
        return folded(observations).detailed.first { !$0.id.isInitialization }
            ?? Invocation(id: id("missing"), function: "", firstSeen: .test(0))
    }()

    @Test(arguments: [
        // Words, anywhere, in smart case.
        "ada", "Ada", "charged", "stripe", "9f3c", "application/json", "\"slow card\"", "'Charged Ada'", "orders a3",
        "order",
        // Levels.
        "function=orders", "function~ord", "environment=a3", "environment~01KAR", "requestId~9f3c", "cold", "Ada cold",
        "duration=187", "duration>100ms", "duration<1s", "duration<=0.187s", "invocation.duration>=187ms",
        "billed=187ms",
        "memory>80MB", "memory=88", "memory.limit=256MB", "init>300ms", "calls=3", "logs>=3", "outcome=success",
        "event~order", "result~ok",
        "status=502", "status=5xx", "status>=500", "status<500", "status!=200", "status!=5xx", "method=POST",
        "method=post", "host=api.test", "host=pay.stripe.test", "host=pay.stripe.test:8443", "host~stripe",
        "path=/v1/charges", "path~/users/", "query=key=abc", "url=https://pay.stripe.test:8443/v1/charges?key=abc",
        "client=node:undici", "attempt=2", "retry", "reused", "size=1234", "size>1.2kB", "size<2MB",
        "response.size<=1.3k", "header.accept=application/json", "request.header.Accept~json",
        "response.header.content-type~json", "call.duration<25ms", "call.duration>=40ms", "firstByte<20ms",
        "body~ada", "call.error", "call.outcome=complete",
        "level=warn", "level>=warn", "level<error", "message=done", "message~charged", "log.message~CARD or ada",
        "type=http.request", "type~platform",
        // One item for the conditions of a level.
        "host~stripe and status>=500", "host~stripe status=201 attempt=2", "host~stripe and not status=502",
        "(status=502 or status=404) host~stripe", "level=warn message~slow",
        "method=POST and (status=201 and attempt=2)",
        // Several levels.
        "cold host~api message~charged", "cold and (status=502 or level>=error)", "type=function cold",
        // Regular expressions.
        "/charged/", "/Charged [A-Z]da/", "/CHARGED/i", "/^do?ne$/", "/ch ar\\ ged/x or cold",
        "host~/^pay\\.[a-z]+\\.test$/",
        "path~/^\\/users\\/\\d+$/", "message!~/^x/", "method~/^(GET|POST)$/ and status=502", "(/ada$/)",
        "/\\w+ ada/ cold",
        "host~/stripe/ and status>=500", "path~/v1/charges", "not /nobody|nothing/",
        // None.
        "not status=404", "not error", "not late", "not (host~api and status=502)", "not host~example.com",
        "not inflight", "not timeout", "not level>=error", "not type=lmon.shutdown", "NOT error AND cold",
        "not (host~example or status=404)", "error or cold", "error cold or cold",
        // Every.
        "not host~stripe or status>=201",
    ])
    func matches(text: String) throws {
        #expect(try Filter(text).matches(Self.invocation))
        #expect(try !Filter("not (\(text))").matches(Self.invocation))
    }

    @Test(arguments: [
        "bob", "CHARGED", "error", "timeout", "inflight", "late", "function=order", "duration>187ms", "memory>100MB",
        "calls>3", "status=404", "status=4xx", "host=stripe", "method=GET status=502", "host~api and status>=500",
        "level>=error", "message~charged level=warn", "header.x-missing=1", "header.x-missing!=1", "code!=x",
        "code=ECONNREFUSED", "outcome=unread", "call.timeout", "status!=200 status=200",
        "host~stripe attempt=1 status=201",
        "/CHARGED/", "/^ada/", "host~/^stripe/", "host~/api/ and status>=500", "message~/slow$/", "/Charged\\x{41}/",
        "not cold", "not status=502", "not status=502 and not status=404", "not host~stripe or status=201",
        "cold and error", "type=lmon.freeze", "errorType=TypeError", "phase=connect", "path=/v1",
    ])
    func doesNotMatch(text: String) throws {
        #expect(try !Filter(text).matches(Self.invocation))
        #expect(try Filter("not (\(text))").matches(Self.invocation))
    }

    @Test func anUnknownValueSatisfiesNoComparison() throws {
        let open = try folded([.start("r1"), .request("c1", in: "r1")]).requireInvocation("r1")
        for text in [
            "status!=200", "status<1000", "duration<1h", "outcome!=success", "memory<1000", "call.duration>=0",
        ] {
            #expect(try !Filter(text).matches(open), "\(text)")
        }
        for text in ["inflight", "call.inflight", "not status=200", "calls=1", "host=api.test"] {
            #expect(try Filter(text).matches(open), "\(text)")
        }
    }

    @Test(arguments: [
        ("timeout", "timeout"), ("error", "timeout"), ("outcome=timeout", "timeout"), ("error", "error"),
        ("outcome=error", "error"), ("error", "failure"),
    ])
    func aFailedInvocation(text: String, status: String) throws {
        let failed = try folded([.start("r1"), .runtimeDone("r1", status), .report("r1", status)]).requireInvocation(
            "r1"
        )
        #expect(try Filter(text).matches(failed))
    }

    @Test func whatAHandlerThrows() throws {
        let failed = try folded([.start("r1"), .handlerError("r1"), .runtimeDone("r1"), .report("r1")])
            .requireInvocation("r1")
        for text in ["error", "outcome=handlerError", "errorType=TypeError", "errorMessage~function", "typeerror"] {
            #expect(try Filter(text).matches(failed), "\(text)")
        }
    }

    @Test func aCallThatIsLate() throws {
        let all: [Observation] =
            [.start("r1"), .request("c1", in: "r1", at: 10), .runtimeDone("r1", at: 20), .report("r1", at: 21)]
            + [.failedEnd("c1", in: "r1", at: 500)]
        let invocation = try folded(all).requireInvocation("r1")
        for text in ["late", "code=ECONNREFUSED", "phase=connect late", "call.error", "not error"] {
            #expect(try Filter(text).matches(invocation), "\(text)")
        }
    }

    // MARK: Other subjects

    @Test(arguments: [
        ("status=502", "c2"), ("error", "c2"), ("duration<25ms", "c2"), ("stripe not status=201", "c2"),
        ("attempt>1", "c3"), ("method=GET cold", "c1"), ("duration>=40ms invocation.duration>100ms", "c1"),
        ("not method=POST", "c1"), ("host~api message~ada", "c1"),
    ])
    func oneCallAsTheSubject(text: String, expected: String) throws {
        let filter = try Filter(text)
        let calls = Self.invocation.calls.filter { filter.matches($0, function: "orders", in: Self.invocation) }
        #expect(calls.map(\.id) == [expected])
    }

    @Test(arguments: [
        ("level=warn", "slow card"), ("done", "done"), ("message~Ada", "Charged Ada"),
        ("not (ada or done)", "slow card"),
        ("charged status=502 cold", "Charged Ada"),
    ])
    func oneLogLineAsTheSubject(text: String, expected: String) throws {
        let filter = try Filter(text)
        let lines = Self.invocation.logs.filter {
            filter.matches($0, id: Self.invocation.id, function: "orders", in: Self.invocation)
        }
        #expect(lines.map(\.text) == [expected])
    }

    @Test(arguments: [
        ("cold", true), ("function=orders", true), ("error", false), ("duration<1s", true), ("calls=3", true),
        ("status=502", nil), ("memory>1", nil), ("stripe", nil), ("a3", true), ("cold and status=502", nil),
        ("error and status=502", false), ("cold or status=502", true), ("not cold", false),
    ])
    func aSummaryAsFarAsItKnows(text: String, expected: Bool?) throws {
        #expect(try Filter(text).matches(InvocationSummary(Self.invocation)) == expected)
    }

    @Test func aSummaryWithoutCallsHasNoneThatMatches() throws {
        let summary = InvocationSummary(
            try folded(Observation.invocation("r1").filter { !$0.type.rawValue.hasPrefix("http") })
                .requireInvocation("r1")
        )
        #expect(try Filter("status=200").matches(summary) == false)
        #expect(try Filter("not status=200").matches(summary) == true)
    }

    @Test func rowsThatAreNoInvocation() throws {
        let model = folded(Observation.initialization + [.shutdown("timeout", at: 9)])
        let events = model.events
        for (text, expected) in [
            ("shutdown", [false, true]), ("function=orders", [true, true]), ("node22", [true, false]),
            ("environment=a3", [true, true]), ("status=500", [false, false]), ("not shutdown", [true, false]),
        ] {
            let filter = try Filter(text)
            #expect(events.map { filter.matches($0) } == expected, "\(text)")
        }
    }
}
