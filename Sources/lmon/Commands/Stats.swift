import ArgumentParser
import LmonModel

struct Stats: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Sum up a session: durations, errors, cold starts, slow hosts, lmon's own cost.",
        discussion: """
            Reads its source to the end; one that has none until ^C, --count or --timeout.

            Examples:
              lmon stats @last
              lmon stats run.lmon --filter 'function=orders' --by host
              lmon stats tcp://127.0.0.1:4244 --timeout 60s --json | jq .invocations
            """
    )

    @Argument(help: "Where records come from; see lmon --help.", completion: .source)
    var source: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Only invocations that match: words, status>=500, host~stripe, duration>1s, cold, error, and or not ( ).",
            valueName: "expression"
        )
    )
    var filter: String?

    @Flag(name: .long, help: "One JSON object.")
    var json = false

    @Option(name: .long, help: ArgumentHelp("One table alone: function, host or status.", valueName: "what"))
    var by: StatisticsText.Table?

    @Option(name: .long, help: "End after so many completed invocations that match the filter.")
    var count: Int?

    @Option(name: .long, help: "End after so long (500ms, 30s, 2m); with status 3 if --count was not reached.")
    var timeout: DurationArgument?

    @OptionGroup var output: OutputOptions
    @OptionGroup var emulator: EmulatorOptions
    @OptionGroup var tee: TeeOptions
    @OptionGroup var record: RecordOptions

    func validate() throws {
        if let count, count < 1 { throw ValidationError("--count must be at least 1.") }
    }

    func run() async throws {
        let filter = try FilterArgument.parse(self.filter, option: "--filter")
        let options = SessionOptions(emulator: self.emulator, tee: self.tee, record: self.record)
        let maker = FeedMaker(options: options)
        let feed = try await maker.feed(try maker.resolve(self.source), follows: false)
        if let emulator = feed as? EmulatorFeed {
            for line in emulator.session.announcement { Note.write(line) }
        }
        let loop = StatsLoop(feed: feed, filter: filter, count: self.count, timeout: self.timeout)
        let (report, outcome) = await loop.run()
        await feed.finish()
        self.print(report, filter)
        StandardOutput.flush()
        try outcome.end()
    }

    private func print(_ report: StatisticsReport, _ filter: Filter?) {
        if self.json {
            StandardOutput.writeLine(report.json(only: self.by))
            return
        }
        let text = StatisticsText(
            report,
            columns: StandardOutput.columns,
            marks: self.output.marks,
            rules: .screen,
            offset: self.output.offset
        )
        let printer = self.output.printer
        if self.by == nil {
            StandardOutput.writeLine(printer.text(TextLine(text.summary, .title)))
            if let filter { StandardOutput.writeLine(printer.text(TextLine("matching \(filter)", .dim))) }
            StandardOutput.writeLine("")
        }
        for line in text.lines(only: self.by) { StandardOutput.writeLine(printer.text(line.line)) }
    }
}

extension StatisticsText.Table: ExpressibleByArgument {}
