import ArgumentParser
import Foundation
import LmonAgent

struct Lmon: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lmon",
        abstract: "A live monitor for AWS Lambda functions, in a terminal.",
        discussion: """
            SOURCE is a folder or template.yaml (runs it in lmon's own emulator), a program or -- COMMAND… that speaks \
            Lambda's Runtime API, tcp://HOST:PORT (a running lmon), \
            https://HOST:PORT (lmon collect), s3://BUCKET/PREFIX (where lmon's agents put records), FILE.lmon or @last (a recorded session), or - (NDJSON on standard input). Without one: what this folder \
            holds, else the lmon that runs on this machine.

            Exit status: 0 done, 1 the run or the function failed, 2 bad usage, 3 timed out, 130 interrupted.
            """,
        version: "lmon \(LambdaAgent.version)",
        subcommands: [
            Tui.self, Tail.self, Stats.self, Invoke.self, Emulate.self, LayerCommand.self, ExportCommand.self,
            Sessions.self,
        ] + Self.remote + [Doctor.self, Completions.self, Manual.self, Picture.self],
        defaultSubcommand: Tui.self
    )

    /// What serves other machines.
    private static var remote: [any ParsableCommand.Type] {
        #if Remote
        [Collect.self]
        #else
        []
        #endif
    }

    /// Parses the arguments, runs the command and ends the process with its status.
    static func run() async {
        let status: Int32
        do {
            var command = try Self.parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            status = 0
        } catch let silent as Silent {
            status = silent.status
        } catch let failure as Failure {
            status = failure.report()
        } catch {
            status = Self.report(error)
        }
        Self.exit(status: status)
    }

    static func exit(status: Int32) -> Never {
        StandardOutput.flush()
        Foundation.exit(status)
    }

    /// What the parser says: help goes to standard output, an error and where to read on to standard error.
    private static func report(_ error: any Error) -> Int32 {
        let code = Self.exitCode(for: error)
        guard code != .success else {
            print(Self.fullMessage(for: error))
            return 0
        }
        if let exit = error as? ExitCode { return exit.rawValue }
        let lines = Self.fullMessage(for: error).split(separator: "\n", omittingEmptySubsequences: false)
        let first = lines.first.map { $0.hasPrefix("Error: ") ? $0.dropFirst(7) : $0 } ?? ""
        return Failure(
            status: code == .validationFailure ? 2 : 1,
            String(first),
            detail: lines.dropFirst().map(String.init)
        )
        .report()
    }
}
