import LmonModel
import LmonScreen

extension UIState {
    private var statisticsHeight: Int { (self.layout?.statistics?.rows.count ?? 1) - 1 }

    /// What a command does in the statistics; nil if that is what it does everywhere.
    mutating func performInStatistics(_ command: Command) -> [UIEffect]? {
        guard self.view == .statistics else { return nil }
        let height = self.statisticsHeight
        switch command {
        case .up: self.statistics.move(by: -1, height: height)
        case .down: self.statistics.move(by: 1, height: height)
        case .halfPageUp: self.statistics.move(by: -max(1, height / 2), height: height)
        case .halfPageDown: self.statistics.move(by: max(1, height / 2), height: height)
        case .pageUp: self.statistics.move(by: -max(1, height - 1), height: height)
        case .pageDown: self.statistics.move(by: max(1, height - 1), height: height)
        case .top: self.statistics.move(by: -.max / 2, height: height)
        case .bottom: self.statistics.move(by: .max / 2, height: height)
        case .nextPane, .nextTab: self.statistics.turnSection(by: 1, height: height)
        case .previousPane, .previousTab: self.statistics.turnSection(by: -1, height: height)
        case .into: return self.filterByStatistics()
        default: return nil
        }
        return []
    }

    /// Shows what the selected row counts.
    private mutating func filterByStatistics() -> [UIEffect] {
        let lines = self.statistics.lines
        guard lines.indices.contains(self.statistics.cursor), let text = lines[self.statistics.cursor].filter,
            let filter = try? Filter(text)
        else {
            self.notice = Notice(text: "A row of a table opens: what it counts is shown.", isFailure: false)
            return []
        }
        self.show(.invocations)
        return self.filter(by: text, filter)
    }

    mutating func clickStatistics(row: Int, in area: Area) {
        let index = self.statistics.top + row - area.rows.lowerBound - 1
        guard row > area.rows.lowerBound, index < self.statistics.lines.count else { return }
        self.statistics.move(by: index - self.statistics.cursor, height: self.statisticsHeight)
    }

    mutating func scrollStatistics(by rows: Int) {
        self.statistics.scroll(by: rows, height: self.statisticsHeight)
    }

    /// Asks for the numbers once after each change, while they are looked at.
    mutating func settleStatistics() -> [UIEffect] {
        guard self.view == .statistics else { return [] }
        let area = self.layout?.statistics
        self.statistics.refresh(area, isASCII: self.glyphs == .ascii, offset: self.configuration.utcOffset)
        guard self.statistics.isStale else { return [] }
        self.statistics.isStale = false
        return [.loadStatistics]
    }
}
