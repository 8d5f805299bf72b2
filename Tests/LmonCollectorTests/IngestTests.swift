import Foundation
import LmonArchive
import LmonHTTP
import LmonJSON
import LmonRecord
import LmonStore
import LmonTestSupport
import Testing

@testable import LmonCollector

@Suite(.exclusive) struct IngestTests {
    private func counts(_ answer: Rig.Answer) -> [Int?] {
        [answer.status, answer.json?["new"]?.int, answer.json?["known"]?.int]
    }

    @Test func aBatchIsAnsweredWithWhatWasNewAndWhatWasKnown() async throws {
        try await Rig.with { rig in
            #expect(self.counts(try rig.post([record(1), record(2)])) == [200, 2, 0])
            #expect(self.counts(try rig.post([record(2), record(3)])) == [200, 1, 1])
            #expect(self.counts(try rig.post([])) == [200, 0, 0])
            let gzip = try Gzip.compressed([record(3), record(4)].ndjson)
            let answer = try rig.send("POST", "/v1/records", headers: ["Content-Encoding: gzip"], body: gzip)
            #expect(self.counts(answer) == [200, 1, 1])
            // A last line needs no end, and a body may come in chunks.
            let line = record(5).line
            let chunked = Array("\(String(line.count, radix: 16))\r\n".utf8) + line + Array("\r\n0\r\n\r\n".utf8)
            let headers = ["Transfer-Encoding: chunked"]
            #expect(self.counts(try rig.send("POST", "/v1/records", headers: headers, body: chunked)) == [200, 1, 0])
            #expect(try rig.store.lines(after: 0).map(\.bytes) == (1...5).map { record($0).line })
        }
    }

    @Test func aBrokenLineIsNamedAndItsBatchKeptOut() async throws {
        try await Rig.with { rig in
            let body = record(1).line + Array("\n{\"v\":1}\n".utf8) + record(2).line
            let answer = try rig.send("POST", "/v1/records", body: body)
            #expect(answer.status == 400)
            #expect(answer.error.contains("line 2, column 1"), "\(answer.error)")
            let long = try rig.post([record(1), record(2, environment: String(repeating: "E", count: 600))])
            #expect(long.status == 400 && long.error.contains("record 2"), "\(long.error)")
            let gzip = try rig.send("POST", "/v1/records", headers: ["Content-Encoding: gzip"], body: Array("no".utf8))
            #expect(gzip.status == 400 && gzip.error.contains("gzip"), "\(gzip.error)")
            #expect(try rig.send("POST", "/v1/records", headers: ["Content-Encoding: br"]).status == 415)
            #expect(try rig.store.lines(after: 0).isEmpty)
        }
    }

    @Test func whatIsTooLongIsRefusedBeforeItTakesMemory() async throws {
        try await Rig.with { rig in
            let line = try rig.post([record(1, text: String(repeating: "x", count: 1 << 20))])
            #expect(line.status == 413 && line.error.contains("line 1"), "\(line.error)")
            let length = try rig.send("POST", "/v1/records", headers: ["Content-Length: 16777217"])
            #expect(length.status == 413)
            // Small as it comes, large as it is.
            let bomb = try Gzip.compressed([UInt8](repeating: 0x0A, count: 17 << 20))
            let answer = try rig.send("POST", "/v1/records", headers: ["Content-Encoding: gzip"], body: bomb)
            #expect(bomb.count < 100_000)
            #expect(answer.status == 413)
            #expect(self.counts(try rig.post([record(1)])) == [200, 1, 0])
        }
    }

    /// One batch is held open; another has no room beside it.
    @Test func underPressureAgentsAreAskedToWait() async throws {
        try await Rig.with(configured: { $0.limits.pending = 1 << 20 }) { rig in
            let body = (1...10).map { record($0, text: String(repeating: "x", count: 80_000)) }.ndjson
            let slow = try RawClient(port: rig.port)
            slow.send("POST /v1/records HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.count)\r\n\r\n")
            slow.send(Array(body[..<1000]))
            #expect(await eventually { await rig.collector.pendingBatches == 1 })
            let refused = try rig.send("POST", "/v1/records", body: body)
            #expect(refused.status == 429)
            #expect(refused.head.contains("Retry-After: 1"))
            slow.send(Array(body[1000...]))
            try slow.receive("}\n")
            #expect(self.counts(try rig.send("POST", "/v1/records", body: body)) == [200, 0, 10])
        }
    }

    @Test func batchesOfManyAgentsShareCommits() async throws {
        try await Rig.with { rig in
            let answers = await withTaskGroup(of: Int.self) { group in
                for environment in 0..<16 {
                    group.addTask {
                        await Self.detached {
                            var new = 0
                            for batch in 0..<20 {
                                let records = (1...10).map { record(batch * 10 + $0, environment: "E\(environment)") }
                                new += (try? rig.post(records))?.json?["new"]?.int ?? 0
                            }
                            return new
                        }
                    }
                }
                return await group.reduce(0, +)
            }
            #expect(answers == 3200)
            let lines = try rig.store.lines(after: 0, limit: .max, bytes: .max)
            #expect(lines.count == 3200)
            let commits = await rig.collector.metrics.commits
            #expect((1..<320).contains(commits), "\(commits)")
        }
    }

    /// On a thread of its own: these clients block.
    static func detached<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: body()) }
        }
    }

    @Test func aBatchThatHasBegunToComeIsFinishedBeforeTheEnd() async throws {
        let rig = try Rig()
        let body = [record(1), record(2)].ndjson
        let agent = try RawClient(port: rig.port)
        agent.send("POST /v1/records HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.count)\r\n\r\n")
        #expect(await eventually { await rig.collector.pendingBatches == 1 })
        async let stopped: Void = rig.collector.stop()
        #expect(await eventually { await rig.collector.isStopping })
        let late = try rig.post([record(3)])
        #expect(late.status == 503 && late.head.contains("Retry-After"))
        agent.send(body)
        #expect(try agent.receive("}\n").contains(#"{"new":2,"known":0}"#))
        await stopped
        await rig.loop.shutdown()
        let store = try CollectorStore.open("\(rig.folder)/c.db")
        #expect(try store.lines(after: 0).count == 2)
        store.close()
    }
}

/// Looks again and again until something holds; false if it did not in time.
func eventually(within seconds: Double = 20, _ condition: () async throws -> Bool) async rethrows -> Bool {
    let deadline = Date().addingTimeInterval(seconds)
    while Date() < deadline {
        if try await condition() { return true }
        try? await Task.sleep(for: .milliseconds(5))
    }
    return try await condition()
}
