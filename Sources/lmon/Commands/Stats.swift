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

    @OptionGroup var reading: ReadingOptions

    @Flag(name: .long, help: "One JSON object.")
    var json = false

    @Option(name: .long, help: ArgumentHelp("One table alone: function, host or status.", valueName: "what"))
    var by: StatisticsText.Table?

    @OptionGroup var output: OutputOptions
    @OptionGroup var emulator: EmulatorOptions
    @OptionGroup var tee: TeeOptions
    @OptionGroup var record: RecordOptions

    func run() async throws {
        let filter = try FilterArgument.parse(self.reading.filter, option: "--filter")
        let options = SessionOptions(emulator: self.emulator, tee: self.tee, record: self.record)
        let feed = try await self.reading.feed(options, follows: false)
        let loop = StatsLoop(feed: feed, filter: filter, count: self.reading.count, timeout: self.reading.timeout)
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
