import LmonAgent
import LmonHTTP
import LmonRecord
import LmonTestSupport
import Testing

@Suite(.exclusive) struct TeeTests {
    private func records(_ client: RawClient) throws -> [Record] {
        var lines = RecordLines()
        return try (lines.append(client.received)).map { try $0.get() }
    }

    @Test func manyReadersGetEverythingLateOnesFromWhatIsRetained() async throws {
        try await withCore { core, _ in
            let tee = try await Tee.listen(host: "127.0.0.1", port: 0, core: core)
            await core.see((1...10).map { .log("r1", "line \($0)") })
            var clients = try (1...8).map { _ in try RawClient(port: tee.port) }
            for client in clients { try client.receive { $0.contains("line 10\"") } }
            await core.see((11...500).map { .log("r1", "line \($0)") })
            clients.append(try RawClient(port: tee.port))
            await core.see([.log("r1", "the last")])
            for client in clients {
                try client.receive("\"the last\"}\n")
                #expect(try self.records(client).map(\.sequence) == Array(1...501))
            }
            await tee.close()
            for client in clients { try client.receiveToEnd() }
        }
    }

    @Test func aLateReaderIsToldWhatIsNotRetainedAnyMore() async throws {
        try await withCore(retainedRecords: 10) { core, _ in
            let tee = try await Tee.listen(host: "127.0.0.1", port: 0, core: core)
            await core.see((1...25).map { .log("r1", "line \($0)") })
            let late = try RawClient(port: tee.port)
            try late.receive("line 25\"}\n")
            let records = try self.records(late)
            let tombstone = try #require(records.first.flatMap { Tombstone($0) })
            #expect(tombstone.first == 1)
            #expect(tombstone.through == 15)
            #expect(records.dropFirst().map(\.sequence) == Array(16...25))
            await tee.close()
        }
    }

    @Test func aStuckReaderIsCutOffAndHoldsNobodyUp() async throws {
        try await withCore { core, loop in
            let tee = try await Tee.listen(host: "127.0.0.1", port: 0, core: core, queueLimit: 1 << 20)
            let stuck = try RawClient(port: tee.port, receiveBuffer: 4096)
            let good = try RawClient(port: tee.port)
            let text = String(repeating: "x", count: 10_000)
            await core.see([.log("r1", "first")])
            for client in [stuck, good] { try client.receive("\"first\"}\n") }
            let reading = Task.detached { try good.receive("\"the last\"}\n") }
            var count = 1
            // Until the stuck one is gone: its socket takes a few megabytes at most.
            while await loop.perform({ tee.readersCutOff }) == 0, count < 5000 {
                await core.see((1...20).map { _ in .log("r1", text) })
                count += 20
            }
            #expect(await loop.perform { tee.readersCutOff } == 1)
            await core.see([.log("r1", "the last")])
            _ = try await reading.value
            #expect(try self.records(good).map(\.sequence) == Array(1...count + 1))
            await tee.close()
        }
    }

    @Test func aSlowReaderIsToldWhatItMisses() async throws {
        try await withCore { core, loop in
            let tee = try await Tee.listen(host: "127.0.0.1", port: 0, core: core, queueLimit: 100_000)
            let slow = try RawClient(port: tee.port)
            await core.see([.log("r1", "first")])
            try slow.receive("\"first\"}\n")
            // More in one turn than a reader may be behind.
            let text = String(repeating: "x", count: 10_000)
            await core.see((1...20).map { _ in .log("r1", text) } + [.log("r9", text).in("other")])
            #expect(await loop.perform { tee.readersCutOff } == 1)
            try slow.receiveToEnd()
            let all = try self.records(slow)
            #expect(all.first?.sequence == 1)
            let tombstones = all.dropFirst().compactMap { Tombstone($0) }
            #expect(Set(tombstones.map(\.count)) == [20, 1])
            #expect(tombstones.first { $0.count == 20 }?.first == 2)
            #expect(tombstones.first { $0.count == 20 }?.through == 21)
            await tee.close()
        }
    }

    @Test(arguments: ["0.0.0.0", "example.org", "127.0.0.1.example.org", "10.1.2.3", "::"])
    func staysOnLoopback(host: String) async throws {
        try await withCore { core, _ in
            _ = await #expect(throws: Tee.NotLoopback.self) { try await Tee.listen(host: host, port: 0, core: core) }
        }
    }

    @Test func saysWhenItsPortIsTaken() async throws {
        try await withCore { core, _ in
            let tee = try await Tee.listen(host: "127.0.0.1", port: 0, core: core)
            let error = await #expect(throws: NetworkError.self) {
                try await Tee.listen(host: "127.0.0.1", port: tee.port, core: core)
            }
            #expect(error?.code == .addressInUse)
            await tee.close()
        }
    }
}
