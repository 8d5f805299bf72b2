import ArgumentParser
import Foundation
import LmonAgent
import LmonScreen
import LmonStore
import LmonSupervisor
import LmonTerminal
import LmonUI

struct Tui: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Watch invocations, their HTTP calls and logs live (the default).",
        discussion: """
            ? shows the keys. Without a terminal, prints lines as lmon tail does.

            Examples:
              lmon ./demo                      run the functions in ./demo and watch them
              lmon tcp://127.0.0.1:4244        watch another lmon
              lmon @last                       look at the last session again
              lmon tui @last --keys script     play a script of keys, then print the screen

            \(ViewScript.help)
            """
    )

    @Argument(help: "Where records come from; see lmon --help.", completion: .source)
    var source: String?

    @OptionGroup var output: OutputOptions
    @OptionGroup var emulator: EmulatorOptions
    @OptionGroup var tee: TeeOptions
    @OptionGroup var record: RecordOptions

    @Option(name: .long, help: ArgumentHelp("Lines to show one after the other: SECONDS TEXT.", visibility: .hidden))
    var coach: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Play this script of keys without a terminal; - is standard input.", valueName: "file"),
        completion: .file()
    )
    var keys: String?

    @Option(
        name: .long,
        help: ArgumentHelp("With --keys: the last screen as an SVG picture.", valueName: "file"),
        completion: .file()
    )
    var svg: String?

    @Flag(name: .long, help: "Leave the mouse to the terminal; F2 changes it.")
    var noMouse = false

    func validate() throws {
        if self.svg != nil, self.keys == nil { throw ValidationError("--svg needs --keys.") }
        if self.keys == "-", self.source == "-" { throw ValidationError("Either SOURCE or --keys can be -.") }
    }

    func run() async throws {
        if let keys { return try await self.play(keys) }
        guard StandardOutput.isTerminal else {
            return try await self.printLines()
        }
        let options = SessionOptions(emulator: self.emulator, tee: self.tee, record: self.record)
        let maker = FeedMaker(options: options)
        let source = try maker.resolve(self.source)
        // It outlives this process, and gives the terminal back whatever happens.
        let supervisor = try Supervisor.start()
        let feed = try await maker.feed(source, follows: true, supervisor: supervisor)
        let store = try self.store(of: feed, source)
        let file = PreferencesFile(environment: ProcessInfo.processInfo.environment)
        var configuration = self.configuration(source, feed)
        configuration.preferences = file.read()
        if self.noMouse { configuration.preferences.hasMouse = false }
        let runner = ViewRunner(
            feed: feed,
            configuration: configuration,
            store: store,
            coach: try self.coachLines(),
            preferences: file
        )
        let outcome: Result<Int32, any Error>
        do {
            var options = self.terminalOptions
            options.hasMouse = configuration.preferences.hasMouse
            outcome = .success(try await runner.run { [options] in try TerminalDisplay(options, supervisor) })
        } catch {
            outcome = .failure(error)
        }
        await feed.finish()
        if feed.store == nil { store.close() }
        if let path = feed.store?.path, feed.invoker != nil, access(path, R_OK) == 0 {
            Note.write("recorded in \(path): lmon @last shows it again")
        }
        let signal = try outcome.mapError { Failure.run("\($0)") }.get()
        if signal != 0 { throw Silent(status: 128 + signal) }
    }

    private func coachLines() throws -> Coach? {
        guard let coach else { return nil }
        guard let text = try? String(contentsOfFile: coach, encoding: .utf8), let lines = Coach(text) else {
            throw Failure.usage("--coach \(coach): a file of lines is needed, each SECONDS TEXT, in order")
        }
        return lines
    }

    private func printLines() async throws {
        var tail = try Tail.parse([])
        tail.reading.source = self.source
        tail.output = self.output
        tail.emulator = self.emulator
        tail.tee = self.tee
        tail.record = self.record
        try await tail.run()
    }

    /// Where all is found again that the model has let go: the feed's own session, else one for as long as the view lasts.
    func store(of feed: any Feed, _ source: Source) throws -> SessionStore {
        if let store = feed.store { return store }
        do {
            return try SessionStore.temporary(source: source.title, startedAt: SystemClock.now())
        } catch {
            throw Failure.run("\(error)")
        }
    }

    private var terminalOptions: Terminal.Options {
        var options = Terminal.Options()
        if self.output.color == .never { options.depth = .mono }
        return options
    }

    func configuration(_ source: Source, _ feed: any Feed) -> UIConfiguration {
        var configuration = UIConfiguration(source: source.title)
        configuration.views = [.invocations, .calls, .logs, .environments, .statistics]
        configuration.utcOffset = self.output.offset
        configuration.isASCII = self.output.usesASCII
        if let invoker = feed.invoker {
            configuration.functions = invoker.functions
            configuration.invokeURL = invoker.invokeURL
        }
        return configuration
    }
}
