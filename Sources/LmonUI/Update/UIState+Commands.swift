import LmonModel
import LmonScreen

extension UIState {
    mutating func perform(_ command: Command) -> [UIEffect] {
        if let effects = self.performInStatistics(command) { return effects }
        switch command {
        case .up: self.move(by: -1)
        case .down: self.move(by: 1)
        case .halfPageUp: self.move(by: -max(1, self.paneHeight / 2))
        case .halfPageDown: self.move(by: max(1, self.paneHeight / 2))
        case .pageUp: self.move(by: -max(1, self.paneHeight - 1))
        case .pageDown: self.move(by: max(1, self.paneHeight - 1))
        case .top: self.move(by: -.max / 2)
        case .bottom: self.move(by: .max / 2)
        case .into: self.into()
        case .out: return self.out()
        case .nextPane: self.turnPane(by: 1)
        case .previousPane: self.turnPane(by: -1)
        case .nextTab: self.turnTab(by: 1)
        case .previousTab: self.turnTab(by: -1)
        case .viewInvocations: self.show(.invocations)
        case .viewCalls: self.show(.calls)
        case .viewLogs: self.show(.logs)
        case .viewEnvironments: self.show(.environments)
        case .viewStatistics: self.show(.statistics)
        case .panLeft: self.pan(by: -1)
        case .panRight: self.pan(by: 1)
        case .zoomIn: self.zoomAxis(by: 1)
        case .zoomOut: self.zoomAxis(by: -1)
        case .zoomFit: self.fitAxis()
        case .clear: return self.hideWhatIsHere()
        case .bringBack: return self.bringBack()
        case .sort: return self.turnSort()
        case .mark: return self.toggleMark()
        case .onlyMarked: return self.toggleOnlyMarked()
        case .logLevel: return self.turnLogLevel()
        case .oneInvocation: return self.toggleOneInvocation()
        case .replayEdited: return self.replayEdited()
        case .again: return self.toggleAgain()
        case .diff: return self.diff()
        case .export: self.openExportMenu()
        case .page: return self.page()
        case .comment: self.openComment()
        case .mouse: return self.toggleMouse()
        case .palette: self.openPalette()
        case .nextError: return self.findFailure(forward: true)
        case .previousError: return self.findFailure(forward: false)
        case .search: self.overlay = .search(SearchLine())
        case .filter:
            self.overlay = .filter(FilterLine(field: TextField(self.filter?.text ?? "")))
        case .functions: return self.openFunctionPicker()
        case .nextMatch: return self.findAgain(forward: true)
        case .previousMatch: return self.findAgain(forward: false)
        case .follow: self.toggleFollow()
        case .invoke: return self.openInvokeDialog()
        case .replay: return self.replay()
        case .copy: self.overlay = .copyMenu
        case .zoom: self.rearrange { $0.isZoomed.toggle() }
        case .layout:
            self.turnLayout()
            return self.rememberEffects
        case .wrap:
            self.wraps.toggle()
            self.paneText.isStale = true
            self.notice = Notice(text: self.wraps ? "Long lines are wrapped." : "Long lines are cut.", isFailure: false)
            return self.rememberEffects
        case .ascii:
            self.glyphs = self.glyphs == .ascii ? .unicode : .ascii
            self.paneText.isStale = true
        case .help: self.overlay = .help(scroll: 0)
        case .back: return self.back()
        case .quit: return [.quit]
        case .suspend: return [.suspend]
        }
        return []
    }

    // MARK: - Moving

    private var paneHeight: Int {
        switch self.pane {
        case .list: self.listHeight
        case .waterfall: self.waterfallHeight
        case .lower: self.lowerHeight
        }
    }

    private mutating func move(by rows: Int) {
        switch self.pane {
        case .list:
            let target = rows > 0 ? min(rows, self.list.count) : max(rows, -self.list.count)
            self.list.move(by: target, height: self.listHeight)
        case .waterfall: self.moveInWaterfall(by: rows)
        case .lower: self.moveCursor(by: rows)
        }
    }

    mutating func moveInWaterfall(by rows: Int) {
        guard let detail else { return }
        let last = max(0, detail.rows.count - 1)
        let step = min(max(rows, -last - 1), last + 1)
        self.selectInWaterfall(index: min(max(0, (detail.selectedIndex ?? 0) + step), last))
    }

    mutating func selectInWaterfall(index: Int) {
        self.detail?.select(index: index)
        self.revealWaterfall()
        self.revealOnAxis()
        self.paneText.isStale = true
    }

    mutating func revealWaterfall() {
        let height = self.waterfallHeight - (self.hasAxisRow ? 1 : 0)
        guard let detail, let index = detail.selectedIndex, height > 0 else { return }
        var top = detail.top
        if index < top { top = index }
        if index >= top + height { top = index - height + 1 }
        self.detail?.top = max(0, min(top, detail.rows.count - height))
    }

    mutating func into() {
        guard self.detail != nil else { return }
        switch self.pane {
        case .list: self.rearrange { $0.pane = .waterfall }
        case .waterfall:
            if self.detail?.openRun() == true { return self.revealWaterfall() }
            self.rearrange { $0.pane = .lower }
        case .lower: self.toggleFold()
        }
    }

    private mutating func out() -> [UIEffect] {
        if self.pane == .list, self.search != nil {
            self.search = nil
            return []
        }
        if self.pane == .list, !self.isZoomed, self.filter != nil { return self.filter(by: "", nil) }
        if self.pane == .list, !self.isZoomed, let effects = self.widenSight() { return effects }
        switch self.pane {
        case .list: self.rearrange { $0.isZoomed = false }
        case .waterfall: self.rearrange { $0.pane = .list }
        case .lower: self.rearrange { $0.pane = .waterfall }
        }
        return []
    }

    private mutating func back() -> [UIEffect] { self.isAtTop ? [.quit] : self.out() }

    /// Nothing is left to go back from.
    var isAtTop: Bool {
        self.pane == .list && !self.isZoomed && self.search == nil && self.filter == nil && self.isSightWide
    }

    /// Leaves out what does not match; nil brings it back.
    mutating func filter(by text: String, _ filter: Filter?) -> [UIEffect] {
        self.filter = filter.map { _ in Filtering(text: text) }
        self.sight.filter = filter
        self.statistics.forget()
        self.detail?.dim(by: filter)
        self.revealWaterfall()
        self.paneText.isStale = true
        return [.look(self.sight)]
    }

    private mutating func turnPane(by steps: Int) {
        guard self.detail != nil else { return }
        let panes = Pane.allCases
        let index = panes.firstIndex(of: self.pane) ?? 0
        self.rearrange { $0.pane = panes[(index + steps + panes.count) % panes.count] }
    }

    private mutating func turnTab(by steps: Int) {
        self.detail?.turnTab(by: steps)
        self.paneText.isStale = true
    }

    private mutating func turnLayout() {
        let all = PaneLayout.allCases
        let index = all.firstIndex(of: self.layoutChoice) ?? 0
        self.rearrange { $0.layoutChoice = all[(index + 1) % all.count] }
        let names: [PaneLayout: String] = [
            .automatic: "automatic", .stacked: "stacked", .sideBySide: "side by side", .listOnly: "list only",
        ]
        self.notice = Notice(text: "Layout: \(names[self.layoutChoice] ?? "").", isFailure: false)
    }

    /// Changes how panes lie, and keeps what is selected on the screen.
    ///
    /// Who leaves the list reads, so what is read must not change under the eye: following stops.
    mutating func rearrange(_ change: (inout UIState) -> Void) {
        change(&self)
        if self.pane != .list, self.list.isFollowing { self.toggleFollow() }
        self.list.reveal(height: self.listHeight)
        self.revealWaterfall()
        self.paneText.isStale = true
    }

    mutating func show(_ view: ListView) {
        guard self.views.contains(view), view != self.view else { return }
        self.rearrange {
            $0.view = view
            $0.pane = .list
            $0.search = nil
        }
    }

    // MARK: - Finding

    private mutating func toggleFollow() {
        guard self.sight.sort == .time || self.view != .invocations else {
            self.list.isFollowing = false
            self.notice = Notice(text: "Sorted by \(self.sight.sort.title): Esc brings time back.", isFailure: false)
            return
        }
        if self.list.isFollowing {
            self.list.isFollowing = false
            self.list.seeAll()
        } else {
            self.list.follow(height: self.listHeight)
        }
    }

    private mutating func findFailure(forward: Bool) -> [UIEffect] {
        guard self.pane == .list else {
            self.moveToFailedRow(forward: forward)
            return []
        }
        return [.find(self.view, .failed, from: self.list.selectedIndex, forward: forward)]
    }

    private mutating func moveToFailedRow(forward: Bool) {
        guard let detail, let current = detail.selectedIndex else { return }
        let failed = detail.rows.indices.filter { detail.rows[$0].emphasis == .failed }
        let next = forward ? failed.first { $0 > current } ?? failed.first : failed.last { $0 < current } ?? failed.last
        if let next { self.selectInWaterfall(index: next) }
    }

    func find(_ text: String, forward: Bool) -> [UIEffect] {
        [.find(self.view, .text(text), from: self.list.selectedIndex, forward: forward)]
    }

    private mutating func findAgain(forward: Bool) -> [UIEffect] {
        if self.search == nil, self.pane == .waterfall, let hints = self.detail?.loaded?.hints, !hints.isEmpty {
            self.turnHint(by: forward ? 1 : -1, of: hints)
            return []
        }
        guard let search else {
            self.notice = Notice(text: "Nothing is searched yet: / searches.", isFailure: false)
            return []
        }
        if self.pane == .lower {
            self.findInPane(forward: forward)
            return []
        }
        return self.find(search.text, forward: forward)
    }

    /// Shows the next hint and marks its calls.
    private mutating func turnHint(by steps: Int, of hints: [Hint]) {
        let next = self.detail?.hint.map { ($0 + steps + hints.count) % hints.count }
        self.detail?.hint = next ?? (steps > 0 ? 0 : hints.count - 1)
    }
}
