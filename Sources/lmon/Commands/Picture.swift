import ArgumentParser
import Foundation
import LmonScreen

/// For those who change lmon: README's picture is a golden screen, drawn.
struct Picture: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Draw a golden screen as an SVG picture.",
        discussion: """
            Example:
              lmon picture Tests/LmonUITests/__Goldens__/readme.txt > demo/screen.svg
            """,
        shouldDisplay: false
    )

    @Argument(help: "A file of Tests/LmonUITests/__Goldens__.")
    var golden: String

    func run() throws {
        guard let data = FileManager.default.contents(atPath: self.golden) else {
            throw Failure.usage("\(self.golden): no such file")
        }
        guard let screen = ScreenText.screen(from: String(decoding: data, as: UTF8.self)) else {
            throw Failure.usage("\(self.golden): not a golden screen")
        }
        StandardOutput.write(SVGPicture(screen, title: "lmon").text.utf8)
    }
}
