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
        let file = self.folder.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    @Test func tellsOfAChangeOnce() throws {
        defer { try? FileManager.default.removeItem(at: self.folder) }
        var watch = CodeWatch(self.folder.path)
        var seen = [watch.changes()]
        try self.write("22", to: "index.js")
        seen += [watch.changes(), watch.changes()]
        try self.write("3", to: "lib/third.js")
        try FileManager.default.removeItem(at: self.folder.appendingPathComponent("newest.js"))
        seen += [watch.changes(), watch.changes()]
        #expect(seen == [[], ["index.js"], [], ["lib/third.js", "newest.js"], []])
    }

    @Test(arguments: ["node_modules", "venv", ".venv", "__pycache__", "lib/venv"])
    func packagesAreNotWatched(folder: String) throws {
        defer { try? FileManager.default.removeItem(at: self.folder) }
        var watch = CodeWatch(self.folder.path)
        try self.write("1", to: "\(folder)/package/index.py")
        try self.write("1", to: "lib/own.py")
        #expect(watch.changes() == ["lib/own.py"])
    }

    @Test(arguments: [
        ("events/order.json", true), ("events/order.js", false), ("events/sub/order.json", false),
        ("order.json", false), ("src/events/order.json", false),
    ])
    func eventsAreNoCode(file: String, isEvent: Bool) {
        #expect(CodeLook.isEvent(file) == isEvent)
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
        let seen = [watch.changes(), watch.changes()]
        #expect(seen == [["index.js"], []])
    }
}
