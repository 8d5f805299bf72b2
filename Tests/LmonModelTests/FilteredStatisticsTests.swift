import LmonJSON
import LmonModel
import LmonRecord
import LmonTestSupport
import Testing

/// Statistics under a filter are those of a session in which nothing else happened.
@Suite struct FilteredStatisticsTests {
    private static let conditions = [
        "error", "not error", "cold", "not cold", "status>=500", "status=2xx", "duration>150ms", "calls=0", "calls>1",
        "late", "retry", "host=pay.test", "function=thumbs", "errorType=TypeError", "timeout", "inflight",
        "outcome=unobserved", "message~ready", "\"ada\"", "init>300ms", "call.error and host=api.test",
    ]

    /// Environments whose streams come mixed, the platform's records of each invocation in any order.
    ///
    /// Each run of an environment begins with an invocation that every filter lets through: what is cold, and what ended
    /// the one before it, is so whatever else is left out.
    private struct Session {
        var records: [Record] = []
        private var streams: [[Record]] = []
        private var random: SeededGenerator

        init(seed: UInt64) {
            self.random = SeededGenerator(seed: seed)
            for number in 0..<3 { self.addEnvironment("E\(number)", runs: self.random.int(1..<4)) }
            for number in 0..<6 { self.addSingle("S\(number)") }
            while let index = self.streams.indices.randomElement(using: &self.random) {
                self.records.append(self.streams[index].removeFirst())
                if self.streams[index].isEmpty { self.streams.remove(at: index) }
            }
        }

        private mutating func addEnvironment(_ name: String, runs: Int) {
            var observations: [Observation] = []
            var time = 0.0
            for run in 0..<runs {
                observations += Self.initialization(at: time)
                time += 400
                observations += self.invocation("anchor-\(name)-\(run)", at: time, isEnded: true)
                for number in 0..<self.random.int(0..<5) {
                    time += Double(self.random.int(200..<1_500))
                    observations += self.invocation("r-\(name)-\(run)-\(number)", at: time, isEnded: true)
                    if self.random.chance(30) { observations += [.freeze(at: time + 300), .thaw(at: time + 301)] }
                }
                time += 2_000
                if self.random.chance(50) {
                    observations += self.invocation("open-\(name)-\(run)", at: time, isEnded: false)
                    time += 500
                }
            }
            if self.random.chance(50) { observations.append(.shutdown("timeout", at: time)) }
            self.streams.append(Record.numbered(observations.map { $0.in(name) }))
        }

        /// One of a single invocation, cold or of nobody knows what.
        private mutating func addSingle(_ name: String) {
            let time = Double(self.random.int(0..<9_000))
            var observations = self.random.chance(60) ? Self.initialization(at: time) : []
            observations += self.invocation("s-\(name)", at: time + 400, isEnded: self.random.chance(80))
            if self.random.chance(30) { observations.append(.shutdown("spindown", at: time + 9_000)) }
            self.streams.append(Record.numbered(observations.map { $0.in(name) }))
        }

        private static func initialization(at time: Double) -> [Observation] {
            [.environment(at: time), .initStart(at: time + 1), .initReport(at: time + 330, durationMs: 329)]
        }

        private mutating func invocation(_ name: String, at time: Double, isEnded: Bool) -> [Observation] {
            let function = self.random.pick(["orders", "payment", "thumbs"])
            var platform: [Observation] = [.start(name, at: time)]
            for number in 0..<self.random.int(0..<4) {
                let url = self.random.pick(["https://api.test/a", "https://pay.test/b", "https://img.test/c"])
                let id = "\(name)-\(number)"
                let start = time + Double(self.random.int(0..<150))
                let attempt = self.random.pick([1, 1, 2])
                platform.append(.request(id, in: name, "GET", url, attempt: attempt, at: start))
                switch self.random.int(0..<5) {
                case 0: platform.append(.failedEnd(id, in: name, at: start + 20))
                case 1: break
                default:
                    let end = start + Double(self.random.int(5..<200))
                    platform.append(.response(id, in: name, self.random.pick([200, 404, 502]), at: end - 2))
                    platform.append(.end(id, in: name, end: end - start, at: end))
                }
            }
            if isEnded {
                let status = self.random.pick(["success", "success", "success", "timeout", "error"])
                let duration = Double(self.random.int(90..<300))
                let done = Observation.runtimeDone(name, status, at: time + duration, durationMs: duration)
                let report = Observation.report(name, status, at: time + duration + 1, durationMs: duration + 1)
                platform += self.random.pick([[done], [report], [done, report]])
            }
            var all = [Observation.event(name, at: time)] + platform.shuffled(using: &self.random)
            let text = self.random.pick(["ready", "Ada is here"])
            all.insert(.log(name, text, at: time + 2), at: self.random.int(0..<all.count + 1))
            if self.random.chance(30) {
                all.append(.handlerError(name, at: time + 80))
            } else {
                all.append(.result(name, at: time + 80))
            }
            for held in [0.5, 0.7].prefix(self.random.int(0..<3)) {
                let payload = #"{"heldMs":\#(held),"interceptorMs":1.5,"rss":\#(14_000_000 + Int(time)),"bytes":21}"#
                all.insert(.make(.overhead, name, at: time + 90, payload), at: self.random.int(0..<all.count + 1))
            }
            return all.map { $0.of(function) }
        }
    }

    private static func expression(_ random: inout SeededGenerator) -> String {
        let one = random.pick(self.conditions)
        switch random.int(0..<4) {
        case 0: return one
        case 1: return "not (\(one))"
        case 2: return "(\(one)) and (\(random.pick(self.conditions)))"
        default: return "(\(one)) or (\(random.pick(self.conditions)))"
        }
    }

    /// As `lmon stats` reports them.
    private static func report(_ filtered: FilteredStatistics, _ totals: SessionTotals) -> StatisticsReport {
        var totals = totals
        totals.invocations = filtered.statistics.invocations.count + filtered.inFlight
        return StatisticsReport(filtered.statistics, totals)
    }

    @Test(arguments: 1...200)
    func areThoseOfAModelThatWasToldNothingElse(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed &* 31)
        let session = Session(seed: seed)
        let filter = try Filter("requestId~anchor or (\(Self.expression(&random)))")
        var model = Model()
        var filtered = FilteredStatistics(filter)
        for record in session.records {
            let change = model.apply(record)
            filtered.update(change, of: record, in: model)
            // What is told twice is counted once.
            if random.chance(10) { filtered.update(model.apply(record), of: record, in: model) }
        }
        let own = model.detailed.filter { !$0.id.isInitialization && filter.matches($0) }
        let matching = Set(own.compactMap(\.requestID))
        let open = Set(own.filter(\.state.isInFlight).compactMap(\.requestID))
        var alone = Model()
        for record in session.records {
            guard let request = record.requestID else {
                alone.apply(record)
                continue
            }
            // What one called and cost that runs still is counted once it is over: it may not match then.
            let isOfNone =
                open.contains(request) && (record.type.rawValue.hasPrefix("http.") || record.type == .overhead)
            if matching.contains(request), !isOfNone { alone.apply(record) }
        }

        var expected = StatisticsReport(alone.statistics, alone.currentTotals)
        var actual = Self.report(filtered, alone.currentTotals)
        // Where one was taken back, its time stays empty, and its memory was seen.
        #expect(Self.course(actual.timeline) == Self.course(expected.timeline), "\(filter)")
        expected.timeline = actual.timeline
        if filter.mayTurnFalse { actual.overhead.residentPeak = expected.overhead.residentPeak }
        if actual != expected { Issue.record("\(filter): \(Self.difference(actual, expected))") }
        #expect(expected.invocations.count + expected.inFlight == matching.count)
    }

    /// Where they differ, rounded as in JSON.
    private static func difference(_ actual: StatisticsReport, _ expected: StatisticsReport) -> String {
        let members = [actual, expected].map { (try? JSONValue(parsing: $0.json()))?.object ?? [] }
        return zip(members[0], members[1]).filter { $0 != $1 }.map { actual, expected in
            let texts = [actual, expected].map { String(decoding: $0.value.bytes, as: UTF8.self) }
            return "\(actual.key) is \(texts[0]), not \(texts[1])"
        }.joined(separator: "; ")
    }

    private static func course(_ timeline: Timeline) -> [Timestamp: Timeline.Bucket] {
        guard let start = timeline.start else { return [:] }
        var course: [Timestamp: Timeline.Bucket] = [:]
        for (index, bucket) in timeline.buckets.enumerated() where bucket.count > 0 {
            let time = Timestamp(microseconds: start.microseconds + Int64(index) * timeline.width)
            course[time] = bucket
        }
        return course
    }

    /// The next start, or the end of the environment, says that one is over whose end was not told.
    @Test func whatOthersEndIsCounted() throws {
        let observations: [Observation] =
            Observation.initialization + [.start("r1"), .start("r2", at: 500), .shutdown("spindown", at: 900)]
        var model = Model()
        var filtered = try FilteredStatistics(Filter("function=orders"))
        var counts: [Int] = []
        for record in Record.numbered(observations) {
            filtered.update(model.apply(record), of: record, in: model)
            counts.append(filtered.statistics.invocations.count)
        }
        #expect(counts.suffix(3) == [0, 1, 2])
        #expect(filtered.inFlight == 0)
        #expect(model.statistics.invocations.count == 2)
    }

    /// However the initialisation's records and its first invocation's come, its duration is counted.
    @Test func anInitialisationThatIsToldLateCounts() {
        let observations: [Observation] = [.initStart(), .start("r1"), .runtimeDone("r1"), .initReport(at: -2)]
        let model = folded(observations)
        #expect(model.statistics.initializations.total == 1)
    }

    /// Many more than are remembered: each once, also those that are told of again soon after.
    @Test func aLongSessionIsCountedOnce() throws {
        var model = Model()
        var filtered = try FilteredStatistics(Filter("duration>100ms"))
        var observations: [Observation] = []
        for number in 0..<3_000 {
            let time = Double(number) * 300
            observations += [.start("r\(number)", at: time), .report("r\(number)", at: time, durationMs: 50 + time)]
            let before = "r\(max(0, number - 200))"
            observations.append(.make(.overhead, before, at: time, #"{"heldMs":0.4}"#))
        }
        for record in Record.numbered(observations) {
            filtered.update(model.apply(record), of: record, in: model)
            _ = model.archive(keeping: 512)
        }
        #expect(model.statistics.invocations.count == 3_000)
        #expect(filtered.statistics.invocations.count == 2_999)
        #expect(filtered.statistics.overhead.count == 2_799)
    }
}
