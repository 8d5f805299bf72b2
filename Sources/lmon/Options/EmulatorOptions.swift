import ArgumentParser

/// How functions run; only where lmon starts them.
struct EmulatorOptions: ParsableArguments {
    @Option(name: .long, help: "Port of the Invoke API (default: 9000, or the next free one).")
    var port: Int?

    @Option(name: .long, help: ArgumentHelp("The handler of a folder without a template.", valueName: "file.export"))
    var handler: String?

    @Option(
        name: .long,
        help: ArgumentHelp("NAME=VALUE lines, added to every function.", valueName: "file"),
        completion: .file()
    )
    var envFile: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Variables by function, as JSON in SAM's form.", valueName: "file"),
        completion: .file()
    )
    var envVars: String?

    @Option(name: .long, help: "Execution environments of one function at most.")
    var concurrency: Int?

    @Option(
        name: .long,
        help: ArgumentHelp("A layer for every function: its extensions run beside it.", valueName: "folder|zip"),
        completion: .file()
    )
    var layer: [String] = []

    @Flag(name: .long, help: "Watch through the real lmon-agent, as in Lambda, instead of from within.")
    var agent = false

    @Flag(name: .long, help: "Run functions in plain folders, also where bubblewrap works.")
    var noBubblewrap = false

    @Flag(name: .long, help: "Let environments run on between invocations.")
    var noFreeze = false

    @Argument(
        parsing: .postTerminator,
        help: ArgumentHelp(
            "In place of SOURCE, behind --: a program that speaks Lambda's Runtime API, in any language.",
            valueName: "command"
        )
    )
    var command: [String] = []

    func validate() throws {
        if let port, !(0...65535).contains(port) { throw ValidationError("--port must be between 0 and 65535.") }
        if let concurrency, concurrency < 1 { throw ValidationError("--concurrency must be at least 1.") }
    }
}

/// Who else may read the records of a run.
struct TeeOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where the records are offered (default: 127.0.0.1:4244, or the next free port).",
            valueName: "host:port"
        )
    )
    var tee: HostPort?

    @Flag(name: .long, help: "Offer the records to nobody.")
    var noTee = false

    func validate() throws {
        if self.noTee, self.tee != nil { throw ValidationError("--tee and --no-tee exclude each other.") }
        if let tee, !tee.isLoopback { throw ValidationError("--tee \(tee): the tee never leaves this machine.") }
    }
}

/// Where the records of a run are kept.
struct RecordOptions: ParsableArguments {
    @Flag(name: .long, help: "Keep no session file of this run.")
    var noRecord = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Send the records to a bucket or a collector as well: s3://bucket/prefix, https://host:port (LMON_TOKEN).",
            valueName: "url"
        )
    )
    var spool: String?
}
