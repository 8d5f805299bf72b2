import ArgumentParser
import Foundation
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

    var glyphs: Glyphs { self.usesASCII ? .ascii : .unicode }

    /// A terminal of another encoding gets ASCII too.
    private var usesASCII: Bool {
        guard !self.ascii else { return true }
        let environment = ProcessInfo.processInfo.environment
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        guard StandardOutput.isTerminal, let locale else { return false }
        return !["UTF-8", "UTF8"].contains { locale.uppercased().contains($0) }
    }

    var printer: TextPrinter { TextPrinter(depth: self.lineDepth, glyphs: self.glyphs) }

    /// For lines: none without a terminal, unless asked for.
    private var lineDepth: ColorDepth? {
        let environment = ProcessInfo.processInfo.environment
        switch self.color {
        case .never: return nil
        case .always: return Self.depth(environment["TERM"] ?? "")
        case .auto:
            let isRefused = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
            guard StandardOutput.isTerminal, !isRefused, environment["TERM"] != "dumb" else { return nil }
            return Self.depth(environment["TERM"] ?? "")
        }
    }

    private static func depth(_ type: String) -> ColorDepth {
        type.contains("256color") || type.contains("kitty") || type.contains("alacritty") ? .palette256 : .sixteen
    }

    /// Seconds that local time is ahead of UTC.
    var offset: Int { self.utc ? 0 : TimeZone.current.secondsFromGMT() }
}
