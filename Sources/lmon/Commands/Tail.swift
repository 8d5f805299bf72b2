import ArgumentParser

struct Tail: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print invocations, calls and logs as they happen, one line each.",
        discussion: """
            Examples:
              lmon tail ./demo --count 10            run the functions in ./demo until 10 invocations are done
              lmon tail --json | jq .type            records as NDJSON
              lmon tail @last                        what the last session recorded
              lmon tail --filter 'host~stripe and status>=500'
              lmon tail --until 'message~ready' --fail-on error --timeout 30s
            """
    )

    @Argument(help: "Where records come from; see lmon --help.", completion: .source)
    var source: String?

    @Flag(name: .long, help: "Records as NDJSON, as they came.")
    var json = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Only what matches: words, status>=500, host~stripe, duration>1s, cold, error, and or not ( ).",
            valueName: "expression"
        )
    )
    var filter: String?

    @Option(name: .long, help: "End after so many completed invocations that match the filter, with a summary.")
    var count: Int?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "End with status 0 as soon as something matches (of what --filter lets through).",
            valueName: "expression"
        )
    )
    var until: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "End with status 1 as soon as something matches (of what --filter lets through).",
            valueName: "expression"
        )
    )
    var failOn: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "End after so long (500ms, 30s, 2m), with status 3, if nothing else ended it.",
            valueName: "time"
        )
    )
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
        let conditions = TailConditions(
            filter: filter,
            count: self.count,
            until: try FilterArgument.parse(self.until, option: "--until"),
            failOn: try FilterArgument.parse(self.failOn, option: "--fail-on")
        )
        let options = SessionOptions(emulator: self.emulator, tee: self.tee, record: self.record)
        let maker = FeedMaker(options: options)
        let feed = try await maker.feed(try maker.resolve(self.source), follows: true)
        if let emulator = feed as? EmulatorFeed {
            for line in emulator.session.announcement { Note.write(line) }
        }
        let loop = TailLoop(
            feed: feed,
            printer: RecordPrinter(asJSON: self.json, output: self.output, filter: filter),
            conditions: conditions,
            timeout: self.timeout
        )
        let outcome = await loop.run()
        await feed.finish()
        try outcome.end()
    }
}
