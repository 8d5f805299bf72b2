import Foundation
import LmonStore

/// `lmon tui` on a pseudo-terminal that shows what this program sends it, and keeps it in a folder of its own.
struct StreamedView {
    let server: RecordServer
    let view: ViewProcess
    private let folder: String

    /// Both are there while `body` runs.
    static func run<Result>(rows: Int, _ body: (Self) throws -> Result) throws -> Result {
        try TemporaryFolder.use { folder in
            let server = try RecordServer()
            let view = try ViewProcess(
                ["tui", "tcp://127.0.0.1:\(server.port)"],
                columns: 120,
                rows: rows,
                environment: ["TMPDIR": folder]
            )
            defer { view.end() }
            try server.accept()
            return try body(Self(server: server, view: view, folder: folder))
        }
    }

    /// How many records stand in the view's own session.
    func kept(expected: Int) throws -> Int {
        var count = 0
        for _ in 0..<50 {
            let names = try FileManager.default.contentsOfDirectory(atPath: self.folder)
            guard let name = names.first(where: { $0.hasSuffix(".lmon") }) else { return 0 }
            count = Int(try SessionStore.open("\(self.folder)/\(name)").committed.lastCursor)
            if count >= expected { return count }
            Thread.sleep(forTimeInterval: 0.1)
        }
        return count
    }
}

enum TemporaryFolder {
    /// Makes a folder, which is gone when `body` is done.
    static func use<Result>(_ body: (String) throws -> Result) throws -> Result {
        let folder = try self.make()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try body(folder)
    }

    static func use<Result>(_ body: (String) async throws -> Result) async throws -> Result {
        let folder = try self.make()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try await body(folder)
    }

    private static func make() throws -> String {
        let folder = FileManager.default.temporaryDirectory.path + "/lmon-bench-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }
}
