import Foundation
import LmonRecord
import LmonTestSupport
import Testing

@testable import LmonStore

/// Files that are no whole session: each is refused, or read as far as it goes, with one clear line.
@Suite(.exclusive) struct BrokenSessionTests {
    private let folder: TemporaryFolder

    init() throws {
        self.folder = try TemporaryFolder()
    }

    private func sessionBytes(_ count: Int) throws -> [UInt8] {
        let path = self.folder.file("whole.lmon")
        let store = try SessionStore.create(at: path, source: "x", startedAt: start)
        store.append(
            (1...count).map { record($0, request: "r\($0)", payload: "\"\(String(repeating: "x", count: 500))\"") }
        )
        store.close()
        defer { unlink(path) }
        return [UInt8](try #require(FileManager.default.contents(atPath: path)))
    }

    private func code(_ path: String) -> StoreError.Code? {
        do {
            let store = try SessionStore.open(path)
            _ = try store.records(after: 0, limit: 1_000_000)
            return nil
        } catch {
            #expect(!"\(error)".contains("\n"))
            return error.code
        }
    }

    @Test func whatIsNoFileIsNamed() throws {
        #expect(self.code(self.folder.file("none.lmon")) == .notFound)
        #expect(self.code(self.folder.path) == .isDirectory)
        #expect(self.code(try self.folder.write([], to: "empty.lmon")) == .empty)
    }

    @Test(arguments: ["{\"v\":1}\n", "SQLite format 3", String(repeating: "x", count: 4096)])
    func aForeignFileIsRefused(content: String) throws {
        #expect(self.code(try self.folder.write(Array(content.utf8), to: "foreign.lmon")) == .notASession)
    }

    @Test func anotherProgramsDatabaseIsRefused() throws {
        var bytes = try self.sessionBytes(1)
        bytes.replaceSubrange(68..<72, with: [0, 0, 0, 0])
        #expect(self.code(try self.folder.write(bytes, to: "other.lmon")) == .notASession)
    }

    @Test func aLaterFormatAsksForANewerLmon() throws {
        var bytes = try self.sessionBytes(1)
        bytes.replaceSubrange(60..<64, with: [0, 0, 0, 9])
        let path = try self.folder.write(bytes, to: "later.lmon")
        #expect(self.code(path) == .versionTooNew(found: 9, supported: SessionFormat.version))
    }

    /// Cut anywhere, a session either opens and reads or says that it is damaged: never a crash, never a wrong record.
    @Test(arguments: 0..<16)
    func aTruncatedFileIsSaidToBeDamaged(step: Int) throws {
        let bytes = try self.sessionBytes(300)
        let length = 100 + (bytes.count - 200) * step / 16
        let path = try self.folder.write(Array(bytes[..<length]), to: "cut.lmon")
        guard case .damaged = self.code(path) else {
            Issue.record("cut at \(length) of \(bytes.count): \(String(describing: self.code(path)))")
            return
        }
    }

    @Test(arguments: 0..<24)
    func damagedBytesDoNotCrash(seed: UInt64) throws {
        var bytes = try self.sessionBytes(200)
        var generator = SplitMix(state: seed)
        for _ in 0..<200 {
            let index = Int.random(in: 100..<bytes.count, using: &generator)
            bytes[index] = UInt8.random(in: 0...255, using: &generator)
        }
        let path = try self.folder.write(bytes, to: "damaged.lmon")
        switch self.code(path) {
        case nil, .damaged, .cannotRead: break
        case .some(let other): Issue.record("unexpected \(other)")
        }
    }

    /// A writer killed outright: what stood in its write-ahead log a moment before is all there.
    @Test func aKilledWritersFileOpens() throws {
        let path = self.folder.file("killed.lmon")
        let store = try SessionStore.create(at: path, source: "x", startedAt: start)
        store.append((1...1000).map { record($0) })
        store.flush()
        // What a killed process leaves is its files as they stand: a copy of them, taken while it lives.
        for suffix in ["", "-wal"] {
            let copy = self.folder.file("copy.lmon\(suffix)")
            try FileManager.default.copyItem(atPath: path + suffix, toPath: copy)
        }
        let reading = try SessionStore.open(self.folder.file("copy.lmon"))
        #expect(try reading.records(after: 0, limit: 2000).count == 1000)
        store.close()
    }
}

private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
