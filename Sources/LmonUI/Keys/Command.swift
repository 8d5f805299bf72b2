/// What a key can do. Each has a line in `KeyTable`, or no key and no help.
package enum Command: CaseIterable, Hashable, Sendable {
    case up, down, halfPageUp, halfPageDown, pageUp, pageDown, top, bottom
    case into, out, nextPane, previousPane, nextTab, previousTab
    case viewInvocations, viewCalls, viewLogs, viewEnvironments, viewStatistics
    case nextError, previousError
    case panLeft, panRight, zoomIn, zoomOut, zoomFit
    case search, nextMatch, previousMatch, filter, functions, follow, clear, bringBack, sort, mark, onlyMarked,
        logLevel,
        oneInvocation
    case invoke, replay, replayEdited, again, diff, copy, export, page, comment
    case zoom, layout, wrap, ascii, mouse, palette, help, back, quit, suspend

    package enum Group: String, CaseIterable, Sendable {
        case move = "Move"
        case find = "Find"
        case act = "Do"
        case window = "Window"
    }
}
