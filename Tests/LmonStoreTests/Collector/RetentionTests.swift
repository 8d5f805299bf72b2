import Foundation
import GRDB
import LmonRecord
import LmonTestSupport
import Testing

@testable import LmonStore

@Suite(.exclusive) struct RetentionTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        self.folder = try TemporaryFolder()
        self.path = self.folder.file("c.db")
    }

    private func later(minutes: Double) -> Timestamp { start.adding(milliseconds: minutes * 60_000) }

    private func trim(_ store: CollectorStore, _ retention: Retention, at now: Timestamp) throws {
        while try store.trim(retention, at: now) {}
    }

    @Test func whatIsTooOldGoesAndItsNumbersStayKnown() throws {
        let store = try CollectorStore.open(self.path)
        defer { store.close() }
        let hour = Retention(age: 3_600_000)
        _ = try store.append([(1...3000).map { record($0, request: "old") }], at: start)
        _ = try store.append([(3001...3010).map { record($0, request: "both") }], at: self.later(minutes: 30))
        _ = try store.append([(3011...3020).map { record($0, request: "both") }], at: self.later(minutes: 59))
        try self.trim(store, hour, at: self.later(minutes: 59))
        #expect(try store.lines(after: 0, limit: 10_000).count == 3020)
        try self.trim(store, hour, at: self.later(minutes: 62))
        #expect(try store.lines(after: 0).first?.cursor == 3001)
        #expect(store.trimmed == 3000)
        #expect(try store.functions.map(\.records) == [20])
        #expect(try store.lines(.request("old"), after: 0).isEmpty)
        try self.trim(store, hour, at: self.later(minutes: 92))
        #expect(try store.lines(.request("both"), after: 0).count == 10)
        try self.trim(store, hour, at: self.later(minutes: 600))
        #expect(try store.lines(after: 0).isEmpty)
        #expect(store.trimmed == 3020)
        #expect(try store.functions.isEmpty)

        // A cursor is never given twice, and what was taken once is not taken again.
        let again = try store.append([[record(17), record(4000, request: "both")]], at: self.later(minutes: 601))[0]
        #expect(again.known == 1)
        #expect(again.stored.map(\.cursor) == [3021])
        #expect(try store.lines(.request("both"), after: 0).map(\.cursor) == [3021])
    }

    @Test func anEnvironmentIsForgottenADayAfterItsLastRecord() throws {
        let store = try CollectorStore.open(self.path)
        defer { store.close() }
        _ = try store.append([[record(1)]], at: start)
        try self.trim(store, Retention(age: 60_000), at: self.later(minutes: 10))
        #expect(try store.append([[record(1)]], at: self.later(minutes: 10))[0].known == 1)
        try self.trim(store, Retention(age: 60_000), at: self.later(minutes: 3000))
        #expect(try store.append([[record(1)]], at: self.later(minutes: 3000))[0].known == 0)
    }

    @Test func theFileStaysWithinItsSizeAndGivesBackWhatIsFreed() throws {
        let store = try CollectorStore.open(self.path)
        let text = "\"\(String(repeating: "x", count: 1000))\""
        let limit = 8 << 20
        var next = 1
        for _ in 0..<20 {
            _ = try store.append([(next..<next + 1000).map { record($0, payload: text) }], at: start)
            next += 1000
            try self.trim(store, Retention(bytes: limit), at: start)
            #expect(try store.usedBytes <= limit)
        }
        #expect(try store.lines(after: 0, limit: .max, bytes: .max).count > 4000)
        #expect(store.last == 20_000)
        try self.trim(store, Retention(bytes: 1 << 20), at: start)
        store.close()
        let size = try FileManager.default.attributesOfItem(atPath: self.path)[.size] as? Int
        #expect(try #require(size) < 10 << 20)
    }

    /// However large they are, and however little may be kept.
    @Test(arguments: [200_000, 1]) func theNewestRecordStays(limit: Int) throws {
        let store = try CollectorStore.open(self.path)
        defer { store.close() }
        let text = "\"\(String(repeating: "x", count: 10_000))\""
        _ = try store.append([(1...100).map { record($0, payload: text) }], at: start)
        try self.trim(store, Retention(bytes: limit), at: start)
        let kept = try store.lines(after: 0, limit: .max, bytes: .max).map(\.cursor)
        #expect(kept.last == 100 && kept.first == store.trimmed + 1)
        let used = try store.usedBytes
        #expect(kept.count == 1 || (used <= limit && kept.count > 4))
    }

    @Test func readingBeginsAtATime() throws {
        let store = try CollectorStore.open(self.path)
        defer { store.close() }
        #expect(try store.cursor(before: start) == 0)
        _ = try store.append([[record(1), record(2)]], at: start)
        _ = try store.append([[record(3)]], at: self.later(minutes: 5))
        #expect(try store.cursor(before: self.later(minutes: -5)) == 0)
        #expect(try store.cursor(before: self.later(minutes: 3)) == 2)
        #expect(try store.cursor(before: self.later(minutes: 9)) == 3)
    }

    /// A file as the first version made it is brought up to date, with all that it holds.
    @Test func anOlderFormatMigrates() throws {
        let database = try DatabaseQueue(path: self.path)
        try database.writeWithoutTransaction { database in
            try CollectorFormat.migrate(database, from: 0, to: 1)
            var received = EnvironmentNumbers()
            for number in 1...3 { _ = received.admit(number, nil) }
            try database.execute(
                sql: "INSERT INTO environments VALUES (1, 'E1', 'orders', 3, 0, ?, ?)",
                arguments: [Data(received.received.bytes), Data()]
            )
            for number in 1...3 {
                try database.execute(
                    sql: "INSERT INTO records VALUES (?, 1, ?, NULL, ?)",
                    arguments: [number, number, Data(record(number).line)]
                )
            }
            try database.execute(sql: "UPDATE facts SET value = 3 WHERE key = 'last'")
        }
        try database.close()

        let store = try CollectorStore.open(self.path)
        defer { store.close() }
        #expect(try store.lines(after: 0).map(\.bytes) == (1...3).map { record($0).line })
        let now = Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
        let appended = try store.append([[record(3), record(4)]], at: now)[0]
        #expect(appended.known == 1)
        #expect(appended.stored.map(\.cursor) == [4])
        // What it held counts as having come now.
        try self.trim(store, Retention(age: 3_600_000), at: now)
        #expect(try store.lines(after: 0).count == 4)
        try self.trim(store, Retention(age: 3_600_000), at: now.adding(milliseconds: 4_000_000))
        #expect(try store.lines(after: 0).isEmpty)
    }
}
