import Foundation
import LmonRecord
import Testing

@testable import LmonStore

@Suite struct SessionFolderTests {
    private let temporary: TemporaryFolder
    private let folder: SessionFolder

    init() throws {
        self.temporary = try TemporaryFolder()
        self.folder = SessionFolder(path: self.temporary.file("state/lmon/sessions"))
    }

    private func add(_ name: String, daysAgo: Int, size: Int = 10) throws {
        try FileManager.default.createDirectory(atPath: self.folder.path, withIntermediateDirectories: true)
        let path = "\(self.folder.path)/\(name).lmon"
        try Data(count: size).write(to: URL(fileURLWithPath: path))
        let date = Date(timeIntervalSince1970: Double(start.microseconds) / 1e6 - Double(daysAgo) * 86_400)
        try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
    }

    private var names: [String] {
        self.folder.sessions().map { String($0.path.split(separator: "/").last?.dropLast(5) ?? "") }
    }

    @Test(arguments: [
        (["HOME": "/h"], "/h/.local/state/lmon/sessions"),
        (["HOME": "/h", "XDG_STATE_HOME": "/s"], "/s/lmon/sessions"),
        (["HOME": "/h", "XDG_STATE_HOME": "relative"], "/h/.local/state/lmon/sessions"),
    ])
    func theFolderFollowsTheXDGSpecification(environment: [String: String], expected: String) {
        #expect(SessionFolder(environment: environment).path == expected)
    }

    @Test(arguments: [
        ("orders", "2027-01-15T08-00-00-orders"),
        ("/home/me/My Orders", "2027-01-15T08-00-00-home-me-my-orders"),
        ("../..", "2027-01-15T08-00-00"),
        ("tcp://127.0.0.1:4244", "2027-01-15T08-00-00-tcp-127.0.0.1-4244"),
        ("é;$(rm)", "2027-01-15T08-00-00-rm"),
    ])
    func aSessionIsNamedByStartAndSource(name: String, expected: String) {
        #expect(SessionFolder.stem(name: name, startedAt: start) == expected)
    }

    @Test func twoSessionsOfOneSecondGetTwoFiles() throws {
        let first = try self.folder.create(source: "a", name: "a", startedAt: start)
        let second = try self.folder.create(source: "a", name: "a", startedAt: start)
        #expect(first.path != second.path)
        first.close()
        second.close()
    }

    @Test func sessionsAreNamedFromTheNewest() throws {
        try self.add("2026-01-01T00-00-00-a", daysAgo: 2)
        try self.add("2026-01-02T00-00-00-b", daysAgo: 1)
        #expect(try self.folder.resolve("@last").hasSuffix("-b.lmon"))
        #expect(try self.folder.resolve("@1").hasSuffix("-b.lmon"))
        #expect(try self.folder.resolve("@2").hasSuffix("-a.lmon"))
        #expect(throws: StoreError(.noSuchSession(name: "@3", count: 2), path: self.folder.path)) {
            try self.folder.resolve("@3")
        }
        #expect(throws: StoreError.self) { try self.folder.resolve("@0") }
        #expect(throws: StoreError.self) { try self.folder.resolve("@x") }
    }

    @Test func whatIsOldIsDeleted() throws {
        try self.add("a", daysAgo: 31)
        try self.add("b", daysAgo: 29)
        self.folder.clean(now: start)
        #expect(self.names == ["b"])
    }

    @Test func theOldestBeyondTheSizeAreDeleted() throws {
        try self.add("a", daysAgo: 3, size: 100)
        try self.add("b", daysAgo: 2, size: 100)
        try self.add("c", daysAgo: 1, size: 100)
        self.folder.clean(now: start, maximumSize: 250)
        #expect(self.names == ["c", "b"])
    }

    @Test func oneSessionIsDeletedAndAForeignFileIsNot() throws {
        let store = try self.folder.create(source: "a", name: "a", startedAt: start)
        store.append([record(1)])
        store.close()
        let path = try #require(store.path)
        let foreign = try self.temporary.write(Array("precious".utf8), to: "foreign.lmon")
        #expect(throws: StoreError(.notASession, path: foreign)) { try self.folder.delete(foreign) }
        try self.folder.delete(path)
        #expect(self.names == [])
        #expect(self.temporary.names.contains("foreign.lmon"))
    }

    @Test func aSessionBeingWrittenIsNotDeleted() throws {
        let store = try self.folder.create(source: "a", name: "a", startedAt: start)
        store.append([record(1)])
        store.flush()
        let far = Timestamp(microseconds: start.microseconds * 2)
        // A lock belongs to an open file, so a second opening of it in this process is refused like one elsewhere.
        self.folder.clean(now: far, maximumSize: 0)
        #expect(self.folder.sessions().count == 1)
        #expect(throws: StoreError(.isBeingWritten, path: try #require(store.path))) {
            try self.folder.delete(try #require(store.path))
        }
        store.close()
        self.folder.clean(now: far, maximumSize: 0)
        #expect(self.folder.sessions().isEmpty)
    }
}
