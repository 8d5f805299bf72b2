package import LmonScreen

/// The one table of keys: `update` reads it, and the help and the hint line are made from it. A key that is not here
/// does nothing, and none can be here without its help.
package enum KeyTable {
    package struct Binding: Sendable {
        package let command: Command
        package let group: Command.Group
        package let keys: [Key]
        /// As the help shows the keys: `j ↓`.
        package let label: String
        package let help: String
    }

    package static let bindings: [Binding] = [
        Self.bind(.down, .move, "j<down>", "j ↓", "next row, or scroll"),
        Self.bind(.up, .move, "k<up>", "k ↑", "previous row, or scroll"),
        Self.bind(.halfPageDown, .move, "^d", "^d", "half a page down"),
        Self.bind(.halfPageUp, .move, "^u", "^u", "half a page up"),
        Self.bind(.pageDown, .move, "<space><pagedown>", "Space", "a page down"),
        Self.bind(.pageUp, .move, "<pageup>", "PageUp", "a page up"),
        Self.bind(.top, .move, "g<home>", "g", "to the first"),
        Self.bind(.bottom, .move, "G<end>", "G", "to the last"),
        Self.bind(.into, .move, "<enter><right>", "↵ →", "open: waterfall, then its row; there, fold JSON"),
        Self.bind(.out, .move, "<esc><left>", "Esc ←", "back out; ends a search, then a filter"),
        Self.bind(.nextPane, .move, "<tab>", "Tab", "next pane"),
        Self.bind(.previousPane, .move, "<shift-tab>", "S-Tab", "previous pane"),
        Self.bind(.nextTab, .move, "]", "]", "next tab of the lower pane"),
        Self.bind(.previousTab, .move, "[", "[", "previous tab of the lower pane"),
        Self.bind(.viewInvocations, .move, "1", "1", "invocations and lifecycle"),
        Self.bind(.viewCalls, .move, "2", "2", "all HTTP calls"),
        Self.bind(.viewLogs, .move, "3", "3", "all log lines"),
        Self.bind(.viewEnvironments, .move, "4", "4", "environments: swim lanes on a time axis"),
        Self.bind(.viewStatistics, .move, "5", "5", "statistics"),
        Self.bind(.nextError, .move, "e", "e", "next failure"),
        Self.bind(.previousError, .move, "E", "E", "previous failure"),
        Self.bind(.panLeft, .move, "h", "h", "time axis, or text not wrapped, to the left"),
        Self.bind(.panRight, .move, "l", "l", "the same to the right"),
        Self.bind(.zoomIn, .move, "+=", "+", "zoom into the time axis"),
        Self.bind(.zoomOut, .move, "_", "_", "zoom out of it"),
        Self.bind(.zoomFit, .move, "0", "0", "the whole time axis"),
        Self.bind(.search, .find, "/", "/", "search; in the lower pane, in its text"),
        Self.bind(.nextMatch, .find, "n", "n", "next match; in the waterfall, next hint"),
        Self.bind(.previousMatch, .find, "N", "N", "previous match"),
        Self.bind(.filter, .find, "f", "f", "filter: status>=500, host~stripe, cold, words …"),
        Self.bind(.functions, .find, "p", "p", "pick a function: show it alone, or all again"),
        Self.bind(.follow, .find, "F", "F", "follow what is new; a move stops it"),
        Self.bind(.clear, .find, "c", "c", "start from now: what is here is hidden"),
        Self.bind(.bringBack, .find, "C", "C", "bring back what c hid"),
        Self.bind(.sort, .find, "s", "s", "sort: time, duration, function, calls"),
        Self.bind(.mark, .find, "m", "m", "mark this row, or take its mark away"),
        Self.bind(.onlyMarked, .find, "M", "M", "only what is marked; again: all"),
        Self.bind(.logLevel, .find, "L", "L", "log lines of any level, from INFO, WARN or ERROR"),
        Self.bind(.oneInvocation, .find, "o", "o", "log lines of this invocation only; again: of all"),
        Self.bind(.invoke, .act, "i", "i", "invoke a function"),
        Self.bind(.replay, .act, "r", "r", "replay: the same event again"),
        Self.bind(.replayEdited, .act, "R", "R", "replay, but edit the event first"),
        Self.bind(.again, .act, "a", "a", "run it again on each save, and say what differs"),
        Self.bind(.diff, .act, "d", "d", "compare with the marked one, else the run before"),
        Self.bind(.copy, .act, "y", "y", "copy url, curl, body, query, event, id, line, all"),
        Self.bind(.export, .act, "x", "x", "export: h HAR, c curl, j JSON; then of what"),
        Self.bind(.page, .act, "v", "v", "the lower pane's text in $PAGER"),
        Self.bind(.comment, .act, ";", ";", "comment this invocation"),
        Self.bind(.zoom, .window, "z", "z", "zoom this pane"),
        Self.bind(.layout, .window, "-", "-", "layout: automatic, stacked, beside, list only"),
        Self.bind(.wrap, .window, "w", "w", "wrap long lines"),
        Self.bind(.ascii, .window, "A", "A", "ASCII only"),
        Self.bind(.mouse, .window, "<f2>", "F2", "the mouse: lmon's, or the terminal's to select"),
        Self.bind(.palette, .window, ":", ":", "palette: every command by its name"),
        Self.bind(.help, .window, "?", "?", "this help"),
        Self.bind(.back, .window, "q", "q", "back; at the top, quit"),
        Self.bind(.quit, .window, "Q^c", "Q ^C", "quit"),
        Self.bind(.suspend, .window, "^z", "^Z", "suspend; fg goes on"),
    ]

    private static func bind(
        _ command: Command,
        _ group: Command.Group,
        _ script: String,
        _ label: String,
        _ help: String
    ) -> Binding {
        Binding(command: command, group: group, keys: KeyScript.keys(script), label: label, help: help)
    }

    private static let commands: [Key: Command] = Dictionary(
        Self.bindings.flatMap { binding in binding.keys.map { ($0, binding.command) } },
        uniquingKeysWith: { first, _ in first }
    )

    package static func command(for key: Key) -> Command? { self.commands[key] }

    package static func binding(of command: Command) -> Binding? {
        self.bindings.first { $0.command == command }
    }
}

/// What can be copied, and the key for it after `y`.
package enum CopyTarget: Character, CaseIterable, Sendable {
    case url = "u"
    case curl = "c"
    case body = "b"
    case event = "e"
    case id = "i"
    case line = "l"
    case query = "q"
    case all = "a"

    package var title: String {
        switch self {
        case .url: "url"
        case .curl: "curl"
        case .body: "body"
        case .event: "event"
        case .id: "id"
        case .line: "line"
        case .query: "query"
        case .all: "all"
        }
    }
}
