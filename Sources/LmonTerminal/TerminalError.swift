/// Why there is no terminal to draw on.
package struct TerminalError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        case cannotOpen
        /// `TERM` is unset or has no description on this machine.
        case unknownType
        /// It can only print: `TERM=dumb`.
        case cannotMoveCursor
    }

    package let code: Code
    package let detail: String

    package var description: String {
        switch self.code {
        case .cannotOpen: "No terminal: \(self.detail) cannot be opened. Without one, use lmon tail."
        case .cannotMoveCursor: "A \"\(self.detail)\" terminal can only print lines: use lmon tail."
        case .unknownType:
            "The terminal type \"\(self.detail)\" is not known here. Try TERM=xterm-256color, or use lmon tail."
        }
    }
}
