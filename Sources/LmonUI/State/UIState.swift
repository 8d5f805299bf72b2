package import LmonModel
package import LmonRecord
package import LmonScreen

/// All that the view knows: a window on the model, never the model.
///
/// `update` changes it and says what it wants done; `render` draws it. Both are synchronous and pure, so a session can be
/// replayed key by key.
package struct UIState: Hashable, Sendable {
    package internal(set) var configuration: UIConfiguration
    package internal(set) var size: Screen.Size
    package internal(set) var totals = SessionTotals()
    package internal(set) var counts = RowCounts()
    package internal(set) var view = ListView.invocations
    package internal(set) var lists: [ListView: ListState] = [:]
    package internal(set) var detail: DetailState?
    package internal(set) var pane = Pane.list
    package internal(set) var overlay: Overlay?
    package internal(set) var layoutChoice = PaneLayout.automatic
    package internal(set) var isZoomed = false
    package internal(set) var wraps = true
    package internal(set) var glyphs: Glyphs
    package internal(set) var search: Search?
    package internal(set) var filter: Filtering?
    /// What of the rows and details that were loaded a filter may ask for.
    var vocabulary = FilterVocabulary()
    /// What was filtered by and looked for.
    package internal(set) var filters = History()
    package internal(set) var searches = History()
    package internal(set) var sight = Sight()
    package internal(set) var laneAxis = LaneAxis()
    package internal(set) var statistics = StatisticsState()
    /// Rows that are marked.
    package internal(set) var marks: Set<RowID> = []
    var lastMarked: RowID?
    /// What somebody wrote to an invocation.
    package internal(set) var comments: [InvocationID: String] = [:]
    package internal(set) var hasMouse = true
    package internal(set) var notice: Notice?
    package internal(set) var connection = UIMessage.Connection.connected
    package internal(set) var source: SourceStatus?
    package internal(set) var coach: String?
    package internal(set) var now: Timestamp?
    /// Why a function does not start.
    var troubles: [String: String] = [:]
    /// Why the calls of a function cannot be seen.
    var unseenCalls: [String: String] = [:]
    /// The last events that were invoked from the dialog, by function, newest first.
    var lastEvents: [String: [String]] = [:]
    /// Events that lie beside a function, and samples.
    var events: [String: [EventChoice]] = [:]
    package internal(set) var again: Again?
    /// How the last run on a save differs from the one before.
    var differences: Comparison?
    /// The lower pane's lines, made when what they show changes, not when they are drawn.
    var paneText = PaneText()
    /// The row that the detail was opened by.
    var openRow: Row.Key?
    /// The detail that was asked for and may have changed since.
    var isDetailStale = false
    /// What the functions were counted from has changed.
    var areFunctionsStale = false

    package struct Search: Hashable, Sendable {
        package var text: String
        package var ordinal = 0
        package var total = 0
        package var hasFailed = false
    }

    package struct Filtering: Hashable, Sendable {
        /// As it was typed.
        package var text: String
        /// Nil until it was put to the rows.
        package var progress: UIMessage.Filtering?
    }

    package struct Notice: Hashable, Sendable {
        package var text: String
        package var isFailure: Bool
    }

    package init(_ configuration: UIConfiguration, size: Screen.Size) {
        self.configuration = configuration
        self.size = size
        self.glyphs = configuration.isASCII ? .ascii : .unicode
        self.layoutChoice = configuration.preferences.layout
        self.wraps = configuration.preferences.wraps
        self.hasMouse = configuration.preferences.hasMouse
        self.filters = configuration.preferences.filters
        self.searches = configuration.preferences.searches
    }

    package var list: ListState {
        get { self.lists[self.view] ?? ListState() }
        set { self.lists[self.view] = newValue }
    }

    /// The newest time that is known, up to which running durations count.
    var latest: Timestamp? {
        guard let last = self.totals.lastRecordTime else { return self.now }
        return max(last, self.now ?? last)
    }

    var views: [ListView] { self.configuration.views }

    /// The source does not answer any more.
    package var isLost: Bool {
        if case .lost = self.connection { true } else { false }
    }
}
