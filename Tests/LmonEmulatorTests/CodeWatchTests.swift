import Foundation
import Testing

@testable import LmonEmulator

@Suite struct CodeWatchTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("watch-\(UUID().uuidString)")

    init() throws {
        try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
        try self.write("1", to: "index.js")
        try self.write("1", to: "newest.js")
    }

    private func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: self.folder.appendingPathComponent(name))
    }

    @Test func tellsOfAChangeOnce() throws {
        defer { try? FileManager.default.removeItem(at: self.folder) }
        var watch = CodeWatch(self.folder.path)
        var seen = [watch.hasChanged()]
        try self.write("22", to: "index.js")
        seen += [watch.hasChanged(), watch.hasChanged()]
        try self.write("3", to: "third.js")
        seen += [watch.hasChanged()]
        #expect(seen == [false, true, false, true])
    }

    /// As `git checkout`, `cp -p` and restoring a backup do.
    @Test func seesAnOlderFileInTheNewersPlace() throws {
        defer { try? FileManager.default.removeItem(at: self.folder) }
        let backup = self.folder.appendingPathComponent(".backup").path
        try FileManager.default.moveItem(atPath: self.folder.appendingPathComponent("index.js").path, toPath: backup)
        try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: backup)
        try self.write("2", to: "index.js")
        var watch = CodeWatch(self.folder.path)
        #expect(rename(backup, self.folder.appendingPathComponent("index.js").path) == 0)
        let seen = [watch.hasChanged(), watch.hasChanged()]
        #expect(seen == [true, false])
    }
}
