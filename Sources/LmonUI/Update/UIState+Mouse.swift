import LmonScreen

extension UIState {
    mutating func handle(_ event: MouseEvent) -> [UIEffect] {
        guard let layout else { return [] }
        if case .press(button: 1) = event.kind, self.overlay != nil { return self.clickInOverlay(at: event.position) }
        switch event.kind {
        case .wheelUp: self.turnWheel(by: -3, at: event.position, layout)
        case .wheelDown: self.turnWheel(by: 3, at: event.position, layout)
        case .press(button: 1): self.click(at: event.position, layout)
        case .press, .release, .drag: break
        }
        return []
    }

    /// A click on a command does it; one beside what lies over the panes takes that away.
    private mutating func clickInOverlay(at position: Screen.Position) -> [UIEffect] {
        switch self.overlay {
        case .palette(let palette):
            let area = PaletteOverlay.area(self.size)
            guard area.contains(position) else { break }
            guard let index = PaletteOverlay.index(at: position.row, palette, self.size) else { return [] }
            return self.choose(palette.entries[index])
        case .functions(let picker):
            guard FunctionOverlay.area(self.size).contains(position) else { break }
            guard let index = FunctionOverlay.index(at: position.row, picker, self.size) else { return [] }
            return self.choose(picker.entries[index])
        case .help, .copyMenu, .exportMenu: break
        case .search, .filter, .comment, .invoke, .comparison, nil: return []
        }
        self.overlay = nil
        return []
    }

    private mutating func turnWheel(by rows: Int, at position: Screen.Position, _ layout: Layout) {
        if case .help(let scroll)? = self.overlay {
            let last = HelpText.lastScroll(for: self.pane, self.size)
            self.overlay = .help(scroll: min(max(0, scroll + rows), last))
        }
        guard self.overlay == nil else { return }
        if layout.statistics?.contains(position) == true { self.scrollStatistics(by: rows) }
        if layout.list?.contains(position) == true { self.list.scroll(by: rows, height: self.listHeight) }
        if layout.waterfall?.contains(position) == true { self.moveInWaterfall(by: rows.signum()) }
        if layout.lower?.contains(position) == true { self.scrollLower(by: rows) }
    }

    /// A click selects what is under it and gives its pane the keys.
    private mutating func click(at position: Screen.Position, _ layout: Layout) {
        self.notice = nil
        if position.row == layout.tabs { return self.clickTab(column: position.column) }
        if let area = layout.statistics, area.contains(position) {
            return self.clickStatistics(row: position.row, in: area)
        }
        if let list = layout.list, list.contains(position) {
            let index = self.list.top + position.row - list.rows.lowerBound
            guard index < self.list.count else { return }
            // A click on what is selected opens it.
            if self.pane == .list, index == self.list.selectedIndex, !self.list.isFollowing {
                return self.into()
            }
            self.list.select(index: index, height: self.listHeight)
            self.rearrange { $0.pane = .list }
        } else if let waterfall = layout.waterfall, waterfall.contains(position), let detail {
            let first = waterfall.rows.lowerBound + (self.hasAxisRow ? 1 : 0)
            let index = detail.top + position.row - first
            guard position.row >= first, index < detail.rows.count else { return }
            self.selectInWaterfall(index: index)
            self.rearrange { $0.pane = .waterfall }
        } else if layout.lower?.contains(position) == true || layout.lowerTitle?.contains(position) == true {
            guard self.detail != nil else { return }
            if let lower = layout.lower, lower.contains(position) {
                self.clickLower(row: position.row - lower.rows.lowerBound)
            }
            self.rearrange { $0.pane = .lower }
        }
    }

    private mutating func clickTab(column: Int) {
        guard let tab = TabLine.items(self).first(where: { $0.columns.contains(column) }) else { return }
        self.show(tab.view)
    }
}
