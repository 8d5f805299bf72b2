import LmonAgent
import LmonJSON
import LmonRecord
import LmonTestSupport
import Testing

@Suite struct RecapBuilderTests {
    private static func request(_ id: String, _ requestID: String?, at time: Double) -> Observation {
        let payload =
            #"{"callId":"\#(id)","method":"POST","url":"http://a/\#(id)","headers":[["accept","x"],["a","1"],["a","2"]],"client":"node:http"}"#
        return .make(.httpRequest, requestID, at: time, payload)
    }

    private static func end(_ id: String, _ requestID: String?, at time: Double) -> Observation {
        let payload =
            #"{"callId":"\#(id)","outcome":"complete","timings":{"end":12},"bodies":{"request":{"text":"hello","size":5}}}"#
        return .make(.httpEnd, requestID, at: time, payload)
    }

    private static func invoke(_ requestID: String, at time: Double) -> Observation {
        .make(.invoke, requestID, at: time, #"{"deadlineMs":1,"invokedFunctionArn":"arn:aws:lambda:x"}"#)
    }

    private static func recaps(_ observations: [Observation], end: String? = nil) throws -> [JSONValue] {
        var builder = RecapBuilder()
        var recaps: [[UInt8]] = []
        for record in Record.numbered(observations) { recaps += builder.admit(record) }
        if let end { recaps += builder.ended(end, isError: false, at: .test(90)) }
        recaps += builder.concludeAll()
        return try recaps.map { try JSONValue(parsing: $0) }
    }

    @Test func aRecapHasTheShapeOfTheSeedAndMore() throws {
        let recaps = try Self.recaps(
            [
                Self.invoke("r1", at: 0), Self.request("c1", "r1", at: 5),
                .make(.httpResponse, "r1", at: 9, #"{"callId":"c1","status":201,"version":"1.1"}"#),
                Self.end("c1", "r1", at: 17),
            ],
            end: "r1"
        )
        let recap = try #require(recaps.first)
        #expect(recaps.count == 1)
        #expect(recap["context"]?["requestId"]?.string == "r1")
        #expect(recap["context"]?["invokedFunctionArn"]?.string == "arn:aws:lambda:x")
        let date = try #require(recap["logs"]?.object?.first?.key)
        #expect(recap["context"]?["invokedAt"]?.string.flatMap { Timestamp($0) } == .test(0))
        #expect(
            String(decoding: recap["logs"]?[date]?.bytes ?? [], as: UTF8.self)
                == #"{"url":"http://a/c1","method":"POST","headers":{"accept":"x","a":"1, 2"},"body":"hello","date":"\#(date)"}"#
        )
        #expect(recap["calls"]?[0]?["status"]?.int == 201)
        #expect(recap["calls"]?[0]?["outcome"]?.string == "complete")
        #expect(recap["outcome"]?.string == "success")
        #expect(recap["timings"]?["durationMs"]?.double == 90)
    }

    @Test func twoCallsInOneMillisecondAreTwo() throws {
        let recaps = try Self.recaps([
            Self.invoke("r1", at: 0), Self.request("c1", "r1", at: 5), Self.request("c2", "r1", at: 5),
            Self.request("c3", "r1", at: 5),
        ])
        let keys = recaps[0]["logs"]?.object?.map(\.key) ?? []
        #expect(keys.count == 3)
        #expect(keys[1] == "\(keys[0])#2" && keys[2] == "\(keys[0])#3")
    }

    @Test func callsOfInitComeWithTheFirstRecap() throws {
        let recaps = try Self.recaps([
            Self.request("c0", nil, at: -50), Self.end("c0", nil, at: -40), Self.invoke("r1", at: 0),
            Self.invoke("r2", at: 100),
        ])
        #expect(recaps.count == 2)
        #expect(recaps[0]["calls"]?[0]?["duringInit"]?.bool == true)
        #expect(recaps[0]["logs"]?.object?.count == 1)
        #expect(recaps[1]["calls"]?.array?.isEmpty == true)
    }

    @Test func theNextInvocationConcludesTheOneBefore() throws {
        let recaps = try Self.recaps([
            Self.invoke("r1", at: 0), Self.request("c1", "r1", at: 5),
            .make(.runtimeDone, "r1", at: 20, #"{"status":"timeout","metrics":{"durationMs":20}}"#),
            Self.invoke("r2", at: 100), Self.end("c1", "r1", at: 120),
        ])
        #expect(recaps.map { $0["outcome"]?.string } == ["timeout", "success"])
        #expect(recaps[0]["timings"]?["platform"]?["durationMs"]?.int == 20)
        // What ended later is told with the invocation in progress, under its own name.
        #expect(recaps[1]["calls"]?[0]?["requestId"]?.string == "r1")
        #expect(recaps[1]["calls"]?[0]?["outcome"]?.string == "complete")
    }

    @Test func aThousandCallsAreEnough() throws {
        let calls = (0..<1200).map { Self.request("c\($0)", "r1", at: 5) }
        let recaps = try Self.recaps([Self.invoke("r1", at: 0)] + calls)
        #expect(recaps[0]["calls"]?.array?.count == 1000)
        #expect(recaps[0]["callsDropped"]?.int == 200)
    }
}
