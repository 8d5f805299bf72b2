import ArgumentParser
import LmonEmulator
import LmonJSON
import LmonProject
import LmonScreen
import LmonStore
import Synchronization

struct Emulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run functions in lmon's Lambda emulator, without a view.",
        discussion: """
            Prints where the functions can be invoked and where their records can be read, and runs until ^C.

            Example:
              lmon emulate ./demo
              curl -d '{}' http://127.0.0.1:9000/2015-03-31/functions/orders/invocations
              lmon emulate --agent -- ./bootstrap
            """
    )

    @Argument(help: "A folder, a template.yaml or a handler's file.", completion: .file())
    var path: String?

    @Flag(name: .long, help: "One line of JSON when it is ready.")
    var json = false

    @OptionGroup var emulator: EmulatorOptions
    @OptionGroup var tee: TeeOptions
    @OptionGroup var record: RecordOptions

    func validate() throws {
        if self.path == nil, self.emulator.command.isEmpty {
            throw ValidationError("what to run is missing: a folder, a template, or a command behind --")
        }
    }

    func run() async throws {
        let interruption = Interruption()
        let options = SessionOptions(emulator: self.emulator, tee: self.tee, record: self.record)
        let session = try await EmbeddedSession.start(self.path ?? ".", options)
        for notice in session.notices { Note.write("lmon: \(notice)") }
        self.announce(session)
        Task {
            for await line in session.news { Note.write("lmon: \(line)") }
        }
        let signal = await interruption.wait()
        await session.end()
        // Being ended is how this command ends.
        if signal != 2, signal != 15 { throw Silent(status: 128 + signal) }
    }

    private func announce(_ session: EmbeddedSession) {
        if self.json {
            StandardOutput.writeJSON(Self.line(session))
        } else {
            for line in session.announcement { StandardOutput.writeLine(Text.sanitised(line)) }
            StandardOutput.writeLine("ready; ^C ends it")
        }
        StandardOutput.flush()
    }

    private static func line(_ session: EmbeddedSession) -> [UInt8] {
        JSONWriter.object { writer in
            writer.member("ready", true)
            writer.member("invoke", session.endpoints.invoke.invokeAPI)
            writer.member("tee", session.endpoints.tee.map { "tcp://\($0)" })
            writer.member("session", session.store?.path)
            if let spool = session.spool { writer.member("spool", spool) }
            writer.array("functions") { functions in
                for function in session.project.functions { functions.string(function.name.value) }
            }
        }
    }
}

extension EmbeddedSession {
    /// Where everything is, as lines.
    var announcement: [String] {
        var lines = self.project.functions.map { function in
            "\(function.name.value)  \(self.endpoints.invoke.invocations(of: function.name.value))"
        }
        if let tee = self.endpoints.tee { lines.append("records  tcp://\(tee)") }
        if let path = self.store?.path { lines.append("session  \(path)") }
        if let spool = self.spool { lines.append("spool    \(spool)") }
        return lines
    }
}

/// The first signal that asks to end, for an async command.
final class Interruption: Sendable {
    private let stream: AsyncStream<Int32>

    /// `hangsUp` is called for each SIGHUP, which then does not end anything.
    init(hangsUp: (@Sendable () -> Void)? = nil) {
        let (stream, continuation) = AsyncStream.makeStream(of: Int32.self, bufferingPolicy: .bufferingOldest(1))
        self.stream = stream
        Interrupts.watch(hangsUp: hangsUp) { continuation.yield($0) }
    }

    func wait() async -> Int32 {
        for await signal in self.stream { return signal }
        return 0
    }
}
