import ArgumentParser
import LmonAgent
import LmonJSON
import LmonModel

struct Manual: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print lmon's manual page, made from the same definitions as this help.",
        discussion: """
            Examples:
              man <(lmon manual)
              lmon manual > ~/.local/share/man/man1/lmon.1
            """
    )

    func run() throws {
        let help = try JSONValue(parsing: Array(Lmon._dumpHelp().utf8))
        StandardOutput.write(ManualPage.text(of: help["command"] ?? .null, date: Format.date(SystemClock.now())).utf8)
    }
}
