import LmonModel

/// The lines of the lower pane, ready to be drawn.
struct PaneText: Hashable, Sendable {
    var lines: [TextLine] = []
    var isStale = true
}
