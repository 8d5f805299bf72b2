import LmonModel
import LmonRecord
import LmonTestSupport
import Testing

/// Hints that name the cause of a failure, and when they must not appear.
@Suite struct CauseTests {
    private func invocation(_ change: (inout Invocation) -> Void) -> Invocation {
        var invocation = Invocation(id: id("r1"), function: "orders", firstSeen: .test(0))
        invocation.start = .test(0)
        invocation.runtimeStatus = .success
        invocation.handlerDuration = 100
        change(&invocation)
        return invocation
    }

    private func call(
        _ url: String,
        _ status: Int?,
        type: String = "application/json",
        body: String? = nil,
        accept: String? = nil,
        at start: Double = 5
    ) -> Call {
        var call = Call(id: "c-\(url)-\(start)", invocation: id("r1"))
        call.method = "POST"
        call.url = URLText(url)
        call.status = status
        call.start = .test(start)
        call.end = .test(start + 20)
        call.timings.end = 20
        call.outcome = .complete
        call.requestHeaders = accept.map { [Header("Accept", $0)] }
        call.responseHeaders = [Header("Content-Type", type)]
        call.responseBody = body.map { Body(.text($0), size: $0.utf8.count) }
        return call
    }

    private func kinds(_ invocation: Invocation) -> [Hint.Kind] { Hint.hints(for: invocation).map(\.kind) }
    private func kinds(_ calls: Call...) -> [Hint.Kind] { self.kinds(self.invocation { $0.calls = calls }) }

    // MARK: Answers

    @Test func namesWhoDenied() {
        let body = #"{"__type":"x#AccessDeniedException","Message":"no dynamodb:GetItem"}"#
        let denied = Hint.Kind.accessDenied(host: "db.test", message: "no dynamodb:GetItem")
        #expect(self.kinds(self.call("https://db.test/", 400, body: body)) == [denied])
        let aws = self.call("https://s3.eu-west-1.amazonaws.com/b", 403)
        #expect(self.kinds(aws) == [.accessDenied(host: "s3.eu-west-1.amazonaws.com", message: "")])
        #expect(self.kinds(self.call("https://api.test/", 403)) == [], "anybody's 403 may be meant")
        #expect(self.kinds(self.call("https://db.test/", 400, body: #"{"message":"bad"}"#)) == [])
        #expect(self.kinds(self.call("https://db.test/", 200, body: body)) == [])
    }

    @Test func namesAHostThatIsNotThere() {
        var call = self.call("https://api.prices.invalid/today", nil)
        call.outcome = .error
        call.error = .init()
        call.error?.code = "ENOTFOUND"
        #expect(self.kinds(call) == [.hostNotFound(host: "api.prices.invalid")])
        call.error?.code = "ECONNREFUSED"
        #expect(self.kinds(call) == [])
    }

    @Test func namesAPageInPlaceOfJSON() {
        let page = "<html>closed</html>"
        let says = self.call("https://a.test/", 200, body: page)
        #expect(self.kinds(says) == [.wrongContentType(host: "a.test", type: "a page")])
        let asked = self.call("https://a.test/", 200, type: "text/html; charset=utf-8", accept: "application/json")
        #expect(self.kinds(asked) == [.wrongContentType(host: "a.test", type: "text/html")])
        let html = self.call("https://a.test/", 200, type: "text/html", body: page)
        let parser = self.invocation { invocation in
            invocation.calls = [html]
            invocation.isHandlerError = true
            invocation.errorMessage = "Unexpected token '<', \"<html>\" is not valid JSON"
        }
        #expect(self.kinds(parser) == [.wrongContentType(host: "a.test", type: "text/html")])
    }

    @Test func aPageThatWasAskedForIsNone() {
        let page = "<html>x</html>"
        #expect(self.kinds(self.call("https://a.test/", 200, type: "text/html", body: page)) == [])
        let both = self.call("https://a.test/", 200, type: "text/html", body: page, accept: "application/json, */*")
        #expect(self.kinds(both) == [])
        #expect(self.kinds(self.call("https://a.test/", 502, type: "application/json", body: page)) == [])
        #expect(self.kinds(self.call("https://a.test/", 200, body: #"{"a":"<b>"}"#)) == [])
    }

    // MARK: Sizes

    @Test(arguments: [
        (5_000_000, nil, [Hint.Kind]()), (5_900_000, nil, [.responseTooLarge(bytes: 5_900_000, limit: 6_291_556)]),
        (7_000_000, "Function.ResponseSizeTooLarge", [.responseTooLarge(bytes: 7_000_000, limit: 6_291_556)]),
        (31, "TypeError", []),
    ])
    func judgesTheSizeOfAResponse(bytes: Int, error: String?, expected: [Hint.Kind]) {
        let invocation = self.invocation { invocation in
            invocation.producedBytes = bytes
            invocation.reportErrorType = error
        }
        #expect(self.kinds(invocation) == expected)
    }

    @Test func namesWhoRefusedARequestForItsSize() {
        #expect(self.kinds(self.call("https://a.test/", 413)) == [.requestTooLarge(host: "a.test", bytes: nil)])
        #expect(self.kinds(self.call("https://a.test/", 414)) == [])
    }

    // MARK: Environment variables

    @Test(arguments: [
        ("TypeError", "Failed to parse URL from undefined/stock/7", [Hint.Kind.missingVariable(name: nil)]),
        ("KeyError", "'STOCK_URL'", [.missingVariable(name: "STOCK_URL")]),
        ("Error", "Missing environment variable TABLE_NAME", [.missingVariable(name: "TABLE_NAME")]),
        ("KeyError", "'name'", []), ("TypeError", "x is undefined", []), ("Error", "the ID is missing", []),
    ])
    func namesAMissingVariable(type: String, message: String, expected: [Hint.Kind]) {
        let invocation = self.invocation { invocation in
            invocation.isHandlerError = true
            invocation.resultErrorType = type
            invocation.errorMessage = message
        }
        #expect(self.kinds(invocation) == expected)
    }

    @Test func whatSucceededLacksNothing() {
        #expect(self.kinds(self.invocation { $0.errorMessage = "Missing environment variable TABLE_NAME" }) == [])
        #expect(self.kinds(self.call("https://undefined.test/x", 200)) == [])
    }

    // MARK: Repetition

    private func reads(_ paths: [String], _ body: (Int) -> String = { _ in "{}" }) -> [Hint.Kind] {
        self.kinds(
            self.invocation { invocation in
                invocation.calls = paths.enumerated().map { index, path in
                    var call = self.call("https://api.test" + path, 200, body: body(index), at: Double(index))
                    call.method = "GET"
                    return call
                }
            }
        )
    }

    @Test func namesOneCallForEachOfMany() {
        let nested = (0..<5).map { "/users/\($0)/orders" }
        #expect(self.reads(nested) == [.repeatedURL(count: 5, url: "api.test/users/…/orders")])
        let queries = (0..<5).map { "/user?id=\($0)" }
        #expect(self.reads(queries) == [.repeatedURL(count: 5, url: "api.test/user?…")])
    }

    @Test func differentThingsAreNoRepetition() {
        #expect(self.reads(["/users", "/items", "/rates", "/stock", "/plans"]) == [])
        #expect(self.reads(["/job", "/job", "/job"]) { #"{"progress":\#($0)}"# } == [], "asked until it changed")
        #expect(self.reads(["/x?t=‹redacted›", "/x?t=‹redacted›"]) == [], "what was taken out may differ")
    }

    @Test func namesAnOperationAgainAndAgain() {
        func kinds(_ count: Int, _ operation: String) -> [Hint.Kind] {
            self.kinds(
                self.invocation { invocation in
                    invocation.calls = (0..<count).map { index in
                        var call = self.call("https://db.test/", 200, at: Double(index))
                        (call.service, call.operation) = ("DynamoDB", operation)
                        return call
                    }
                }
            )
        }
        #expect(kinds(5, "GetItem") == [.repeatedURL(count: 5, url: "DynamoDB GetItem")])
        #expect(kinds(4, "GetItem") == [])
        #expect(kinds(9, "PutItem") == [])
    }
}
