import Foundation
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

    @Test func whoeverEndsTheTeeWaitsForAReaderThatIsBehind() async throws {
        try await withCore { core, loop in
            let tee = try await Tee.listen(host: "127.0.0.1", port: 0, core: core)
            let behind = try RawClient(port: tee.port, receiveBuffer: 4096)
            await core.see([.log("r1", "first")])
            try behind.receive("\"first\"}\n")
            // More than its socket takes.
            let text = String(repeating: "x", count: 10_000)
            await core.see((1...600).map { _ in .log("r1", text) })
            let finished = Collector<Void>()
            let isImmediate = await loop.perform {
                tee.finish { finished.add(()) }
                return !finished.elements.isEmpty
            }
            #expect(!isImmediate)
            try behind.receiveToEnd()
            _ = await finished.wait(for: 1)
            #expect(try self.records(behind).map(\.sequence) == Array(1...601))
            // Nobody is left.
            let isOver = await loop.perform {
                let over = Collector<Void>()
                tee.finish { over.add(()) }
                return over.elements.count == 1
            }
            #expect(isOver)
        }
    }

    @Test func aReaderThatConnectsWhileTheTeeOpensMissesNothing() async throws {
        for _ in 1...20 {
            try await withCore { core, loop in
                let port = try FreePort.onLoopback()
                let count = 400
                // Records come all the time, a few in each turn of the loop.
                let sending = Task.detached {
                    for number in 1...count { await core.see([.log("r1", "line \(number)")]) }
                }
                async let received = Self.onThread {
                    while true {
                        guard let client = try? RawClient(port: port) else { continue }
                        try client.receive("\"line \(count)\"}\n")
                        return client.received
                    }
                }
                let tee = try await Tee.listen(host: "127.0.0.1", port: port, core: core)
                var lines = RecordLines()
                let sequences = try lines.append(try await received).map { try $0.get().sequence }
                await sending.value
                #expect(sequences == Array(1...count))
                await tee.close()
            }
        }
    }

    /// Blocking reads on a thread of their own: the pool's threads have the records to send.
    private static func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value
    {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
        }
    }
}
