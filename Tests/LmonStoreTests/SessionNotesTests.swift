import Foundation
import LmonRecord
import LmonStore
import Testing

@Suite struct SessionNotesTests {
    private static let subject = SessionNotes.Subject(environment: "E", request: "r1", attempt: 1)

    @Test func aNoteIsKeptReplacedAndTakenAwayWhileTheSessionIsWritten() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "lmon-notes-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "s.lmon").path
        let store = try SessionStore.create(at: path, source: "test", startedAt: Timestamp(microseconds: 0))
        defer { store.close() }
        #expect(try SessionNotes.all(at: path) == [:])
        try SessionNotes.keep("first; with 'quotes'", on: Self.subject, at: path)
        try SessionNotes.keep("second", on: Self.subject, at: path)
        #expect(try SessionNotes.all(at: path) == [Self.subject: "second"])
        try SessionNotes.keep(nil, on: Self.subject, at: path)
        #expect(try SessionNotes.all(at: path) == [:])
    }

    @Test func whereNothingCanBeWrittenTheReasonIsSaid() {
        let error = #expect(throws: StoreError.self) {
            try SessionNotes.keep("x", on: Self.subject, at: "/nowhere/s.lmon")
        }
        #expect(error?.description.contains("kept only while lmon runs") == true)
    }
}
