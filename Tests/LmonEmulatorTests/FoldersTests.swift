import Foundation
import Testing

@testable import LmonEmulator

@Suite struct FoldersTests {
    @Test func whatAKilledEmulatorLeftIsRemovedAndNothingElse() throws {
        let parent = FileManager.default.temporaryDirectory.appendingPathComponent("lmon-test-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: parent) }
        let outside = parent.appendingPathComponent("kept")
        // No process has this number: it is beyond what systems give.
        let abandoned = parent.appendingPathComponent("lmon-emulator-2000000000-abcdef")
        for folder in [outside, abandoned] {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }
        let file = outside.appendingPathComponent("file")
        try Data().write(to: file)
        try FileManager.default.createSymbolicLink(
            at: abandoned.appendingPathComponent("link"),
            withDestinationURL: outside
        )
        let folders = try Folders(parent: parent.path)
        let again = try Folders(parent: parent.path)
        #expect(!FileManager.default.fileExists(atPath: abandoned.path))
        #expect(FileManager.default.fileExists(atPath: file.path))
        #expect([folders, again].allSatisfy { FileManager.default.fileExists(atPath: $0.root) })
        folders.removeAll()
        #expect(!FileManager.default.fileExists(atPath: folders.root))
    }
}
