import ArgumentParser
import LmonModel
import LmonScreen

struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what of this machine lmon can use, and what it does without.",
        discussion: """
            ✓ is there, ! is not and lmon does without, ✗ stands in the way of the live view or of running functions: \
            status 1. A bug report with these lines is easier to follow.
            """
    )

    @Flag(name: .long, help: "One JSON object a line.")
    var json = false

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let findings = Examination().findings()
        let width = findings.map(\.name.count).max() ?? 0
        for finding in findings {
            if self.json {
                StandardOutput.writeJSON(finding.json)
            } else {
                let marks = self.output.marks
                let line = self.output.printer.text(finding.line(marks, nameWidth: width))
                StandardOutput.writeLine(marks.isASCII ? Glyphs.ascii.rendered(line) : line)
            }
        }
        if findings.contains(where: { $0.level == .essential }) { throw Silent(status: 1) }
    }
}
