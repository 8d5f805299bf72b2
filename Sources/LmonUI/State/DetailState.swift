package import LmonModel
import LmonRecord

/// The open invocation: its waterfall, the row selected in it, and the pane below that follows that row.
package struct DetailState: Hashable, Sendable {
    package let id: InvocationID
    /// Nil until it has been loaded.
    package internal(set) var loaded: InvocationDetail?
    package internal(set) var selected: WaterfallRow.ID?
    package internal(set) var tab: DetailTab?
    /// The first row of the waterfall, and the first line of the lower pane, on the screen.
    package internal(set) var top = 0
    package internal(set) var scroll = 0
    /// The line of the lower pane that its keys act on.
    package internal(set) var cursor = 0
    /// What is folded in the text that the lower pane shows, until it shows another one.
    var folds: Set<Int> = []
    /// The part of the time axis that is shown, in milliseconds; nil for all of it.
    package internal(set) var window: ClosedRange<Double>?
    /// Columns that the lower pane's text is moved to the left by, where it is not wrapped.
    package internal(set) var shift = 0
    /// Which hint is shown, and whose calls are marked; nil until one is asked for.
    package internal(set) var hint: Int?
    /// The records of what `Raw` shows; nil until they came.
    private(set) var records: [Record]?
    /// What they are of, as soon as they were asked for.
    var recordsAsked: InvocationID?
    /// Calls that the filter does not mean.
    private(set) var dimmed: Set<String> = []
    private var filter: Filter?
    /// The rows of the waterfall, calls of one kind folded.
    private(set) var rows: [WaterfallRow] = []
    /// The first calls of runs that are not to be folded.
    private var openedRuns: Set<WaterfallRow.ID> = []
    /// It is not kept any more.
    package internal(set) var isGone = false
    /// A call that is to be selected as soon as it is there: the one that a list of calls is on.
    var wanted: WaterfallRow.ID?
    var wantedTab: DetailTab?
    /// The log line that a list of them is on.
    var line: LogLine?

    init(id: InvocationID, wanted: WaterfallRow.ID? = nil, wantedTab: DetailTab? = nil) {
        self.id = id
        self.wanted = wanted
        self.wantedTab = wantedTab
    }

    var selectedIndex: Int? { self.rows.firstIndex { $0.id == self.selected } }
    var selectedRow: WaterfallRow? { self.selectedIndex.map { self.rows[$0] } }

    var selectedCall: Call? {
        guard case .call(let id)? = self.selected else { return nil }
        return self.loaded?.invocation.call(id)
    }

    package var tabs: [DetailTab] {
        self.line != nil && self.isLineShown ? [.line] + self.usualTabs : self.usualTabs
    }

    /// Beside what belongs to a call, a line of the log has no place.
    private var isLineShown: Bool {
        guard case .call? = self.selected else { return true }
        return false
    }

    private var usualTabs: [DetailTab] {
        switch self.selected {
        case .call: [.request, .response, .timing, .raw]
        case .handler, .response: [.event, .result, .logs, .raw]
        case .initialization, .extensionOverhead, .runtimeOverhead, nil: [.lifecycle, .logs, .raw]
        }
    }

    package var currentTab: DetailTab {
        if let tab, self.tabs.contains(tab) { return tab }
        if self.line != nil, self.isLineShown { return .line }
        switch self.selected {
        case .call: return .response
        case .handler, .response: return self.loaded?.invocation.state.isFailed == true ? .result : .event
        default: return .lifecycle
        }
    }

    mutating func receive(_ detail: InvocationDetail) {
        let shown = (self.selected, self.currentTab)
        self.loaded = detail
        // More of them may be there.
        self.recordsAsked = nil
        self.dimmed = self.filter?.callsLeftOut(of: detail.invocation) ?? []
        self.foldRuns(wanted: self.wanted)
        if let wanted, self.rows.contains(where: { $0.id == wanted }) {
            self.selected = wanted
            self.tab = self.wantedTab
            self.wanted = nil
        }
        if self.selectedIndex == nil { self.selected = self.first(in: detail) }
        if shown != (self.selected, self.currentTab) { self.showFromTheTop() }
    }

    /// What the records of `Raw` are of; nil if that is not shown.
    var recordsWanted: InvocationID? {
        guard self.currentTab == .raw else { return nil }
        return self.selected == .initialization
            ? InvocationID(environment: self.id.environment, requestID: nil) : self.id
    }

    /// Records of what is selected; of a call, those that tell of it.
    mutating func receive(_ records: [Record]) {
        var records = records
        if case .call(let id)? = self.selected { records = records.filter { $0.callID == id } }
        guard records != self.records else { return }
        let isFirst = self.records == nil
        self.records = records
        // A long list begins as a list.
        if isFirst, records.count > 3 { self.folds = RecordText.folds(records) }
    }

    /// Dims the calls that a filter leaves out; nil for none.
    mutating func dim(by filter: Filter?) {
        self.filter = filter
        guard let loaded else { return }
        self.dimmed = filter?.callsLeftOut(of: loaded.invocation) ?? []
        self.foldRuns(wanted: nil)
        if self.selectedIndex == nil { self.selected = self.first(in: loaded) }
    }

    private mutating func foldRuns(wanted: WaterfallRow.ID?) {
        guard let loaded else { return }
        var families: [WaterfallRow.ID: String] = [:]
        for call in loaded.invocation.calls {
            families[.call(call.id)] = call.url?.family ?? call.url.map { String($0.short) }
        }
        self.rows = WaterfallRuns.folded(
            loaded.waterfall.rows,
            opened: self.openedRuns,
            dimmed: self.dimmed,
            wanted: wanted ?? self.selected
        ) { families[$0] }
    }

    /// Shows the calls of the selected run one by one; false if it is none.
    mutating func openRun() -> Bool {
        guard let row = self.selectedRow, row.count > 1 else { return false }
        self.openedRuns.insert(row.id)
        self.foldRuns(wanted: nil)
        return true
    }

    /// What one wants to see first: the call that failed, else the first call, else the handler; of the calls that are
    /// not dimmed.
    private func first(in detail: InvocationDetail) -> WaterfallRow.ID? {
        func isCall(_ row: WaterfallRow) -> Bool {
            guard case .call = row.id else { return false }
            return !row.isDimmed(self.dimmed)
        }
        let rows = self.rows
        return
            (rows.first { isCall($0) && $0.emphasis == .failed } ?? rows.first(where: isCall)
            ?? rows.first { $0.id == .handler } ?? rows.first)?.id
    }

    mutating func select(index: Int) {
        guard !self.rows.isEmpty else { return }
        let row = self.rows[min(max(0, index), self.rows.count - 1)]
        guard row.id != self.selected else { return }
        self.selected = row.id
        self.showFromTheTop()
    }

    mutating func turnTab(by steps: Int) {
        let tabs = self.tabs
        let index = tabs.firstIndex(of: self.currentTab) ?? 0
        self.tab = tabs[(index + steps + tabs.count) % tabs.count]
        self.showFromTheTop()
    }

    /// Another text comes into the lower pane.
    private mutating func showFromTheTop() {
        self.scroll = 0
        self.shift = 0
        self.cursor = 0
        self.folds = []
        self.records = nil
        self.recordsAsked = nil
    }
}

package enum DetailTab: String, Hashable, Sendable {
    case request = "Request"
    case response = "Response"
    case timing = "Timing"
    case event = "Event"
    case result = "Result"
    case logs = "Logs"
    case line = "Line"
    case lifecycle = "Lifecycle"
    case raw = "Raw"
}
