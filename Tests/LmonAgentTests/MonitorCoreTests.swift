import LmonAgent
import LmonHTTP
import LmonRecord
import LmonTestSupport
import Testing

@Suite(.exclusive) struct MonitorCoreTests {
    @Test func numbersEachEnvironmentFromOneWithoutAGap() async throws {
        try await withCore { core, _ in
            let keeper = Keeper()
            await core.attach(keeper)
            await core.see([
                .start("r1"), .start("r2").in("other"), .log("r1", "x"), .freeze(at: 1), .freeze(at: 2).in("other"),
            ])
            let test = keeper.records.filter { $0.environment == Observation.testEnvironment }
            #expect(test.map(\.summary) == ["1 platform.start r1", "2 function r1", "3 lmon.freeze –"])
            #expect(keeper.records.filter { $0.environment == "other" }.map(\.sequence) == [1, 2])
        }
    }

    @Test func whatIsObservedTogetherComesInBatches() async throws {
        try await withCore { core, loop in
            let keeper = Keeper()
            await core.attach(keeper)
            await loop.perform { for index in 1...1000 { core.observe(.log("r1", "line \(index)")) } }
            _ = await keeper.batches.wait(for: 4)
            #expect(keeper.batches.elements.map(\.count) == [256, 256, 256, 232])
            #expect(keeper.records.map(\.sequence) == Array(1...1000))
        }
    }

    @Test func aLateSinkGetsWhatIsRetained() async throws {
        try await withCore(retainedRecords: 3) { core, _ in
            await core.see((1...5).map { .log("r1", "line \($0)") })
            let keeper = Keeper()
            await core.attach(keeper)
            await core.see([.log("r1", "line 6")])
            #expect(keeper.records.map(\.sequence) == [3, 4, 5, 6])
            await core.detach(keeper)
            await core.see([.log("r1", "line 7")])
            #expect(keeper.records.count == 4)
        }
    }

    @Test func whatIsTooLongForARecordLeavesATombstone() async throws {
        try await withCore { core, _ in
            let keeper = Keeper()
            await core.attach(keeper)
            await core.see([.log("r1", String(repeating: "x", count: Record.maximumLength)), .log("r1", "short")])
            let tombstone = try #require(keeper.records.first.flatMap { Tombstone($0) })
            #expect(tombstone.first == 1 && tombstone.through == 1 && tombstone.count == 1)
            #expect(keeper.records.map(\.sequence) == [1, 2])
            for record in keeper.records { #expect(try Record(line: record.line) == record) }
        }
    }

    @Test func anEnvironmentsEndEndsItsCallsAndItsPort() async throws {
        try await withCore { core, loop in
            let keeper = Keeper()
            await core.attach(keeper)
            let port = try await core.open()
            let client = try RawClient(port: port)
            let event = #"{"type":"http.request","record":{"callId":"c1","method":"GET","url":"http://a/"}}"#
            await loop.perform {
                client.send("POST /v1/events HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n")
                client.send(
                    "POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: \(event.utf8.count)\r\n\r\n\(event)"
                )
                core.closeIngest(environment: Observation.testEnvironment)
            }
            let records = await keeper.wait(for: 2)
            #expect(records.map(\.summary) == ["1 http.request –", "2 http.end –"])
            #expect(records[1].payloadText == #"{"callId":"c1","outcome":"aborted"}"#)
            try client.receiveToEnd()
        }
    }

    @Test func quiescingCostsNoTurnWhenNothingWaits() async throws {
        try await withCore { core, loop in
            let port = try await core.open()
            let client = try RawClient(port: port)
            client.send("POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n")
            try client.receive("\r\n\r\n")
            let isImmediate = await loop.perform {
                let called = Collector<Void>()
                core.quiesce(environment: Observation.testEnvironment) { called.add(()) }
                core.quiesce(environment: "unknown") { called.add(()) }
                return called.elements.count == 2
            }
            #expect(isImmediate)
        }
    }

    @Test func whatWasWrittenBeforeAFreezeIsNumberedBeforeIt() async throws {
        try await withCore { core, loop in
            let keeper = Keeper()
            await core.attach(keeper)
            let port = try await core.open()
            let clients = try (0..<4).map { _ in try RawClient(port: port) }
            let lines = (1...50).map { #"{"type":"http.request","invocation":"r1","record":{"callId":"c\#($0)"}}"# }
            let body = lines.joined(separator: "\n")
            let frozen = Collector<Void>()
            await loop.perform {
                for client in clients {
                    client.send(
                        "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
                    )
                }
                core.quiesce(environment: Observation.testEnvironment) {
                    core.observe(.freeze(at: 1))
                    frozen.add(())
                }
            }
            _ = await frozen.wait(for: 1)
            await core.flush()
            #expect(keeper.records.count == 201)
            #expect(keeper.records.last?.type == .freeze)
            #expect(keeper.records.map(\.sequence) == Array(1...201))
        }
    }
}
