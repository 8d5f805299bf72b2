import ArgumentParser
import Foundation
import LmonAgent
import LmonModel
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
              lmon tui s3://bucket/prefix --since 2h --filter error
              lmon tui https://host:4245 --function orders
              lmon tui @last --keys script     play a script of keys, then print the screen

            \(ViewScript.help)
            """
    )

    @Argument(help: "Where records come from; see lmon --help.", completion: .source)
    var source: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Begin with this filter, as if typed under f: all is fetched, and Esc shows it again.",
            valueName: "expression"
        )
    )
    var filter: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Fetch one function alone from a bucket or a collector: fewer requests.", valueName: "name")
    )
    var function: String?

    @Option(name: .long, help: SinceArgument.help)
    var since: SinceArgument?

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
        let limits = try self.limits()
        try limits.check(source)
        // It outlives this process, and gives the terminal back whatever happens.
        let supervisor = try Supervisor.start()
        let feed = try await maker.feed(source, follows: true, limits: limits, supervisor: supervisor)
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

    /// What is fetched. What --filter leaves out is, too: in the view, it can be taken back.
    func limits() throws -> ReadingLimits {
        _ = try self.parsedFilter()
        return ReadingLimits(since: self.since, function: self.function)
    }

    private func parsedFilter() throws -> Filter? { try FilterArgument.parse(self.filter, option: "--filter") }

    private func printLines() async throws {
        var filter = try self.parsedFilter()
        if let function {
            let options = SessionOptions(emulator: self.emulator, tee: self.tee, record: self.record)
            try self.limits().check(try FeedMaker(options: options).resolve(self.source))
            filter = Filter.choosing(function: function, in: filter)
        }
        var tail = try Tail.parse([])
        tail.reading.source = self.source
        tail.reading.since = self.since
        tail.reading.filter = filter?.description
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
        var configuration = UIConfiguration(source: source.title + (self.function.map { " only \($0)" } ?? ""))
        configuration.filter = self.filter
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
