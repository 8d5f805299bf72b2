import ArgumentParser
import Dispatch
import LmonEmulator
import LmonHTTP
import LmonModel
import LmonScreen

struct Invoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Invoke a function once and print what happened.",
        discussion: """
            Prints outcome, phases, each HTTP call with its bar, logs and result. Status 1 if the function failed.

            Examples:
              lmon invoke ./demo --function orders -e event.json
              lmon invoke orders -e sample:sqs     on the emulator that runs on port 9000
              echo '{"id":4}' | lmon invoke . -e -
            Samples: \(Sample.names)
            """
    )

    @Argument(help: "A folder, a template, or the name of a function of a running emulator.", completion: .file())
    var target: String?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The event: a file, - or sample:NAME (default: {}).", valueName: "event"),
        completion: .event
    )
    var event: String?

    @Option(name: .long, help: "Which function, where there are several.")
    var function: String?

    @Flag(name: .customLong("async"), help: "As an event: Lambda answers at once and retries a failure.")
    var isAsynchronous = false

    @Flag(name: .long, inversion: .prefixedNo, help: "Print the function's log lines.")
    var logs = true

    @Flag(name: .long, help: "As JSON.")
    var json = false

    @OptionGroup var output: OutputOptions
    @OptionGroup var emulator: EmulatorOptions
    @OptionGroup var tee: TeeOptions
    @OptionGroup var record: RecordOptions

    func run() async throws {
        let event = try EventArgument.read(self.event)
        let loop = Loop()
        let target = try await InvokeTarget.resolve(
            self.target,
            function: self.function,
            options: self.emulator,
            loop: loop
        )
        switch target {
        case .project(let path, let function): try await self.invoke(function, in: path, event)
        case .running(let emulator, let function): try await self.invoke(function, on: emulator, event)
        }
        await loop.shutdown()
    }

    // MARK: Two ways

    private func invoke(_ function: String, in path: String, _ event: [UInt8]) async throws {
        var options = SessionOptions(emulator: self.emulator, tee: self.tee, record: self.record)
        // Nobody else has to find this run, so it takes no port that somebody may want.
        options.emulator.port = self.emulator.port ?? 0
        options.tee.noTee = self.tee.tee == nil
        let session = try await EmbeddedSession.start(path, options)
        for notice in session.notices { Note.write("lmon: \(notice)") }
        Interrupts.watch { signal in
            Task {
                await session.end()
                Lmon.exit(status: 128 + signal)
            }
        }
        let feed = EmulatorFeed(session)
        let watch = InvocationWatch()
        feed.start(into: watch.inbox)
        let outcome = await session.emulator.invoke(
            function: function,
            payload: event,
            asynchronous: self.isAsynchronous
        )
        let quiet = self.isAsynchronous ? nil : 3
        var watched = session.tellsLate ? nil : await watch.detail(of: outcome.requestID, quiet: quiet)
        if session.tellsLate { await session.emulator.ended(outcome.requestID) }
        await session.end()
        // All has been told by then.
        if session.tellsLate { watched = await watch.detail(of: outcome.requestID, quiet: 1) }
        if case .refused(_, let type, let message) = outcome.kind {
            throw Failure.run(message.isEmpty ? type : "\(type): \(message)")
        }
        let isFailed = watched?.invocation.state.isFailed ?? (outcome.kind == .functionError)
        let result = InvokeResult(requestID: outcome.requestID, isFailed: isFailed, body: outcome.body)
        try self.print(result, function, watched)
    }

    private func invoke(_ function: String, on emulator: RunningEmulator, _ event: [UInt8]) async throws {
        let address = self.tee.tee ?? .tee
        let feed = self.tee.noTee || self.isAsynchronous ? nil : try? TeeFeed(address)
        let watch = InvocationWatch()
        feed?.start(into: watch.inbox)
        let result = try await emulator.invoke(function, event: event, asynchronous: self.isAsynchronous)
        if self.isAsynchronous, !self.json {
            StandardOutput.writeLine(Text.sanitised("queued: \(function) \(result.requestID)"))
            return
        }
        let watched = feed == nil ? nil : await watch.detail(of: result.requestID, quiet: 3)
        feed?.stop()
        if watched == nil, !self.tee.noTee, !self.isAsynchronous {
            Note.write("lmon: its calls are not known: no records on tcp://\(address); --tee says where they are")
        }
        try self.print(result, function, watched)
    }

    // MARK: Printing

    private func print(_ result: InvokeResult, _ function: String, _ watched: InvocationWatch.Watched?) throws {
        if self.json {
            StandardOutput.writeJSON(InvocationJSON.bytes(result, function: function, watched?.invocation))
        } else if let watched {
            let renderer = ReportRenderer(rules: .screen, marks: self.output.marks, columns: StandardOutput.columns)
            let printer = self.output.printer
            let lines = renderer.lines(watched.detail, after: watched.initialization, showsLogs: self.logs)
            for line in lines { StandardOutput.writeLine(printer.text(line)) }
        } else {
            let newline = UInt8(ascii: "\n")
            let lines = result.body.split(separator: newline, omittingEmptySubsequences: false)
            for line in lines { StandardOutput.writeJSON(line) }
        }
        if result.isFailed { throw Silent(status: 1) }
    }
}
