/// What a key can do. Each has a line in `KeyTable`, or no key and no help.
package enum Command: CaseIterable, Hashable, Sendable {
    case up, down, halfPageUp, halfPageDown, pageUp, pageDown, top, bottom
    case into, out, nextPane, previousPane, nextTab, previousTab
    case viewInvocations, viewCalls, viewLogs
    case nextError, previousError
    case search, nextMatch, previousMatch, filter, follow
    case invoke, replay, copy
    case zoom, layout, wrap, ascii, help, back, quit, suspend

    package enum Group: String, CaseIterable, Sendable {
        case move = "Move"
        case find = "Find"
        case act = "Do"
        case window = "Window"
    }
}
