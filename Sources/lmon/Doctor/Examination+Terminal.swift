import Foundation
import LmonTerminal

extension Examination {
    private var type: String { self.environment["TERM"] ?? "" }

    var terminal: Finding {
        guard let description = TerminalDescription(type: self.type) else {
            let text = self.type.isEmpty ? "TERM is not set" : "the type \"\(self.type)\" is not known here"
            let remedy = "no live view; try TERM=xterm-256color, or lmon tail"
            return Finding("terminal", Self.isThere ? .essential : .lacking, text, remedy)
        }
        guard description.canMoveCursor else {
            return Finding(
                "terminal",
                .lacking,
                "\"\(self.type)\" can only print",
                "lmon prints lines, as lmon tail does"
            )
        }
        guard let size = Self.size else {
            return Finding(
                "terminal",
                .lacking,
                "\(self.type), but none is attached",
                "lmon prints lines, as lmon tail does"
            )
        }
        let text = "\(self.type), \(size.columns)×\(size.rows)"
        guard size.columns >= 40, size.rows >= 10 else {
            return Finding("terminal", .lacking, text, "the view needs 40×10")
        }
        return Finding("terminal", .fine, text)
    }

    var colors: Finding {
        if let refused = self.environment["NO_COLOR"], !refused.isEmpty {
            return Finding("colours", .fine, "none, as NO_COLOR asks: bold, underline and glyphs say the same")
        }
        let count = TerminalDescription(type: self.type)?.colors ?? 0
        switch count {
        case 256...: return Finding("colours", .fine, "256")
        case 8...:
            let remedy = "the view uses \(count >= 16 ? 16 : 8); TERM=\(self.suggestedType) has 256"
            return Finding("colours", .lacking, "\(count)", remedy)
        default: return Finding("colours", .lacking, "none", "bold, underline and glyphs say the same")
        }
    }

    private var suggestedType: String {
        if self.environment["TMUX"] != nil { return "tmux-256color" }
        return self.type.hasPrefix("screen") ? "screen-256color" : "xterm-256color"
    }

    var characters: Finding {
        guard TerminalDescription.takesUTF8() else {
            let locale =
                ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { self.environment[$0] }.first { !$0.isEmpty } ?? ""
            return Finding("characters", .lacking, "the locale \(locale) is not UTF-8", "ASCII only, as with --ascii")
        }
        return Finding("characters", .fine, "UTF-8; A or --ascii draws without special characters")
    }

    /// Whether a terminal takes OSC 52 cannot be asked; its name tells most of the time.
    var clipboard: Finding {
        let isRemote = self.environment["SSH_CONNECTION"] != nil
        let tools = [("pbcopy", nil), ("wl-copy", "WAYLAND_DISPLAY"), ("xclip", "DISPLAY")] as [(String, String?)]
        let tool = tools.first { name, variable in
            (variable.map { self.environment[$0] != nil } ?? true) && self.probe.find(name) != nil
        }
        if !isRemote, let tool { return Finding("clipboard", .fine, "\(tool.0)") }
        let program = self.environment["TERM_PROGRAM"] ?? ""
        if program == "Apple_Terminal" {
            return Finding(
                "clipboard",
                .lacking,
                "this terminal does not take OSC 52",
                "F2 gives the mouse to the terminal"
            )
        }
        let known = ["iTerm.app", "WezTerm", "ghostty", "vscode", "Hyper", "rio"]
        let isKnown =
            known.contains(program) || self.environment["KITTY_WINDOW_ID"] != nil
            || self.environment["WT_SESSION"] != nil
            || ["kitty", "alacritty", "foot", "ghostty", "wezterm"].contains { self.type.contains($0) }
        let text = isKnown ? "by OSC 52, which this terminal takes" : "by OSC 52, which most terminals take"
        return Finding("clipboard", .fine, text)
    }

    /// Nil outside of tmux.
    var tmux: Finding? {
        guard self.environment["TMUX"] != nil else { return nil }
        guard let path = self.probe.find("tmux"), let version = self.probe.run(path, ["-V"]) else {
            return Finding("tmux", .lacking, "this is one, but the program is not on the PATH", "copying may not work")
        }
        let setting = self.probe.run(path, ["show", "-gv", "set-clipboard"])?.line ?? ""
        guard ["on", "external"].contains(setting) else {
            let remedy = "what y copies stays in tmux; tmux set -g set-clipboard on"
            return Finding("tmux", .lacking, "\(version.line), set-clipboard \(setting)", remedy)
        }
        return Finding("tmux", .fine, "\(version.line), set-clipboard \(setting)")
    }

    private static var isThere: Bool { isatty(STDOUT_FILENO) == 1 }

    private static var size: (columns: Int, rows: Int)? {
        let device = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard device >= 0 else { return nil }
        defer { close(device) }
        var size = winsize()
        guard ioctl(device, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return (Int(size.ws_col), Int(size.ws_row))
    }
}
