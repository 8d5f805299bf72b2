import CNcurses

/// What this machine knows of a type of terminal, read without touching one.
package struct TerminalDescription: Hashable, Sendable {
    /// 0 for none.
    package let colors: Int
    package let canMoveCursor: Bool

    /// Nil if the type is not known here.
    package init?(type: String) {
        var colors: Int32 = 0
        var canMove: Int32 = 0
        guard !type.isEmpty, lmon_describe(type, &colors, &canMove) == 0 else { return nil }
        self.colors = Int(colors)
        self.canMoveCursor = canMove != 0
    }

    /// Whether the environment asks for UTF-8; the process's locale is set by it.
    package static func takesUTF8() -> Bool { lmon_use_locale() != 0 }

    /// `ncurses 6.4.20221231`.
    package static var library: String { lmon_curses_version().map { String(cString: $0) } ?? "ncurses" }
}
