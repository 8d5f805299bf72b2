import ArgumentParser

/// What is read, how much of it, and what ends that: the same for all that reads records without showing a view.
struct ReadingOptions: ParsableArguments {
    @Argument(help: "Where records come from; see lmon --help.", completion: .source)
    var source: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Only what matches: words, status>=500, host~stripe, duration>1s, cold, error, and or not ( ). Of a bucket or a "
                + "collector, functions that cannot match are not even fetched.",
            valueName: "expression"
        )
    )
    var filter: String?

    @Option(name: .long, help: SinceArgument.help)
    var since: SinceArgument?

    @Option(name: .long, help: "End after so many completed invocations that match the filter.")
    var count: Int?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "End after so long (500ms, 30s, 2m); with status 3 if what it waited for did not come.",
            valueName: "time"
        )
    )
    var timeout: DurationArgument?

    func validate() throws {
        if let count, count < 1 { throw ValidationError("--count must be at least 1.") }
    }

    /// The source's feed; says what runs where lmon starts it.
    func feed(_ options: SessionOptions, follows: Bool) async throws -> any Feed {
        let maker = FeedMaker(options: options)
        let filter = try FilterArgument.parse(self.filter, option: "--filter")
        let limits = ReadingLimits(since: self.since, filter: filter)
        let feed = try await maker.feed(try maker.resolve(self.source), follows: follows, limits: limits)
        if let emulator = feed as? EmulatorFeed {
            for line in emulator.session.announcement { Note.write(line) }
        }
        return feed
    }
}
