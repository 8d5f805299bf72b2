import ArgumentParser
import Foundation
import LmonModel
import LmonRecord
import LmonStore

extension ExportFormat: ExpressibleByArgument {}

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a recorded session for other programs: HAR, curl lines or JSON.",
        discussion: """
            Examples:
              lmon export --format har -o calls.har         the last session's HTTP calls, for a browser or mitmproxy
              lmon export @2 --format curl --filter 'host~stripe and status>=500'
              lmon export --format json | jq 'select(.failed) | .errorMessage'
              lmon tail --json | head -100 | lmon export - --format har

            har has every call of the invocations that match, curl only calls that match, json an object for each \
            invocation, one a line.
            """
    )

    @Argument(
        help: "FILE.lmon, @last, https://HOST:PORT, s3://BUCKET/PREFIX, or - for records on standard input.",
        completion: .source
    )
    var source = "@last"

    @Option(name: .long, help: ArgumentHelp("What to write: har, curl or json.", valueName: "format"))
    var format: ExportFormat

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Only what matches: words, /regex/, status>=500, host~stripe, cold, error, and or not ( ).",
            valueName: "expression"
        )
    )
    var filter: String?

    @Option(name: .long, help: SinceArgument.help)
    var since: SinceArgument?

    @Option(name: .shortAndLong, help: ArgumentHelp("Write to a file instead.", valueName: "file"))
    var output: String?

    func run() async throws {
        let filter = try FilterArgument.parse(self.filter, option: "--filter")
        let input = try self.input(ReadingLimits(since: self.since, filter: filter))
        let run = ExportRun(
            input: input,
            format: self.format,
            filter: filter,
            output: try self.output.map { try .file(OutputFile($0)) } ?? .standardOutput
        )
        Interrupts.watch { run.interrupt(signal: $0) }
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            Thread.detachNewThread { continuation.resume(with: Result { try run.run() }) }
        }
    }

    private func input(_ limits: ReadingLimits) throws -> ExportRun.Input {
        let resolver = SourceResolver(holdsProject: { _ in false }, answers: { _ in false })
        let source = try resolver.resolve(self.source)
        try limits.check(source)
        switch source {
        case .session(let path):
            do {
                return .session(try SessionStore.open(path))
            } catch {
                throw Failure.usage("\(error)")
            }
        case .standardInput: return .standardInput
        case .bucket(let text):
            #if Remote
            return .feed(try BucketFeed(text, limits, follows: false), name: text)
            #else
            throw Failure.usage("\(text): this build of lmon reads nothing remote")
            #endif
        case .collector(let text):
            #if Remote
            return .feed(try CollectorFeed(text, limits, follows: false), name: text)
            #else
            throw Failure.usage("\(text): this build of lmon reads nothing remote")
            #endif
        case .project, .tee:
            throw Failure.usage(
                "\(self.source): not recorded; lmon export reads FILE.lmon, @last, https://HOST:PORT, s3://BUCKET/PREFIX, or - for records on standard input"
            )
        }
    }
}
