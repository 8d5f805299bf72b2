import Foundation
import LmonHTTP
import LmonRecord
import LmonSpool
import LmonStore
import LmonTestSupport
import Testing

@testable import LmonCollector

@Suite(.exclusive) struct StreamTests {
    /// A stream as a viewer reads it: records and marks in their order.
    private struct Read {
        var sequences: [Int] = []
        var marks: [StreamMark] = []
        /// What came behind the last mark.
        var unmarked = 0

        /// Of what goes between the lines to frame a chunked answer nothing is a record.
        init(_ body: String) {
            self.init(Array(body.utf8))
        }

        init(_ bytes: some Collection<UInt8>) {
            for line in bytes.split(separator: 0x0A) {
                if let mark = StreamMark(line: Array(line)) {
                    self.marks.append(mark)
                    self.unmarked = 0
                } else if let record = try? Record(line: Array(line)) {
                    self.sequences.append(record.sequence)
                    self.unmarked += 1
                }
            }
        }
    }

    private func read(_ rig: Rig, _ query: String) throws -> Read {
        let answer = try rig.send("GET", "/v1/records\(query)")
        #expect(answer.status == 200)
        let read = Read(answer.body)
        #expect(read.marks.last?.state == .end)
        #expect(read.unmarked == 0)
        return read
    }

    @Test func allThatIsKeptIsReadFromAnyPlace() async throws {
        try await Rig.with { rig in
            #expect(try self.read(rig, "").sequences.isEmpty)
            _ = try rig.post((1...3000).map { record($0) })
            let all = try self.read(rig, "?after=0")
            #expect(all.sequences == Array(1...3000))
            #expect(all.marks.count > 3)
            // Each mark is a place to go on from.
            for mark in all.marks.dropLast() {
                let rest = try self.read(rig, "?after=\(mark.cursor)")
                #expect(rest.sequences == Array(1...3000).filter { $0 > mark.cursor.number })
            }
            // A place of another store is none of this one.
            #expect(try self.read(rig, "?after=0123456789ab-2999").sequences.count == 3000)
            #expect(try self.read(rig, "?after=\(rig.store.id)-99999").sequences.count == 3000)
        }
    }

    /// The same out of the store, after a new start and out of a ring that is too small.
    @Test func whatIsNotInMemoryComesFromTheStore() async throws {
        try await Rig.with(configured: { $0.limits.recent = 1 }) { rig in
            for start in stride(from: 1, to: 2000, by: 100) {
                _ = try rig.post((start..<start + 100).map { record($0) })
            }
            let all = try self.read(rig, "")
            #expect(all.sequences == Array(1...2000))
            #expect(await rig.loop.perform { rig.collector.assumeIsolated { $0.streams.pagesRead } } > 1)
        }
    }

    @Test func aFilterIsPutToEachRecord() async throws {
        try await Rig.with { rig in
            let records = (1...200).map {
                record(
                    $0,
                    function: $0 % 2 == 0 ? "orders" : "billing",
                    request: "r\($0 % 10)",
                    text: $0 % 3 == 0 ? "a needle" : "hay"
                )
            }
            _ = try rig.post(records)
            let even = Array(stride(from: 2, through: 200, by: 2))
            #expect(try self.read(rig, "?filter=function%3Dorders").sequences == even)
            #expect(try self.read(rig, "?function=orders").sequences == even)
            #expect(try self.read(rig, "?filter=function%3Dorders+needle").sequences == even.filter { $0 % 3 == 0 })
            #expect(try self.read(rig, "?filter=type%3Dplatform.start").sequences.isEmpty)
            #expect(try self.read(rig, "?request=r4").sequences == Array(stride(from: 4, through: 200, by: 10)))
            #expect(try self.read(rig, "?request=r4&after=100").sequences.first == 104)
        }
    }

    @Test func readingBeginsAtATime() async throws {
        let old = Timestamp.now.adding(milliseconds: -7_200_000)
        let file = try StoreFile { _ = try $0.append([[record(1)]], at: old) }
        try await Rig.with(store: file.path) { rig in
            _ = try rig.post([record(2)])
            let hour = Timestamp.now.adding(milliseconds: -3_600_000)
            #expect(try self.read(rig, "?since=\(hour)").sequences == [2])
            #expect(try self.read(rig, "?since=\(old)").sequences == [1, 2])
        }
    }

    @Test(arguments: [
        ("after=x", "no cursor"), ("since=yesterday", "no time"), ("follow=maybe", "follow"), ("from=1", "no from"),
        ("filter=status%3E%3D", "filter: column"), ("filter=cold", "cold is known of a whole invocation"),
        ("filter=%zz", "encoded"), ("filter=%ff", "encoded"), ("request=r&follow=true", "exclude"),
    ])
    func aWrongQuestionIsAnsweredWithWhatIsWrong(query: String, words: String) async throws {
        try await Rig.with { rig in
            let answer = try rig.send("GET", "/v1/records?\(query)")
            #expect(answer.status == 400)
            #expect(answer.error.contains(words), "\(answer.error)")
        }
    }

    // MARK: Following

    private func follow(_ rig: Rig, _ query: String = "", receiveBuffer: Int32? = nil) throws -> RawClient {
        let client = try RawClient(port: rig.port, receiveBuffer: receiveBuffer)
        client.send("GET /v1/records?follow=true\(query) HTTP/1.1\r\nHost: localhost\r\n\r\n")
        return client
    }

    @Test func whoFollowsSeesEachRecordAsItComesAndIsToldOfTheEnd() async throws {
        let rig = try Rig()
        _ = try rig.post([record(1)])
        let viewer = try self.follow(rig)
        let filtered = try self.follow(rig, "&filter=hello+and+not+skip")
        try viewer.receive { $0.contains("\"sequence\":1,") && $0.contains("-1\"") }
        for number in 2...5 {
            _ = try rig.post([record(number, text: number == 4 ? "hello skip" : "hello")])
            try viewer.receive { $0.contains("\"sequence\":\(number),") }
        }
        try filtered.receive { $0.contains("\"sequence\":5,") }
        await rig.collector.stop()
        let text = try viewer.receiveToEnd()
        #expect(Read(text).sequences == [1, 2, 3, 4, 5])
        #expect(Read(text).marks.last?.state == .stopping)
        #expect(text.hasSuffix("0\r\n\r\n"))
        #expect(Read(try filtered.receiveToEnd()).sequences == [1, 2, 3, 5])
        await rig.loop.shutdown()
    }

    /// One takes nothing at all. Ingest and the others go on; when it reads again it has missed nothing.
    @Test func aSlowViewerHoldsNeitherIngestNorOthers() async throws {
        try await Rig.with(configured: { $0.limits.recent = 64 << 10 }) { rig in
            let slow = try self.follow(rig, receiveBuffer: 4096)
            let quick = try self.follow(rig)
            let records = (1...10_000).map { record($0, text: String(repeating: "x", count: 1000)) }
            var sent = 0
            for start in stride(from: 0, to: records.count, by: 500) {
                let batch = Array(records[start..<start + 500])
                #expect(try rig.post(batch).status == 200)
                sent += batch.ndjson.count
                try quick.receive(count: sent)
            }
            for client in [quick, slow] {
                try client.receive(count: sent)
                try client.receive { _ in Read(client.received.suffix(4000)).sequences.last == 10_000 }
                #expect(Read(client.received).sequences == Array(1...10_000))
            }
        }
    }

    @Test func silenceIsBrokenByMarksAndWhoTakesNothingIsLetGo() async throws {
        try await Rig.with(configured: {
            $0.limits.heartbeat = .milliseconds(20)
            $0.limits.patience = 3
        }) { rig in
            let idle = try self.follow(rig, "&filter=nothing")
            try idle.receive { $0.components(separatedBy: "\"cursor\"").count > 4 }
            let stuck = try self.follow(rig, receiveBuffer: 4096)
            let text = String(repeating: "x", count: 100_000)
            for start in stride(from: 1, to: 200, by: 50) {
                _ = try rig.post((start..<start + 50).map { record($0, text: text) })
            }
            #expect(
                await eventually { await rig.loop.perform { rig.collector.assumeIsolated { $0.streams.stalled } } == 1 }
            )
            stuck.close()
            idle.close()
            #expect(
                await eventually { await rig.loop.perform { rig.collector.assumeIsolated { $0.streams.count } } == 0 }
            )
        }
    }

    /// What was deleted before a reader came back to it is said.
    @Test func aReaderIsToldThatSomethingIsMissing() async throws {
        let file = try StoreFile { store in
            _ = try store.append([(1...50).map { record($0) }], at: Timestamp.now.adding(milliseconds: -7_200_000))
            _ = try store.append([(51...60).map { record($0) }], at: .now)
            while try store.trim(Retention(age: 3_600_000), at: .now) {}
        }
        try await Rig.with(store: file.path) { rig in
            let read = try self.read(rig, "?after=\(rig.store.id)-20")
            #expect(read.sequences == Array(51...60))
            #expect(read.marks.contains { $0.isMissing })
            for query in ["", "?after=\(rig.store.id)-50"] {
                let fresh = try self.read(rig, query)
                #expect(fresh.sequences == Array(51...60))
                #expect(!fresh.marks.contains { $0.isMissing })
            }
        }
    }
}
