import LmonModel
import LmonScreen

extension UIState {
    /// What a message changes, and what it wants done.
    package mutating func update(_ message: UIMessage) -> [UIEffect] {
        var effects = self.handle(message)
        if effects.contains(where: \.isLook) { for view in self.views { self.lists[view]?.recount() } }
        effects += self.settle()
        return effects
    }

    /// What is wanted before anything has happened.
    package mutating func start() -> [UIEffect] {
        guard let text = self.configuration.filter, let filter = try? Filter(text) else { return [] }
        return self.filter(by: text, filter)
    }

    private mutating func handle(_ message: UIMessage) -> [UIEffect] {
        switch message {
        case .input(let input): return self.handle(input)
        case .changed(let totals, let counts, let filtering):
            self.filter?.progress = filtering
            self.changed(totals, counts)
        case .rows(let view, let start, let rows):
            self.vocabulary.note(rows)
            return self.received(rows, start: start, of: view)
        case .statistics(let report, let filter, let progress):
            guard filter == self.sight.filter else { return [] }
            self.statistics.receive(report, progress: progress)
        case .functions(let functions): self.receive(functions)
        case .detail(let detail):
            self.vocabulary.note(detail.invocation)
            guard self.detail?.id == detail.id, self.detail?.loaded != detail else { return [] }
            self.detail?.receive(detail)
            self.revealWaterfall()
            self.paneText.isStale = true
        case .records(let id, let records):
            guard self.detail?.recordsWanted == id else { return [] }
            self.detail?.receive(records)
            self.paneText.isStale = true
        case .detailGone(let id):
            guard self.detail?.id == id, self.detail?.isGone == false else { return [] }
            self.detail?.isGone = true
            self.detail?.loaded = nil
            self.paneText.isStale = true
        case .found(let view, let query, let found): self.received(found, for: query, in: view)
        case .clock(let time): self.now = time.map { max($0, self.now ?? $0) }
        case .notice(let text, let isFailure): self.notice = Notice(text: text, isFailure: isFailure)
        case .configured(let configuration):
            if configuration.isASCII != self.configuration.isASCII {
                self.glyphs = configuration.isASCII ? .ascii : .unicode
            }
            self.configuration = configuration
        case .connection(let connection): self.connection = connection
        case .source(let status): self.source = status
        case .trouble(let function, let reason): self.troubles[function] = reason
        case .callsUnseen(let function, let reason): self.unseenCalls[function] = reason
        case .coach(let line): self.coach = line
        case .events(let function, let events): self.receive(events, for: function)
        case .drafted(let draft): return self.receive(draft)
        case .edited(let purpose, let text): self.edited(text, for: purpose)
        case .comparison(let comparison): self.receive(comparison)
        case .again(let news): return self.receive(news)
        case .comments(let comments): self.comments.merge(comments) { mine, _ in mine }
        }
        return []
    }

    private mutating func handle(_ input: Input) -> [UIEffect] {
        switch input {
        case .resize(let size):
            self.size = size
            self.paneText.isStale = true
            let height = self.listHeight
            for view in self.views { self.lists[view]?.reveal(height: height) }
            self.revealWaterfall()
            return []
        case .hangUp: return [.quit]
        case .mouse(let event): return self.handle(event)
        case .paste(let text):
            self.typed(text)
            return []
        case .key(let key):
            self.notice = nil
            if case .invoke(let dialog)? = self.overlay, key == .control("j") { return self.handle(key, in: dialog) }
            // Another way to write Enter, where there are no lines to break.
            let key = key == .control("j") ? .enter : key
            if self.overlay != nil { return self.handleInOverlay(key) }
            guard let command = KeyTable.command(for: key) else { return [] }
            return self.perform(command)
        }
    }

    private mutating func changed(_ totals: SessionTotals, _ counts: RowCounts) {
        self.totals = totals
        self.counts = counts
        for view in self.views {
            var list = self.lists[view] ?? ListState()
            let isComplete = self.filter?.progress?.progress == nil
            list.changed(count: counts[view], height: self.listHeight, isComplete: isComplete)
            self.lists[view] = list
        }
        self.isDetailStale = true
        self.areFunctionsStale = true
        self.statistics.isStale = true
    }

    private mutating func received(_ rows: [Row], start: Int, of view: ListView) -> [UIEffect] {
        var list = self.lists[view] ?? ListState()
        let hasMoved = list.received(rows, start: start, height: self.listHeight)
        self.lists[view] = list
        guard hasMoved, let selected = list.selected else { return [] }
        return [.find(view, .row(selected), from: -1, forward: true)]
    }

    private mutating func received(_ found: UIMessage.Found?, for query: UIQuery, in view: ListView) {
        guard let found else {
            switch query {
            case .text:
                self.search?.hasFailed = true
                self.search?.total = 0
            case .failed: self.notice = Notice(text: "No failure here.", isFailure: false)
            case .row(let key):
                guard self.lists[view]?.selected == key else { return }
                // The row is gone; whatever is in its place is selected now.
                self.lists[view]?.selected = nil
                self.lists[view]?.requested = nil
            }
            return
        }
        if case .text = query {
            self.search?.hasFailed = false
            self.search?.ordinal = found.ordinal
            self.search?.total = found.total
        }
        let height = self.listHeight
        self.lists[view]?.select(index: found.index, key: found.key, height: height)
    }

    /// What follows from the state alone: rows that have become visible, the invocation that is selected now.
    private mutating func settle() -> [UIEffect] {
        var effects: [UIEffect] = []
        if var list = self.lists[self.view] {
            if let range = list.missing(height: self.listHeight) { effects.append(.loadRows(self.view, range)) }
            self.lists[self.view] = list
            let isNarrow =
                self.filter?.progress != nil || !self.isSightWide || (self.view == .logs && !self.sight.logs.showsAll)
            if list.count == 0, isNarrow {
                self.closeDetail()
            } else if let row = list.selectedRow {
                effects += self.open(row)
            }
        }
        if self.isDetailStale, let detail = self.detail { effects.append(.loadDetail(detail.id)) }
        if self.areFunctionsStale, case .functions? = self.overlay { effects.append(.loadFunctions) }
        self.areFunctionsStale = false
        self.isDetailStale = false
        if let wanted = self.detail?.recordsWanted, wanted != self.detail?.recordsAsked {
            self.detail?.recordsAsked = wanted
            effects.append(.loadRecords(wanted))
        }
        effects += self.settleStatistics()
        self.refreshPaneText()
        return effects
    }

    /// What was open is no row of the list any more.
    private mutating func closeDetail() {
        guard self.detail != nil else { return }
        self.openRow = nil
        self.detail = nil
        self.pane = .list
        self.paneText.isStale = true
    }

    /// Makes the detail that of a row of the list.
    private mutating func open(_ row: Row) -> [UIEffect] {
        guard let id = row.detail else {
            guard self.openRow != row.key || self.detail != nil else { return [] }
            self.openRow = row.key
            self.detail = nil
            self.pane = .list
            self.paneText.isStale = true
            return []
        }
        var wanted = DetailState(id: id)
        wanted.dim(by: self.sight.filter)
        switch row {
        case .call(let call): wanted.wanted = .call(call.call.id)
        case .log(let log):
            wanted.wanted = log.id.invocation.isInitialization ? .initialization : .handler
            wanted.line = log.line
        case .list, .environment: break
        }
        if self.detail?.id == id {
            guard self.openRow != row.key, let loaded = self.detail?.loaded,
                wanted.wanted != nil || self.detail?.line != nil
            else { return [] }
            self.openRow = row.key
            self.detail = wanted
            self.detail?.receive(loaded)
            self.revealWaterfall()
            self.paneText.isStale = true
            return []
        }
        self.openRow = row.key
        self.detail = wanted
        self.isDetailStale = false
        self.paneText.isStale = true
        return [.loadDetail(id)]
    }

    var layout: Layout? { Layout(self) }
    var listHeight: Int { self.layout?.listHeight ?? 0 }
    var waterfallHeight: Int { self.layout?.waterfall?.rows.count ?? 0 }
    var lowerHeight: Int { self.layout?.lower?.rows.count ?? 0 }
}
