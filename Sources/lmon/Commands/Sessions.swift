import ArgumentParser
import Foundation
import LmonJSON
import LmonModel
import LmonRecord
import LmonScreen
import LmonStore

struct Sessions: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the recorded sessions of this machine, newest first, or delete some.",
        discussion: """
            @1 (or @last) names the newest one wherever a SOURCE goes, @2 the one before it. Sessions are kept for \
            30 days, or 2 GB.
            """
    )

    @Option(
        name: .long,
        help: ArgumentHelp("Delete this session; may be repeated.", valueName: "@n|file"),
        completion: .source
    )
    var delete: [String] = []

    @Flag(name: .long, help: "One JSON object a line.")
    var json = false

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let folder = SessionFolder(environment: ProcessInfo.processInfo.environment)
        guard self.delete.isEmpty else { return try self.delete(from: folder) }
        let sessions = folder.sessions().enumerated().map { SessionLine(number: $0.offset + 1, $0.element) }
        if self.json {
            for session in sessions { StandardOutput.writeJSON(session.json) }
        } else if sessions.isEmpty {
            Note.write("lmon: no session is recorded in \(folder.path)")
        } else {
            self.list(sessions, in: folder)
        }
    }

    private func list(_ sessions: [SessionLine], in folder: SessionFolder) {
        let rows = sessions.map { $0.cells(offset: self.output.offset) }
        for line in Columns.aligned(rows, [.leading, .leading, .trailing, .trailing, .leading, .leading]) {
            StandardOutput.writeLine(self.output.marks.isASCII ? Glyphs.ascii.rendered(line) : line)
        }
        let size = Format.bytes(sessions.reduce(0) { $0 + $1.session.size })
        StandardOutput.writeLine(Text.sanitised("\(size) in \(folder.path), kept 30 days or 2 GB"))
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
        if !self.json { for path in paths { StandardOutput.writeLine(Text.sanitised("deleted \(path)")) } }
    }
}

/// One recorded session, as it is listed.
struct SessionLine {
    let number: Int
    let session: SessionFolder.Session
    let source: String?
    let invocations: Int?
    /// Why it cannot be read.
    let trouble: String?
    let isBeingWritten: Bool

    init(number: Int, _ session: SessionFolder.Session) {
        self.number = number
        self.session = session
        let store: SessionStore
        do {
            store = try SessionStore.open(session.path)
        } catch {
            (self.source, self.invocations, self.isBeingWritten, self.trouble) = (nil, nil, false, "\(error)")
            return
        }
        self.source = try? store.source
        self.invocations = try? store.invocationCount
        self.isBeingWritten = store.isBeingWritten
        self.trouble = nil
    }

    func cells(offset: Int) -> [String] {
        let date = Format.date(self.session.modified, offset: offset)
        let time = Format.time(self.session.modified, offset: offset).prefix(8)
        let count = self.invocations.map { "\($0) inv" } ?? Format.unknown
        let name = self.session.path.split(separator: "/").last.map(String.init) ?? self.session.path
        let source = self.isBeingWritten ? "\(self.source ?? Format.unknown), running" : self.source ?? Format.unknown
        return ["@\(self.number)", "\(date) \(time)", Format.bytes(self.session.size), count, source, name]
    }

    var json: [UInt8] {
        JSONWriter.object { writer in
            writer.member("name", "@\(self.number)")
            writer.member("path", self.session.path)
            writer.member("modified", self.session.modified.description)
            writer.member("bytes", self.session.size)
            writer.member("source", self.source)
            writer.member("invocations", self.invocations)
            writer.member("running", self.isBeingWritten)
            writer.member("error", self.trouble)
        }
    }
}
