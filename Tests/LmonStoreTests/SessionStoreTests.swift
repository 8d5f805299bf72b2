import Foundation
import LmonRecord
import LmonTestSupport
import Testing

@testable import LmonStore

@Suite(.exclusive) struct SessionStoreTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        self.folder = try TemporaryFolder()
        self.path = self.folder.file("s.lmon")
    }

    private func create() throws -> SessionStore {
        try SessionStore.create(at: self.path, source: "./demo", startedAt: start)
    }

    @Test func recordsComeBackByteForByteAndInOrder() throws {
        let store = try self.create()
        let records = (1...5).map { record($0, request: $0 % 2 == 0 ? "r" : nil, payload: #"{"n":\#($0)}"#) }
        store.append(records)
        store.close()
        let reading = try SessionStore.open(self.path)
        #expect(try reading.records(after: 0, limit: 100).map(\.record) == records)
        #expect(try reading.source == "./demo")
    }

    @Test func whatWasJustAppendedIsReadAtOnce() throws {
        let store = try self.create()
        store.append([record(1, request: "r")])
        #expect(try store.records(request: "r").map(\.sequence) == [1])
    }

    @Test func readingGoesOnAfterACursor() throws {
        let store = try self.create()
        store.append((1...10).map { record($0) })
        let first = try store.records(after: 0, limit: 4)
        let rest = try store.records(after: try #require(first.last).cursor, limit: 100)
        #expect(first.map(\.record.sequence) == [1, 2, 3, 4])
        #expect(rest.map(\.record.sequence) == [5, 6, 7, 8, 9, 10])
        #expect(try store.records(after: try #require(rest.last).cursor, limit: 100).isEmpty)
    }

    @Test func anInvocationsRecordsAreFoundByItsRequest() throws {
        let store = try self.create()
        store.append([
            record(1), record(2, request: "a"), record(3, request: "b"), record(4, request: "a"),
            record(1, environment: "E2", request: "a"),
        ])
        #expect(try store.records(request: "a").map(\.sequence) == [2, 4, 1])
        #expect(try store.records(request: "none").isEmpty)
    }

    @Test func anEnvironmentsOwnRecordsAreThoseOfNoInvocation() throws {
        let store = try self.create()
        store.append([record(1), record(2, request: "a"), record(3), record(1, environment: "E2")])
        #expect(try store.environmentRecords("E1").map(\.sequence) == [1, 3])
        #expect(try store.environmentRecords("E3").isEmpty)
    }

    @Test func aRecordThatComesAgainIsKeptOnce() throws {
        let store = try self.create()
        store.append([record(1), record(2), record(4)])
        store.append([record(2), record(3), record(4), record(5), record(1, environment: "E2")])
        #expect(try store.records(after: 0, limit: 100).map(\.record.sequence) == [1, 2, 4, 3, 5, 1])
        #expect(store.count == 6)
    }

    @Test func aRecordIsTakenThoughATombstoneStoodInItsPlace() throws {
        let store = try self.create()
        let tombstone = record(2, type: .dropped, payload: #"{"through":3,"count":2,"reason":"slow"}"#)
        store.append([record(1), tombstone, tombstone, record(4)])
        store.append([record(2), record(3)])
        #expect(try store.records(after: 0, limit: 100).map(\.record.sequence) == [1, 2, 4, 2, 3])
    }

    @Test func aFollowerSeesThatSomethingCame() throws {
        let store = try self.create()
        store.append([record(1)])
        store.flush()
        let follower = try SessionStore.open(self.path)
        let before = try follower.dataVersion
        #expect(try follower.dataVersion == before)
        #expect(follower.isBeingWritten)
        store.append([record(2)])
        store.flush()
        #expect(try follower.dataVersion != before)
        #expect(try follower.records(after: 1, limit: 10).map(\.record.sequence) == [2])
        store.close()
        #expect(!follower.isBeingWritten)
    }

    @Test func whatWasLetGoIsSaidByTombstones() {
        var dropped = DroppedRecords(sink: "s", reason: "slow")
        for sequence in [3, 4, 5, 9] { dropped.add(record(sequence)) }
        dropped.add(record(1, environment: "E2"))
        let tombstones = dropped.takeTombstones().compactMap { Tombstone($0) }
        #expect(tombstones.map(\.first) == [3, 9, 1])
        #expect(tombstones.map(\.through) == [5, 9, 1])
        #expect(tombstones.map(\.count) == [3, 1, 1])
        #expect(dropped.isEmpty)
    }

    @Test func theFileIsForItsOwnerOnlyAndAloneWhenClosed() throws {
        let store = try self.create()
        store.append([record(1)])
        store.flush()
        #expect(self.folder.names == ["s.lmon", "s.lmon-shm", "s.lmon-wal"])
        for name in self.folder.names {
            let mode = try FileManager.default.attributesOfItem(atPath: self.folder.file(name))[.posixPermissions]
            #expect(mode as? Int == 0o600)
        }
        store.close()
        #expect(self.folder.names == ["s.lmon"])
    }

    @Test func aSessionWithoutRecordsLeavesNoFile() throws {
        try self.create().close()
        #expect(self.folder.names == [])
    }

    @Test func aSessionIsNeverWrittenOver() throws {
        _ = try self.folder.write([1], to: "s.lmon")
        #expect(throws: StoreError(.cannotCreate("File exists"), path: self.path)) { _ = try self.create() }
        #expect(FileManager.default.contents(atPath: self.path) == Data([1]))
    }

    @Test func withoutAFileItWorksTheSame() throws {
        let store = try SessionStore.inMemory(source: "-", startedAt: start)
        store.append([record(1, request: "a"), record(1, request: "a"), record(2)])
        #expect(try store.records(request: "a").count == 1)
        #expect(try store.records(after: 0, limit: 10).count == 2)
        #expect(store.path == nil)
        store.close()
    }

    /// A check on the order of magnitude, not a measurement: 20 000 records are written and read well within the limit.
    @Test(.timeLimit(.minutes(1))) func manyRecordsAreTakenAndFound() throws {
        let store = try self.create()
        for batch in 0..<20 {
            store.append((1...1000).map { record(batch * 1000 + $0, request: "r\((batch * 1000 + $0) / 8)") })
        }
        #expect(try store.records(after: 0, limit: 30_000).count == 20_000)
        #expect(try store.records(request: "r77").count == 8)
        store.close()
    }
}
