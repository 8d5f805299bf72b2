import LmonModel
import LmonRecord
import LmonTestSupport
import Testing

@Suite struct WaterfallTests {
    private func row(_ id: WaterfallRow.ID, in waterfall: Waterfall) throws -> WaterfallRow {
        try #require(waterfall.rows.first { $0.id == id })
    }

    @Test func laysPhasesAndCallsOnOneAxis() throws {
        let model = folded(Observation.invocation("r0", at: -900) + Observation.invocation("r1"))
        let waterfall = try #require(model.detail(id("r1"))).waterfall
        #expect(waterfall.rows.map(\.label) == ["init", "handler", "GET", "response", "extensions"])
        #expect(waterfall.range == 0...187)
        let handler = try self.row(.handler, in: waterfall)
        #expect(handler.start == 0 && handler.end == 184)
        let call = try self.row(.call("r1-1"), in: waterfall)
        #expect(call.start == 10 && call.end == 50 && call.duration == 40)
        #expect(call.status == "200" && call.detail == "api.test/users/4")
        #expect(call.segments.map(\.kind) == [.waiting, .transfer])
        #expect(call.segments.map(\.start) == [10, 40] && call.segments.map(\.end) == [40, 50])
        #expect(try self.row(.response, in: waterfall).detail == "31 B")
        #expect(try self.row(.response, in: waterfall).start == 180)
        #expect(try self.row(.initialization, in: waterfall).start == nil)
    }

    /// Its status line came, the rest of it did not.
    @Test func aCallThatWasCutShowsWhatCutIt() throws {
        let model = folded([
            .start("r1"), .request("c1", in: "r1"), .response("c1", in: "r1"),
            .failedEnd("c1", in: "r1", phase: "receive", code: "ECONNRESET"),
        ])
        let row = try self.row(.call("c1"), in: try #require(model.detail(id("r1"))).waterfall)
        #expect(row.status == "ECONNRESET" && row.emphasis == .failed)
    }

    @Test func putsTheInitialisationBeforeZeroIfItWasWaitedFor() throws {
        let model = folded(Observation.initialization + Observation.invocation("r1"))
        let waterfall = try #require(model.detail(id("r1"))).waterfall
        let row = try self.row(.initialization, in: waterfall)
        #expect(row.start == -329 && row.end == -2 && row.duration == 327)
        #expect(waterfall.range == -329...187)
    }

    @Test func leavesAnInitialisationOfLongAgoOffTheAxis() throws {
        let model = folded(Observation.initialization + Observation.invocation("r1", at: 60_000))
        let row = try self.row(.initialization, in: try #require(model.detail(id("r1"))).waterfall)
        #expect(row.start == nil && row.duration == 327)
    }

    @Test func cutsACallIntoItsParts() throws {
        let timings = #"{"dns":2,"connect":5,"tls":12,"firstByte":30,"end":41}"#
        let model = folded([
            .start("r1"), .request("c1", in: "r1", at: 0),
            .make(.httpEnd, "r1", at: 41, #"{"callId":"c1","outcome":"complete","timings":\#(timings)}"#),
        ])
        let call = try self.row(.call("c1"), in: try #require(model.detail(id("r1"))).waterfall)
        #expect(call.segments.map(\.kind) == [.dns, .connect, .tls, .waiting, .transfer])
        #expect(call.segments.map(\.end) == [2, 5, 12, 30, 41])
    }

    @Test func leavesOpenWhatIsInFlight() throws {
        let model = folded([.start("r1"), .request("c1", in: "r1", at: 10)])
        let waterfall = try #require(model.detail(id("r1"))).waterfall
        #expect(try self.row(.handler, in: waterfall).end == nil)
        #expect(try self.row(.handler, in: waterfall).emphasis == .inFlight)
        #expect(try self.row(.call("c1"), in: waterfall).end == nil)
        #expect(try self.row(.call("c1"), in: waterfall).emphasis == .inFlight)
        #expect(waterfall.range == 0...10)
    }

    @Test(arguments: [
        (200, 1, WaterfallRow.Emphasis.plain), (404, 1, .warning), (200, 2, .warning), (502, 1, .failed),
    ])
    func marksCallsByTheirOutcome(status: Int, attempt: Int, expected: WaterfallRow.Emphasis) throws {
        let model = folded([.start("r1")] + Observation.call("c1", in: "r1", status: status, attempt: attempt))
        #expect(try self.row(.call("c1"), in: try #require(model.detail(id("r1"))).waterfall).emphasis == expected)
    }

    @Test func namesTheErrorOfACallWithoutAnswer() throws {
        let model = folded([.start("r1"), .request("c1", in: "r1"), .failedEnd("c1", in: "r1")])
        let call = try self.row(.call("c1"), in: try #require(model.detail(id("r1"))).waterfall)
        #expect(call.status == "ECONNREFUSED" && call.emphasis == .failed)
    }

    @Test func laysOutAnInitialisationByItself() throws {
        let model = folded(
            [.environment(), .initStart(at: 0)] + Observation.call("c1", in: nil, at: 100) + [.initReport(at: 327)]
        )
        let waterfall = try #require(model.detail(id(nil))).waterfall
        #expect(waterfall.rows.map(\.label) == ["init", "GET"])
        #expect(waterfall.rows.map(\.start) == [0, 100])
    }
}
