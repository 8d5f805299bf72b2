import LmonScreen

/// A rectangle of the screen.
struct Area: Hashable {
    var columns: Range<Int>
    var rows: Range<Int>

    func contains(_ position: Screen.Position) -> Bool {
        self.columns.contains(position.column) && self.rows.contains(position.row)
    }
}

/// Where everything is: one calculation, for drawing and for the mouse. What is nil is not shown.
struct Layout: Hashable {
    static let smallest = Screen.Size(columns: 40, rows: 10)

    var header = 0
    var tabs: Int?
    var listHeader: Area?
    var list: Area?
    /// The line that names the invocation, above the waterfall.
    var title: Area?
    var waterfall: Area?
    var hint: Area?
    /// The line that names what the lower pane shows.
    var lowerTitle: Area?
    var lower: Area?
    /// Two lines about the selection, where there is no room for a waterfall.
    var brief: Area?
    /// What is known of an environment, under the lanes.
    var environmentTitle: Area?
    var environment: Area?
    var statistics: Area?
    var status: Int?
    var keys = 0
    /// The column between the two halves.
    var divider: Int?

    var listHeight: Int { self.list?.rows.count ?? 0 }

    init?(_ state: UIState) {
        let size = state.size
        guard size.columns >= Self.smallest.columns, size.rows >= Self.smallest.rows else { return nil }
        self.keys = size.rows - 1
        let isSmall = size.rows < 18 || size.columns < 60
        if isSmall {
            self.arrangeSmall(state)
            return
        }
        self.tabs = 1
        self.status = size.rows - 2
        let body = 2..<(size.rows - 2)
        if state.view == .statistics {
            self.statistics = Area(columns: 0..<size.columns, rows: body)
        } else if state.showsLanes, !state.isZoomed, state.layoutChoice != .listOnly {
            self.arrangeLanes(columns: 0..<size.columns, rows: body)
        } else if state.isZoomed {
            self.arrange(only: state.pane, columns: 0..<size.columns, rows: body)
        } else {
            self.arrangeNormal(state, body: body)
        }
    }

    private mutating func arrangeNormal(_ state: UIState, body: Range<Int>) {
        let columns = 0..<state.size.columns
        switch state.layoutChoice {
        case .listOnly where state.pane == .list: self.arrange(only: .list, columns: columns, rows: body)
        case .sideBySide where columns.count >= 100: self.arrangeSideBySide(state, columns: columns, rows: body)
        case .automatic where columns.count >= 120: self.arrangeSideBySide(state, columns: columns, rows: body)
        default: self.arrangeStacked(state, columns: columns, rows: body)
        }
    }

    /// A one-line header, then one pane; under the list two lines of what is selected.
    private mutating func arrangeSmall(_ state: UIState) {
        let columns = 0..<state.size.columns
        let end = self.keys
        if state.view == .statistics {
            self.statistics = Area(columns: columns, rows: 1..<end)
            return
        }
        guard state.pane == .list, !state.isZoomed else {
            self.arrange(only: state.pane, columns: columns, rows: 1..<end)
            return
        }
        self.list = Area(columns: columns, rows: 1..<(end - 2))
        self.brief = Area(columns: columns, rows: (end - 2)..<end)
    }

    private mutating func arrange(only pane: Pane, columns: Range<Int>, rows: Range<Int>) {
        let first = rows.lowerBound
        let top = Area(columns: columns, rows: first..<(first + 1))
        switch pane {
        case .list:
            self.listHeader = top
            self.list = Area(columns: columns, rows: (first + 1)..<rows.upperBound)
        case .waterfall:
            self.title = top
            self.waterfall = Area(columns: columns, rows: (first + 1)..<(rows.upperBound - 1))
            self.hint = Area(columns: columns, rows: (rows.upperBound - 1)..<rows.upperBound)
        case .lower:
            self.lowerTitle = top
            self.lower = Area(columns: columns, rows: (first + 1)..<rows.upperBound)
        }
    }

    /// Lanes need the width, and what is known of one needs few rows.
    private mutating func arrangeLanes(columns: Range<Int>, rows: Range<Int>) {
        let first = rows.lowerBound
        let split = rows.upperBound - max(3, min(12, rows.count * 9 / 20))
        self.listHeader = Area(columns: columns, rows: first..<(first + 1))
        self.list = Area(columns: columns, rows: (first + 1)..<split)
        self.environmentTitle = Area(columns: columns, rows: split..<(split + 1))
        self.environment = Area(columns: columns, rows: (split + 1)..<rows.upperBound)
    }

    private mutating func arrangeStacked(_ state: UIState, columns: Range<Int>, rows: Range<Int>) {
        let free = rows.count - 4
        let listRows: Int
        let waterfallRows: Int
        switch state.pane {
        case .list:
            listRows = max(3, free / 2)
            // Who reads log lines wants the whole of one more than the invocation's course.
            let most = state.view == .logs ? 3 : 7
            waterfallRows = max(3, min(free - listRows - 1, most + max(0, free - 16) / 3))
        case .waterfall:
            listRows = max(3, free / 3)
            waterfallRows = max(3, min(free - listRows - 1, 7 + max(0, free - 16) / 3))
        case .lower:
            listRows = max(2, free / 5)
            waterfallRows = max(3, free / 4)
        }
        let first = rows.lowerBound
        self.listHeader = Area(columns: columns, rows: first..<(first + 1))
        self.list = Area(columns: columns, rows: (first + 1)..<(first + 1 + listRows))
        self.arrangeDetail(columns: columns, rows: (first + 1 + listRows)..<rows.upperBound, waterfall: waterfallRows)
    }

    private mutating func arrangeSideBySide(_ state: UIState, columns: Range<Int>, rows: Range<Int>) {
        let split = min(90, max(50, columns.count / 2))
        let left = 0..<split
        self.divider = split
        self.listHeader = Area(columns: left, rows: rows.lowerBound..<(rows.lowerBound + 1))
        self.list = Area(columns: left, rows: (rows.lowerBound + 1)..<rows.upperBound)
        let free = rows.count - 3
        let waterfall = state.pane == .lower ? max(3, free / 4) : max(3, free * 2 / 5)
        self.arrangeDetail(columns: (split + 1)..<columns.upperBound, rows: rows, waterfall: waterfall)
    }

    private mutating func arrangeDetail(columns: Range<Int>, rows: Range<Int>, waterfall count: Int) {
        var next = rows.lowerBound
        func take(_ rows: Int) -> Area {
            defer { next += rows }
            return Area(columns: columns, rows: next..<(next + rows))
        }
        self.title = take(1)
        self.waterfall = take(count)
        self.hint = take(1)
        self.lowerTitle = take(1)
        self.lower = take(max(0, rows.upperBound - next))
    }
}

extension Screen.Size {
    /// At least what anything is drawn on: who types on a smaller screen types on.
    var drawable: Screen.Size {
        Screen.Size(
            columns: max(self.columns, Layout.smallest.columns),
            rows: max(self.rows, Layout.smallest.rows)
        )
    }
}
