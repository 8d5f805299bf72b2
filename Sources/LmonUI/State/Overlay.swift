package import LmonModel

/// What lies over the panes and takes the keys.
package enum Overlay: Hashable, Sendable {
    case search(SearchLine)
    case filter(FilterLine)
    case help(scroll: Int)
    case copyMenu
    case invoke(InvokeDialog)
    case comparison(ComparisonView)
    case exportMenu(ExportMenu)
    case comment(CommentLine)
    case palette(CommandPalette)
    case functions(FunctionPicker)
}

/// The line of `;`.
package struct CommentLine: Hashable, Sendable {
    package let id: InvocationID
    package internal(set) var field: TextField
}

/// The line of `/`.
package struct SearchLine: Hashable, Sendable {
    package internal(set) var field = TextField()
    var place = HistoryPlace()
}

/// The line of `f`.
package struct FilterLine: Hashable, Sendable {
    package internal(set) var field: TextField
    var place = HistoryPlace()
    /// What is wrong with it; the cursor stands there.
    package internal(set) var error: FilterError?
    /// What Tab goes through, from its first to the next key that is another.
    package internal(set) var choice: FilterChoice?
}

package enum Pane: CaseIterable, Hashable, Sendable {
    case list
    case waterfall
    case lower
}

/// How the panes share the screen.
package enum PaneLayout: String, CaseIterable, Hashable, Sendable {
    /// Side by side from 120 columns, else stacked.
    case automatic
    case stacked
    case sideBySide
    case listOnly
}
