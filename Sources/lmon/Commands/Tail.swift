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

    @OptionGroup var reading: ReadingOptions

    @Flag(name: .long, help: "Records as NDJSON, as they came.")
    var json = false

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

    @OptionGroup var output: OutputOptions
    @OptionGroup var emulator: EmulatorOptions
    @OptionGroup var tee: TeeOptions
    @OptionGroup var record: RecordOptions

    func run() async throws {
        let filter = try FilterArgument.parse(self.reading.filter, option: "--filter")
        let conditions = TailConditions(
            filter: filter,
            count: self.reading.count,
            until: try FilterArgument.parse(self.until, option: "--until"),
            failOn: try FilterArgument.parse(self.failOn, option: "--fail-on")
        )
        let options = SessionOptions(emulator: self.emulator, tee: self.tee, record: self.record)
        let feed = try await self.reading.feed(options, follows: true)
        let loop = TailLoop(
            feed: feed,
            printer: RecordPrinter(asJSON: self.json, output: self.output, filter: filter),
            conditions: conditions,
            timeout: self.reading.timeout
        )
        let outcome = await loop.run()
        await feed.finish()
        try outcome.end()
    }
}
