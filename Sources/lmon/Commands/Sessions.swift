import ArgumentParser
import Foundation
import LmonJSON
import LmonModel
import LmonRecord
import LmonStore

struct Sessions: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the recorded sessions of this machine, newest first, or delete some.",
        discussion: """
            @1 (or @last) names the newest one wherever a SOURCE goes, @2 the one before it. Sessions are kept for \
            30 days, or 2 GB.
            """
    )

    @Option(name: .long, help: ArgumentHelp("Delete this session; may be repeated.", valueName: "@n|file"))
    var delete: [String] = []

    @Flag(name: .long, help: "One JSON object a line.")
    var json = false

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let folder = SessionFolder(environment: ProcessInfo.processInfo.environment)
        guard self.delete.isEmpty else { return try self.delete(from: folder) }
        let sessions = folder.sessions()
        for (index, session) in sessions.enumerated() {
            let source = try? SessionStore.open(session.path).source
            if self.json {
                StandardOutput.writeLine(Self.line(session, source))
            } else {
                let date = Format.date(session.modified, offset: self.output.offset)
                let time = Format.time(session.modified, offset: self.output.offset).prefix(8)
                let size = Format.bytes(session.size)
                StandardOutput.writeLine("@\(index + 1)  \(date) \(time)  \(size)  \(source ?? "–")  \(session.path)")
            }
        }
        if sessions.isEmpty, !self.json { Note.write("lmon: no session is recorded in \(folder.path)") }
    }

    /// All names are looked up first: they change with each deletion.
    private func delete(from folder: SessionFolder) throws {
        let paths: [String]
        do {
            paths = try self.delete.map { $0.hasPrefix("@") ? try folder.resolve($0) : $0 }
            for path in paths { try folder.delete(path) }
        } catch let error as StoreError {
            throw Failure.usage("\(error)")
        }
        if !self.json { for path in paths { StandardOutput.writeLine("deleted \(path)") } }
    }

    private static func line(_ session: SessionFolder.Session, _ source: String?) -> [UInt8] {
        JSONWriter.object { writer in
            writer.member("path", session.path)
            writer.member("modified", session.modified.description)
            writer.member("bytes", session.size)
            writer.member("source", source)
        }
    }
}
