import LmonModel
import LmonRecord
import LmonTestSupport
import Testing

@Suite struct PropertyTests {
    /// A session of several environments with all that may happen in one.
    private func session(_ random: inout SeededGenerator) -> [Record] {
        var observations: [Observation] = []
        for environment in 0..<3 {
            var time = Double(environment) * 7
            var own = Observation.initialization
            for number in 0..<random.int(1..<6) {
                let name = "r\(environment)-\(number)"
                own.append(contentsOf: self.invocation(name, at: time, &random))
                time += Double(random.int(200..<900))
            }
            if random.chance(40) { own.append(.shutdown("timeout", at: time)) }
            observations.append(contentsOf: own.map { $0.in("E\(environment)") })
        }
        return Record.numbered(observations)
    }

    private func invocation(_ name: String, at time: Double, _ random: inout SeededGenerator) -> [Observation] {
        var all: [Observation] = [.event(name, at: time), .start(name, at: time)]
        for call in 0..<random.int(0..<5) {
            let status = random.pick([200, 200, 404, 502])
            let start = time + Double(random.int(0..<150))
            var records = Observation.call("\(name)-\(call)", in: name, status: status, at: start)
            if random.chance(20) { records.removeLast() }
            if random.chance(10) { records.append(.freeze(at: start + 30)) }
            all.append(contentsOf: records)
        }
        if random.chance(30) {
            all.append(.handlerError(name, at: time + 183))
        } else {
            all.append(.result(name, at: time + 183))
        }
        let status = random.pick(["success", "success", "timeout", "error"])
        if random.chance(90) { all.append(.runtimeDone(name, status, at: time + 184)) }
        if random.chance(90) { all.append(.report(name, status, at: time + 187)) }
        return all
    }

    @Test(arguments: 1...40)
    func anySplitIntoBatchesGivesTheSameModel(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let records = self.session(&random)
        var whole = Model()
        whole.apply(contentsOf: records)
        var split = Model()
        var rest = records[...]
        while !rest.isEmpty {
            let count = random.int(1..<9)
            split.apply(contentsOf: Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        #expect(split.visible == whole.visible)
    }

    /// Moves the `platform.*` and `http.*` records of one invocation around among their places in the stream.
    @Test(arguments: 1...150)
    func anyOrderWithinAnInvocationGivesTheSameModel(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let records = self.session(&random)
        let requests = Set(records.compactMap(\.requestID)).sorted()
        let request = random.pick(requests)
        let places = records.indices.filter { index in
            let type = records[index].type.rawValue
            return records[index].requestID == request && (type.hasPrefix("platform.") || type.hasPrefix("http."))
        }
        var shuffled = records
        for (place, source) in zip(places, places.shuffled(using: &random)) { shuffled[place] = records[source] }
        var expected = Model()
        expected.apply(contentsOf: records)
        var actual = Model()
        actual.apply(contentsOf: shuffled)
        #expect(actual.visible == expected.visible)
    }

    @Test(arguments: 1...30)
    func duplicatesAnywhereChangeNothing(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let records = self.session(&random)
        var repeated: [Record] = []
        for record in records {
            repeated.append(record)
            if random.chance(30) { repeated.append(random.pick(repeated)) }
        }
        var expected = Model()
        expected.apply(contentsOf: records)
        var actual = Model()
        actual.apply(contentsOf: repeated)
        #expect(actual.visible == expected.visible)
    }

    @Test(arguments: 1...20)
    func boundsChangeNoRowAndNoTotal(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let records = self.session(&random).filter { $0.type != .freeze && $0.type != .shutdown }
        var limits = Model.Limits()
        limits.finishedDetails = 6
        var bounded = Model(limits: limits)
        bounded.apply(contentsOf: records)
        var full = Model()
        full.apply(contentsOf: records)
        #expect(bounded.summaries == full.summaries)
        #expect(bounded.totals == full.totals)
    }

    /// Whatever stands in a payload, the fold neither stops nor trips.
    @Test(arguments: 1...200)
    func survivesPayloadsOfAnyShape(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let types = Array(RecordType.testTypes)
        var model = Model()
        var duplicates = 0
        for sequence in 1...60 {
            let payload = JSONGarbage.value(&random, depth: 3)
            let request = random.chance(70) ? "r\(random.int(0..<3))" : nil
            let observation = Observation.make(random.pick(types), request, at: Double(random.int(0..<999)), payload)
            let line = Record(observation, sequence: sequence, observed: observation.time).line
            // A tombstone may name only numbers that are there: it then says nothing new.
            if model.apply(try Record(line: line)).isDuplicate { duplicates += 1 }
        }
        #expect(model.totals.records + duplicates == 60)
        for row in model.rows(in: 0..<model.rowCount) { _ = row.id.invocationID.flatMap { model.detail($0) } }
    }
}

extension RecordType {
    static let testTypes: [RecordType] = [
        .initStart, .initRuntimeDone, .initReport, .start, .runtimeDone, .report, .restoreStart, .restoreReport,
        .platformExtension, .telemetrySubscription, .logsDropped, .function, .extension, .environment, .interceptor,
        .agent, .invoke, .shutdown, .freeze, .thaw, .delivery, .dropped, .overhead, .httpRequest, .httpResponse,
        .httpEnd, .invocationEvent, .invocationResult, RecordType("from.theFuture"),
    ]
}

/// JSON of the members that the fold knows, with values that it does not expect.
enum JSONGarbage {
    private static let keys = [
        "requestId", "status", "errorType", "spans", "metrics", "durationMs", "billedDurationMs", "memorySizeMB",
        "callId",
        "method", "url", "headers", "timings", "end", "firstByte", "bodies", "request", "response", "text", "size",
        "truncated", "outcome", "through", "count", "reason", "sink", "ms", "name", "start", "deadlineMs", "level",
        "message", "connection", "reused", "attempt", "body", "base64", "droppedRecords", "maxMemoryUsedMB",
    ]
    private static let scalars = [
        "null", "true", "false", "0", "-1", "1e308", "1e400", "-0.0", "12345678901234567890", "0.5", "\"\"", "\"x\"",
        "\"success\"", "\"2026-11-23T10:42:01Z\"", "\"\\ud800\"", "\"r1\"", "\"c1\"", "200", "[]", "{}",
        "9223372036854775807",
        "1e15", "-1e15", "\"https://a/b\"",
    ]

    static func value(_ random: inout SeededGenerator, depth: Int) -> String {
        if depth == 0 || random.chance(30) { return random.pick(self.scalars) }
        let count = random.int(0..<9)
        if random.chance(20) {
            return "[" + (0..<count).map { _ in self.value(&random, depth: depth - 1) }.joined(separator: ",") + "]"
        }
        let members = (0..<count).map { _ in "\"\(random.pick(self.keys))\":\(self.value(&random, depth: depth - 1))" }
        return "{" + members.joined(separator: ",") + "}"
    }
}
