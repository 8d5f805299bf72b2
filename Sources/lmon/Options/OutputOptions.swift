import ArgumentParser
import Foundation
import LmonModel
import LmonScreen

enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
    case auto, always, never
}

/// How lines and times are written; the same everywhere.
struct OutputOptions: ParsableArguments {
    @Flag(name: .long, help: "Times in UTC, not local.")
    var utc = false

    @Flag(name: .long, help: "ASCII only: no glyph that a font may lack.")
    var ascii = false

    @Option(name: .long, help: ArgumentHelp("Colours: auto, always or never.", valueName: "when"))
    var color = ColorChoice.auto

    var marks: LineMarks { self.usesASCII ? .ascii : .unicode }

    /// A terminal of another encoding gets ASCII too.
    var usesASCII: Bool {
        guard !self.ascii else { return true }
        let environment = ProcessInfo.processInfo.environment
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        guard StandardOutput.isTerminal, let locale else { return false }
        return !["UTF-8", "UTF8"].contains { locale.uppercased().contains($0) }
    }

    var printer: TextPrinter { TextPrinter(depth: self.lineDepth) }

    /// For lines: no colour without a terminal, unless asked for.
    private var lineDepth: ColorDepth? {
        let environment = ProcessInfo.processInfo.environment
        let type = environment["TERM"] ?? ""
        switch self.color {
        case .never: return nil
        case .always: break
        case .auto:
            let isRefused = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
            guard StandardOutput.isTerminal, !isRefused, type != "dumb" else { return nil }
        }
        return ["256color", "kitty", "alacritty"].contains { type.contains($0) } ? .palette256 : .sixteen
    }

    /// Seconds that local time is ahead of UTC.
    var offset: Int { self.utc ? 0 : TimeZone.current.secondsFromGMT() }
}

extension TextRules {
    static let screen = TextRules(sanitised: { Text.sanitised($0) }, width: { Text.width(of: $0) })
}
