import LmonModel
import LmonRecord
import Testing

@Suite struct ComparisonTests {
    private static let start = Timestamp(microseconds: 1_800_000_000_000_000)

    private static func run(
        _ request: String,
        duration: Double? = 100,
        event: String? = #"{"n":1}"#,
        result: String? = "1",
        calls: [(String, Int, Double)] = [],
        failed: Bool = false
    ) -> Invocation {
        let id = InvocationID(environment: "e", requestID: request)
        var invocation = Invocation(id: id, function: "orders", firstSeen: self.start)
        invocation.reportStatus = .success
        invocation.isHandlerError = failed
        invocation.reportDuration = duration
        invocation.event = event.map { Body(.text($0)) }
        invocation.result = result.map { Body(.text($0)) }
        invocation.calls = calls.enumerated().map { index, part in
            var call = Call(id: "\(index)", invocation: id)
            let words = part.0.split(separator: " ")
            call.method = String(words[0])
            call.url = URLText(String(words[1]))
            call.status = part.1
            call.outcome = .complete
            call.timings.end = part.2
            return call
        }
        return invocation
    }

    private static func calls(_ before: [String], _ after: [String]) -> [String] {
        let comparison = Comparison(
            self.run("a", calls: before.map { ($0, 200, 10) }),
            self.run("b", calls: after.map { ($0, 200, 10) })
        )
        return comparison.calls.map { row in
            let url = row.call.url?.path ?? ""
            return switch row.pair {
            case .gone: "- \(url)"
            case .new: "+ \(url)"
            case .both(let old, _): old.url == row.call.url ? "= \(url)" : "~ \(old.url?.path ?? "") \(url)"
            }
        }
    }

    @Test(arguments: [
        (["/a", "/b"], ["/a", "/b"], ["= /a", "= /b"]),
        (["/a", "/b"], ["/b", "/a"], ["= /b", "= /a"]),
        (["/users/1", "/users/2", "/users/3"], ["/users/2", "/users/3"], ["- /users/1", "= /users/2", "= /users/3"]),
        (["/users/1"], ["/users/7"], ["~ /users/1 /users/7"]),
        (["/v1/a"], ["/v2/a"], ["- /v1/a", "+ /v2/a"]),
        (["/a", "/a", "/a"], ["/a"], ["= /a", "- /a", "- /a"]),
        (["/a"], ["/a", "/a"], ["= /a", "+ /a"]),
        (["/a?x=1", "/a?x=2"], ["/a?x=2", "/a?x=3"], ["= /a", "~ /a /a"]),
        ([], ["/a"], ["+ /a"]),
        (["/a"], [], ["- /a"]),
        ([], [], []),
    ])
    func callsThatDoTheSameStandForEachOther(before: [String], after: [String], expected: [String]) {
        let url = "https://api.test"
        let rows = Self.calls(before.map { "GET \(url)\($0)" }, after.map { "GET \(url)\($0)" })
        #expect(rows == expected)
    }

    @Test func aRunIsTheSameAsItself() {
        let run = Self.run("a", calls: [("GET https://api.test/a", 200, 10)])
        let comparison = Comparison(run, run)
        #expect(comparison.summary == "±0 ms, calls same, result same")
        #expect(comparison.event == .same)
        #expect(comparison.newCalls == 0 && comparison.goneCalls == 0)
    }

    @Test(arguments: [
        (
            run("a", duration: 200, calls: [("GET https://a/1", 200, 9)]), run("b", duration: 88),
            "−112 ms, 1 call fewer, result same"
        ),
        (run("a", result: "1"), run("b", duration: 103, result: "2"), "+3 ms, calls same, result differs"),
        (run("a"), run("b", result: nil, failed: true), "±0 ms, fails now, calls same"),
        (run("a", failed: true), run("b"), "±0 ms, fails no more, calls same, result same"),
        (run("a", duration: nil), run("b"), "calls same, result same"),
        (
            run("a", calls: [("GET https://a/x", 200, 9)]), run("b", calls: [("GET https://a/x", 502, 9)]),
            "±0 ms, calls differ, result same"
        ),
    ])
    func saysInOneLineWhatDiffers(before: Invocation, after: Invocation, expected: String) {
        #expect(Comparison(before, after).summary == expected)
    }

    @Test func whatWasNotObservedIsNoDifference() {
        let comparison = Comparison(Self.run("a", event: nil, result: nil), Self.run("b", event: nil, result: "1"))
        #expect(comparison.event == .unknown)
        #expect(comparison.result.isSame == nil)
        let text = comparison.lines().map(\.text)
        #expect(text.contains("event  not observed"))
        #expect(text.contains("result  observed only after"))
    }

    @Test func saysWhatAnEventLacks() {
        var body = Body(.text(#"{"user":{"password":"‹redacted›"},"keys":["a","‹redacted›"]}"#))
        #expect(body.flaw == nil)
        body.isRedacted = true
        #expect(body.flaw == "redacted: fill in /user/password, /keys/1")
        body.isTruncated = true
        body.decodedSize = 1_200_000
        #expect(body.flaw?.hasPrefix("cut: these are ") == true)
        #expect(body.flaw?.hasSuffix(" of 1.2 MB") == true)
    }
}
