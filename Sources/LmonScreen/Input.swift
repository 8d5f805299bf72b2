/// What a user does.
package enum Input: Hashable, Sendable {
    case key(Key)
    case mouse(MouseEvent)
    /// Text that arrived in one piece, as its author's clipboard had it: sanitise before drawing.
    case paste(String)
    case resize(Screen.Size)
    /// The terminal is gone.
    case hangUp
}

package enum Key: Hashable, Sendable {
    /// Text, blank included; a composed character may arrive as several keys.
    case character(Character)
    /// The control key and a lower-case letter, or one of `@[\]^_`.
    case control(Character)
    case alt(Character)
    case enter
    case escape
    case tab
    case shiftTab
    case backspace
    case delete
    case insert
    case up
    case down
    case left
    case right
    case home
    case end
    case pageUp
    case pageDown
    /// F1 and up.
    case function(Int)
}

/// A click or a turn of the wheel, at a place on the screen.
package struct MouseEvent: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// 1 is left, 2 middle, 3 right.
        case press(button: Int)
        case release
        case drag
        case wheelUp
        case wheelDown
    }

    package var kind: Kind
    package var position: Screen.Position

    package init(_ kind: Kind, at position: Screen.Position) {
        self.kind = kind
        self.position = position
    }
}
