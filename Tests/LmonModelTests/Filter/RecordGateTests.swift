import LmonModel
import LmonRecord
import LmonTestSupport
import Testing

@Suite struct RecordGateTests {
    /// What comes through after each record, by the record's number: `[[], [1, 2], [3]]`.
    private func steps(_ text: String, _ observations: [Observation], _ limits: RecordGate.Limits = .init()) throws
        -> [[Int]]
    {
        var gate = RecordGate(try Filter(text), limits: limits)
        var model = Model()
        var steps: [[Int]] = []
        for record in Record.numbered(observations) {
            let change = model.apply(record)
            steps.append(gate.records(after: record, change, in: model).map(\.sequence))
        }
        steps.append(gate.finish(in: model).map(\.sequence))
        return steps
    }

    private static let failing: [Observation] =
        [.start("r1")] + Observation.call("c1", in: "r1", status: 502, at: 10) + [
            .log("r1", "oh", at: 60), .runtimeDone("r1"), .report("r1"),
        ]

    @Test func earlierRecordsComeWithTheFirstThatMatches() throws {
        #expect(try self.steps("status=502", Self.failing) == [[], [], [1, 2, 3], [4], [5], [6], [7], []])
        #expect(try self.steps("cold", Self.failing) == [[], [], [], [], [], [], [], []])
        #expect(try self.steps("function=orders", Self.failing) == [[1], [2], [3], [4], [5], [6], [7], []])
        #expect(try self.steps("memory>80MB", Self.failing) == [[], [], [], [], [], [], [1, 2, 3, 4, 5, 6, 7], []])
    }

    @Test func whatMayCeaseToMatchIsDecidedAtTheEnd() throws {
        #expect(try self.steps("not status=404", Self.failing) == [[], [], [], [], [], [], [1, 2, 3, 4, 5, 6, 7], []])
        #expect(try self.steps("not status=502", Self.failing) == [[], [], [], [], [], [], [], []])
        let open = Array(Self.failing.dropLast(2))
        #expect(try self.steps("not status=404", open) == [[], [], [], [], [], [1, 2, 3, 4, 5]])
        #expect(try self.steps("not function=payment", Self.failing)[0] == [1])
    }

    /// Of a deployed function log lines and the verdict come after the handler's end, by way of Lambda.
    @Test func theHandlersEndIsNotTheLastWord() throws {
        let end = Observation.make(.handlerEnd, "r1", at: 150, #"{"status":"success"}"#)
        let overhead = Observation.make(.overhead, "r1", at: 151, #"{"interceptorMs":0.1}"#)
        let all = [
            .start("r1"), end, overhead, .log("r1", "late", at: 20), .runtimeDone("r1"), .report("r1", "timeout"),
        ]
        let none = [[Int]](repeating: [], count: 7)
        #expect(try self.steps("not error", all) == none)
        #expect(try self.steps("not message=late", all) == none)
        #expect(try self.steps("logs<1", all) == none)
        #expect(try self.steps("not status=404", all) == [[], [], [], [], [], [1, 2, 3, 4, 5, 6], []])
        // Without a report its environment's next start tells that none will come, or its end.
        let lost = Array(all.dropLast())
        let next = try self.steps("not error", lost + [.start("r2", at: 500)])
        #expect(next == [[], [], [], [], [], [1, 2, 3, 4, 5], [6]])
        let gone = try self.steps("not error", lost + [.shutdown(at: 500)])
        #expect(gone == [[], [], [], [], [], [1, 2, 3, 4, 5, 6], []])
    }

    @Test func recordsAreSelectedByTheirType() throws {
        #expect(try self.steps("type=http.end", Self.failing) == [[], [], [], [4], [], [], [], []])
        #expect(try self.steps("not type~http", Self.failing) == [[1], [], [], [], [5], [6], [7], []])
        #expect(try self.steps("type~http status=502", Self.failing) == [[], [], [3], [4], [], [], [2], []])
        #expect(try self.steps("type=function oh", Self.failing) == [[], [], [], [], [5], [], [], []])
        #expect(try self.steps("type~http not error", Self.failing) == [[], [], [], [], [], [], [], []])
        #expect(try self.steps("type=platform.start status=502", Self.failing) == [[], [], [], [], [], [], [1], []])
    }

    @Test func aRecordOfNoInvocationStandsForItself() throws {
        let all: [Observation] = [.thaw(at: 0), .shutdown("timeout", at: 5)]
        #expect(try self.steps("type=lmon.thaw", all) == [[1], [], []])
        #expect(try self.steps("shutdown", all) == [[], [2], []])
        #expect(try self.steps("function=orders", all) == [[1], [2], []])
    }

    @Test func whatWaitsLongestIsLetGo() throws {
        var limits = RecordGate.Limits()
        limits.invocations = 2
        let all: [Observation] = ["r1", "r2", "r3"].map { .start($0) } + ["r1", "r3"].map { .log($0, "now", at: 9) }
        #expect(try self.steps("message=now", all, limits) == [[], [], [], [4], [3, 5], []])
        limits.invocations = 100
        limits.bytes = 1
        #expect(try self.steps("message=now", all, limits) == [[], [], [], [4], [5], []])
    }

    /// Whatever the filter, nothing comes twice, and what comes is what the whole stream says.
    @Test(arguments: [
        "status=502", "not status=502", "cold", "type=http.end", "not type=function", "oh or done", "error", "calls>=1",
        "calls<1",
    ])
    func nothingComesTwice(text: String) throws {
        let all = Observation.initialization + Self.failing + Observation.invocation("r2", at: 400)
        let passed = try self.steps(text, all).flatMap { $0 }
        #expect(Set(passed).count == passed.count)
        let filter = try Filter(text)
        let model = folded(all)
        let expected = Record.numbered(all).filter { record in
            let invocation = model.invocation(id(record.requestID))
            guard let invocation else { return false }
            return filter.selectsRecords ? filter.matches(record, in: invocation) : filter.matches(invocation)
        }
        #expect(Set(passed) == Set(expected.map(\.sequence)))
    }

    /// Of an invocation with very many items only the newest is looked at each time: that must find the same.
    @Test(arguments: ["message~line-700", "line-700", "url~item-650", "status=502", "message~line-7 calls>=300"])
    func manyItemsAreFoundToo(text: String) throws {
        var all: [Observation] = [.start("r1")]
        for number in 0..<350 {
            all += Observation.call(
                "c\(number)",
                in: "r1",
                "GET",
                "https://a/item-\(number * 2)",
                status: number == 333 ? 502 : 200,
                at: Double(number)
            )
            all.append(.log("r1", "line-\(number * 2 + 1 - 1)", at: Double(number)))
            all.append(.log("r1", "line-\(number * 2 + 2)", at: Double(number)))
        }
        let passed = try self.steps(text, all).flatMap { $0 }
        #expect(passed == Array(1...all.count))
    }
}
