import Foundation
import GRDB
import LmonRecord
import LmonTestSupport
import Testing

@testable import LmonStore

@Suite(.exclusive) struct CollectorStoreTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        self.folder = try TemporaryFolder()
        self.path = self.folder.file("c.db")
    }

    private func open() throws -> CollectorStore { try CollectorStore.open(self.path) }

    private func counts(_ appended: [CollectorStore.Appended]) -> [[Int]] {
        appended.map { [$0.stored.count, $0.known] }
    }

    @Test func linesComeBackByteForByteInTheOrderInWhichTheyCame() throws {
        let store = try self.open()
        defer { store.close() }
        let records = (1...5).map { record($0, payload: #"{"n":\#($0)}"#) }
        _ = try store.append([Array(records[..<2]), Array(records[2...])], at: start)
        let lines = try store.lines(after: 0)
        #expect(lines.map(\.bytes) == records.map(\.line))
        #expect(lines.map(\.cursor) == [1, 2, 3, 4, 5])
        #expect(try store.lines(after: 2, through: 4).map(\.cursor) == [3, 4])
        #expect(try store.lines(after: 0, limit: 3).map(\.cursor) == [1, 2, 3])
        #expect(try store.lines(after: 0, bytes: 1).map(\.cursor) == [1])
        #expect(store.last == 5)
    }

    @Test func aNumberIsTakenOnceHoweverOftenItComes() throws {
        let store = try self.open()
        let first = try store.append([[record(1), record(2)], [record(2), record(3), record(3)]], at: start)
        #expect(self.counts(first) == [[2, 0], [1, 2]])
        store.close()

        // Also by a process that knows of it only from the file.
        let again = try self.open()
        defer { again.close() }
        let second = try again.append([[record(3), record(5), record(1, environment: "E2")]], at: start)
        #expect(self.counts(second) == [[2, 1]])
        #expect(second[0].stored.map(\.cursor) == [4, 5])
        #expect(again.id == store.id)
    }

    // MARK: Tombstones

    private func tombstone(_ first: Int, _ through: Int?, environment: String = "E1") -> LmonRecord.Record {
        Tombstone(first: first, through: through, count: 1, reason: "queue full", sink: "spool")
            .record(environment: environment, function: "orders", time: start, observed: start)
    }

    @Test func aRecordTakesATombstonesPlaceAndNeverTheReverse() throws {
        let store = try self.open()
        defer { store.close() }
        func sequences() throws -> [Int] {
            try store.lines(after: 0).map { try LmonRecord.Record(line: $0.bytes).sequence }
        }
        _ = try store.append([[record(1), self.tombstone(2, 3), record(4)]], at: start)
        #expect(try sequences() == [1, 2, 4])
        // The tombstone still speaks for 3.
        _ = try store.append([[record(2)]], at: start)
        #expect(try sequences() == [1, 2, 4, 2])
        _ = try store.append([[record(3)]], at: start)
        #expect(try sequences() == [1, 4, 2, 3])
        #expect(self.counts(try store.append([[self.tombstone(1, 4), self.tombstone(3, 3)]], at: start)) == [[0, 2]])
        #expect(try sequences() == [1, 4, 2, 3])
        // One that says something new is kept.
        #expect(self.counts(try store.append([[self.tombstone(4, 5)]], at: start)) == [[1, 0]])
        #expect(self.counts(try store.append([[self.tombstone(5, 5)]], at: start)) == [[0, 1]])
        #expect(try store.functions.map(\.records) == [5])
    }

    /// What was lost before it had a number stands in no number's place but its own.
    @Test func aLossWithoutNumbersIsARecordLikeOthers() throws {
        let store = try self.open()
        defer { store.close() }
        #expect(self.counts(try store.append([[self.tombstone(1, nil), record(2)]], at: start)) == [[2, 0]])
        #expect(self.counts(try store.append([[self.tombstone(1, nil), record(1)]], at: start)) == [[0, 2]])
    }

    /// Whatever order, retries and duplicates: each number once, by the end of it, or under a tombstone.
    @Test(arguments: 0..<20)
    func agreesWithSets(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var store = try self.open()
        var received: [String: Set<Int>] = [:]
        for _ in 0..<60 {
            if random.int(0..<10) == 0 {
                store.close()
                store = try self.open()
            }
            let environment = "E\(random.int(1..<4))"
            let first = random.int(1..<40)
            let batch = (first..<first + random.int(1..<8)).map { number -> LmonRecord.Record in
                if random.int(0..<5) == 0 {
                    return self.tombstone(number, number + random.int(0..<4), environment: environment)
                }
                return record(number, environment: environment)
            }
            let numbers = batch.filter { $0.type != .dropped }.map(\.sequence)
            let new = Set(numbers).subtracting(received[environment] ?? [])
            let appended = try store.append([batch], at: start)[0]
            #expect(Set(appended.stored.filter { $0.record.type != .dropped }.map(\.record.sequence)) == new)
            #expect(appended.stored.count + appended.known == batch.count)
            received[environment, default: []].formUnion(numbers)
        }
        let kept = try store.lines(after: 0).map { try LmonRecord.Record(line: $0.bytes) }
        for (environment, numbers) in received {
            let own = kept.filter { $0.environment == environment }
            #expect(own.filter { $0.type != .dropped }.map(\.sequence).sorted() == numbers.sorted())
            // Each tombstone that is left speaks for something that did not come.
            for record in own {
                guard let through = Tombstone(record)?.through else { continue }
                #expect(!numbers.isSuperset(of: record.sequence...through))
            }
        }
        #expect(try store.functions.reduce(0) { $0 + $1.records } == kept.count)
        store.close()
    }

    // MARK: Queries

    @Test func anInvocationIsFoundByItsRequestAlsoWhereItGoesOnAfterANewStart() throws {
        var store = try self.open()
        _ = try store.append([[record(1), record(2, request: "a"), record(3, request: "b")]], at: start)
        store.close()
        store = try self.open()
        defer { store.close() }
        _ = try store.append([[record(4, request: "a"), record(1, environment: "E2", request: "A")]], at: start)
        #expect(try store.lines(.request("a"), after: 0).map(\.cursor) == [2, 4])
        #expect(try store.lines(.request("a"), after: 2).map(\.cursor) == [4])
        #expect(try store.lines(.request("none"), after: 0).isEmpty)
        #expect(try store.lines(.function("orders"), after: 3).map(\.cursor) == [4, 5])
        #expect(try store.lines(.function("other"), after: 0).isEmpty)
        let functions = [CollectedFunction(name: "orders", environments: 2, records: 5, newest: start)]
        #expect(try store.functions == functions)
    }

    // MARK: Crashes and other files

    /// A writer killed outright leaves its files as they stand: a copy of them, taken while it lives.
    @Test func whatWasAnsweredForIsThereAfterACrash() throws {
        let store = try self.open()
        defer { store.close() }
        _ = try store.append([(1...500).map { record($0, request: "r\($0 % 7)") }], at: start)
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: self.path + suffix, toPath: self.folder.file("copy.db\(suffix)"))
        }
        let copy = try CollectorStore.open(self.folder.file("copy.db"))
        defer { copy.close() }
        #expect(try copy.lines(after: 0).count == 500)
        #expect(self.counts(try copy.append([[record(500), record(501)]], at: start)) == [[1, 1]])
    }

    @Test func oneCollectorAtATime() throws {
        let store = try self.open()
        #expect(throws: CollectorStoreError(.isInUse, path: self.path)) { try self.open() }
        store.close()
        try self.open().close()
    }

    private func code(_ path: String) -> CollectorStoreError.Code? {
        do {
            let store = try CollectorStore.open(path)
            defer { store.close() }
            _ = try store.lines(after: 0, limit: .max, bytes: .max)
            return nil
        } catch {
            #expect(!"\(error)".contains("\n"))
            return error.code
        }
    }

    @Test(arguments: ["{\"v\":1}\n", "SQLite format 3", String(repeating: "x", count: 4096)])
    func aForeignFileIsRefusedAndLeftAsItIs(content: String) throws {
        let path = try self.folder.write(Array(content.utf8), to: "foreign.db")
        #expect(self.code(path) == .foreign)
        #expect(FileManager.default.contents(atPath: path) == Data(content.utf8))
    }

    @Test func anotherDatabaseIsRefusedAndLeftAsItIs() throws {
        let session = try SessionStore.create(at: self.folder.file("s.lmon"), source: "x", startedAt: start)
        session.append([record(1)])
        session.close()
        let before = FileManager.default.contents(atPath: self.folder.file("s.lmon"))
        #expect(self.code(self.folder.file("s.lmon")) == .foreign)
        #expect(FileManager.default.contents(atPath: self.folder.file("s.lmon")) == before)
        #expect(self.code(self.folder.path) == .isDirectory)
    }

    @Test func aLaterFormatAsksForANewerLmon() throws {
        try self.open().close()
        let database = try DatabaseQueue(path: self.path)
        try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA user_version = 99") }
        try database.close()
        #expect(self.code(self.path) == .versionTooNew(found: 99, supported: CollectorFormat.version))
    }

    private func wholeFile() throws -> [UInt8] {
        let store = try self.open()
        _ = try store.append([(1...300).map { record($0, request: "r\($0)") }], at: start)
        store.close()
        return [UInt8](try #require(FileManager.default.contents(atPath: self.path)))
    }

    @Test(arguments: 0..<8)
    func aTruncatedFileIsSaidToBeDamaged(step: Int) throws {
        let bytes = try self.wholeFile()
        let length = 1000 + (bytes.count - 2000) * step / 8
        let path = try self.folder.write(Array(bytes[..<length]), to: "cut.db")
        guard case .damaged? = self.code(path) else {
            Issue.record("cut at \(length) of \(bytes.count): \(String(describing: self.code(path)))")
            return
        }
    }

    @Test(arguments: 0..<16)
    func damagedBytesDoNotCrash(seed: UInt64) throws {
        var bytes = try self.wholeFile()
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 { bytes[random.int(100..<bytes.count)] = UInt8(random.int(0..<256)) }
        let path = try self.folder.write(bytes, to: "damaged.db")
        switch self.code(path) {
        case nil, .damaged, .cannotRead, .cannotOpen, .foreign: break
        case .some(let other): Issue.record("unexpected \(other)")
        }
        // Nor when it is written to.
        guard let store = try? CollectorStore.open(path) else { return }
        defer { store.close() }
        _ = try? store.append([(1...50).map { record($0, request: "r\($0)") }], at: start)
    }
}
