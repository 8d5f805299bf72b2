import LmonStore

/// The options that say how a session runs, whoever shows it.
struct SessionOptions {
    var emulator: EmulatorOptions
    var tee: TeeOptions
    var record: RecordOptions
}

/// From the argument SOURCE to something that gives records.
struct FeedMaker {
    let options: SessionOptions

    func feed(_ argument: String?, follows: Bool) async throws -> any Feed {
        let source = try SourceResolver(
            holdsProject: { (try? self.options.emulator.discover($0)) != nil },
            answers: Connection.answers
        ).resolve(argument)
        switch source {
        case .project(let path): return EmulatorFeed(try await EmbeddedSession.start(path, self.options))
        case .tee(let address): return try TeeFeed(address)
        case .session(let path): return try SessionFeed(path: path, follows: follows)
        case .standardInput: return StandardInputFeed()
        }
    }
}
