import LmonRecord
import LmonTestSupport
import Testing

@testable import LmonAgent

/// The rules of one environment as scripts: what goes in, what is numbered.
@Suite struct EnvironmentLogTests {
    private func numbered(_ observations: [Observation]) -> [String] {
        var log = EnvironmentLog()
        return observations.flatMap { log.admitted($0) }.map { seen in
            let outcome = String(decoding: seen.payload, as: UTF8.self).split(separator: "\"outcome\":\"").dropFirst()
                .first
            return "\(seen.type) \(seen.requestID ?? "–")" + (outcome.map { " " + $0.prefix { $0 != "\"" } } ?? "")
        }
    }

    /// Whoever hears of invocations by the Extensions API hears of their ends by Lambda too late.
    @Test func theHandlersEndIsPassedOnWhereLambdaTellsLate() {
        let end = Observation.make(.handlerEnd, "r1", at: 100, #"{"status":"success"}"#)
        #expect(self.numbered([.start("r1"), end]) == ["platform.start r1"])
        let invoke = Observation.make(.invoke, "r1", at: 1)
        #expect(self.numbered([.start("r1"), invoke, end]).last == "handler.end r1")
    }

    @Test func aCallWithoutAnInvocationBelongsToTheOneInProgressWhenItStarts() {
        let seen = self.numbered([
            .request("c0", in: nil), .end("c0", in: nil), .start("r1"), .request("c1", in: nil), .start("r2"),
            .response("c1", in: nil), .end("c1", in: nil), .request("c2", in: "r1"), .end("c2", in: nil),
        ])
        #expect(
            seen == [
                "http.request –", "http.end – complete", "platform.start r1", "http.request r1", "platform.start r2",
                "http.response r1", "http.end r1 complete", "http.request r1", "http.end r1 complete",
            ]
        )
    }

    @Test func aFreezeEndsWhatHasItsResponseAndLetsTheRestCross() {
        let seen = self.numbered([
            .start("r1"), .request("c1", in: "r1"), .response("c1", in: "r1"), .request("c2", in: "r1"),
            .freeze(at: 200), .thaw(at: 300), .start("r2"), .end("c1", in: "r1"), .end("c2", in: nil),
        ])
        #expect(
            seen.suffix(5) == [
                "http.end r1 unread", "lmon.freeze –", "lmon.thaw –", "platform.start r2", "http.end r1 complete",
            ]
        )
    }

    @Test func aShutdownEndsEverything() {
        let seen = self.numbered([
            .start("r1"), .request("c1", in: "r1", at: 1), .response("c1", in: "r1"), .request("c2", in: "r1", at: 2),
            .shutdown(at: 200), .end("c1", in: "r1"), .end("c2", in: "r1"),
        ])
        #expect(seen.suffix(3) == ["http.end r1 unread", "http.end r1 aborted", "lmon.shutdown –"])
    }

    @Test func aNewProcessEndsWhatTheOldOneHadOpen() {
        let seen = self.numbered([.start("r1"), .request("c1", in: "r1"), .initStart(at: 300)])
        #expect(seen.suffix(2) == ["http.end r1 aborted", "platform.initStart –"])
    }

    @Test func aCallEndsOnceAndFurtherEndsAreCounted() {
        var log = EnvironmentLog()
        let seen = [
            Observation.request("c1", in: "r1"), .end("c1", in: "r1"), .end("c1", in: "r1"), .end("c1", in: "r1"),
        ]
        .flatMap { log.admitted($0) }
        #expect(seen.count == 2)
        #expect(log.droppedAfterEnd == 2)
        // The same name again is another call.
        #expect([Observation.request("c1", in: "r2"), .end("c1", in: "r2")].flatMap { log.admitted($0) }.count == 2)
    }

    @Test func anEndWithoutABeginningPasses() {
        #expect(self.numbered([.end("c9", in: "r1")]) == ["http.end r1 complete"])
    }

    @Test func everyCallEndsOnceWhateverHappens() {
        for seed in 1...200 as ClosedRange<UInt64> {
            var generator = SeededGenerator(seed: seed)
            var log = EnvironmentLog()
            var ends: [String: Int] = [:]
            var begun: Set<String> = []
            func admit(_ observation: Observation) {
                for seen in log.admitted(observation) where seen.type == .httpEnd {
                    let text = String(decoding: seen.payload, as: UTF8.self)
                    let id = text.split(separator: "\"")[3]
                    ends[String(id), default: 0] += 1
                }
            }
            for step in 0..<60 {
                let call = "c\(generator.int(0..<8))"
                switch generator.int(0..<9) {
                case 0...2:
                    // A name is used once, as interceptors do.
                    guard begun.insert("\(call)-\(step)").inserted else { continue }
                    admit(.request("\(call)-\(step)", in: nil))
                case 3...4: if let id = begun.randomElement(using: &generator) { admit(.response(id, in: nil)) }
                case 5...6: if let id = begun.randomElement(using: &generator) { admit(.end(id, in: nil)) }
                case 7: admit(.freeze(at: Double(step)))
                default: admit(generator.chance(20) ? .shutdown(at: Double(step)) : .start("r\(step)"))
                }
            }
            admit(.shutdown(at: 100))
            #expect(begun.allSatisfy { ends[$0] == 1 }, "seed \(seed)")
            #expect(ends.values.allSatisfy { $0 == 1 }, "seed \(seed)")
        }
    }

    @Test func rememberedNamesAreBounded() {
        var names = RecentNames(limit: 3)
        for name in ["a", "b", "c", "b", "d"] { names.insert(name) }
        #expect(["a", "b", "c", "d"].map { names.contains($0) } == [false, true, true, true])
        names.remove("b")
        #expect(!names.contains("b"))
    }
}

extension EnvironmentLog {
    /// What is numbered for one observation.
    fileprivate mutating func admitted(_ observation: Observation) -> [Observation] {
        let admission = self.admit(observation)
        return admission.ends + (admission.observation.map { [$0] } ?? [])
    }
}
