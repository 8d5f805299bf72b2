import ArgumentParser

struct Completions: ParsableCommand {
    enum Shell: String, ExpressibleByArgument, CaseIterable {
        case bash, zsh, fish
    }

    static let configuration = CommandConfiguration(
        abstract: "Print a script that completes lmon's commands, options and sources in your shell.",
        discussion: """
            For this shell alone, or in its start-up file:
              source <(lmon completions bash)
              source <(lmon completions zsh)
              lmon completions fish | source
            """
    )

    @Argument(help: "bash, zsh or fish.")
    var shell: Shell

    /// For the script itself.
    @Flag(name: .long, help: ArgumentHelp("The names that stand beside files.", visibility: .private))
    var names = false

    func run() throws {
        if self.names {
            for name in CompletionNames.sources + CompletionNames.events { StandardOutput.writeLine(name) }
            return
        }
        StandardOutput.write(CompletionScript.text(for: self.shell).utf8)
    }
}
