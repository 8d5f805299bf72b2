import LmonModel
import LmonStore
import LmonSupervisor

/// The options that say how a session runs, whoever shows it.
struct SessionOptions {
    var emulator: EmulatorOptions
    var tee: TeeOptions
    var record: RecordOptions
}

/// From the argument SOURCE to something that gives records.
struct FeedMaker {
    let options: SessionOptions

    func resolve(_ argument: String?) throws -> Source {
        let command = self.options.emulator.command
        guard command.isEmpty else {
            guard let argument else { return .project(path: command.joined(separator: " ")) }
            throw Failure.usage("\(argument) and -- \(command[0]): one SOURCE at a time")
        }
        return try SourceResolver(
            holdsProject: { (try? self.options.emulator.discover($0)) != nil },
            answers: Connection.answers
        ).resolve(argument)
    }

    func feed(
        _ source: Source,
        follows: Bool,
        limits: ReadingLimits = ReadingLimits(),
        supervisor: Supervisor? = nil
    ) async throws -> any Feed {
        try limits.check(source)
        return switch source {
        case .project(let path):
            EmulatorFeed(try await EmbeddedSession.start(path, self.options, supervisor: supervisor))
        case .tee(let address): try TeeFeed(address)
        case .bucket(let text): try self.bucket(text, follows, limits)
        case .collector(let text): try self.collector(text, follows, limits)
        case .session(let path): try SessionFeed(path: path, follows: follows)
        case .standardInput: StandardInputFeed()
        }
    }

    private func collector(_ text: String, _ follows: Bool, _ limits: ReadingLimits) throws -> any Feed {
        #if Remote
        try CollectorFeed(text, limits, follows: follows)
        #else
        throw Failure.usage("\(text): this build of lmon reads nothing remote")
        #endif
    }

    private func bucket(_ text: String, _ follows: Bool, _ limits: ReadingLimits) throws -> any Feed {
        #if Remote
        try BucketFeed(text, limits, follows: follows)
        #else
        throw Failure.usage("\(text): this build of lmon reads nothing remote")
        #endif
    }
}
