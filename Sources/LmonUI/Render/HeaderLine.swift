import LmonModel
import LmonScreen

/// ` lmon  orders +2   ● emulator ./demo    128 inv  p95 212ms  ✗ 2  cold 3  lag 8ms`
///
/// Numbers drop from the right as columns run out; name, source and errors stay.
enum HeaderLine {
    private struct Item {
        var text: String
        var style: Style
        /// Lower goes first; nil never.
        var rank: Int?
    }

    /// A source of more columns may be cut so that the function has a place.
    private static let longSource = 24

    static func draw(_ state: UIState, into canvas: inout Canvas) {
        let width = state.size.columns
        canvas.text("lmon", 1, 0, .title)
        let source = self.source(state)
        var items = self.items(state)
        func itemsWidth() -> Int { items.reduce(0) { $0 + Text.width(of: $1.text) + 2 } }
        let left = 1 + 4 + 2 + self.least(state) + Text.width(of: source.0) + 2
        while left + itemsWidth() > width - 1, let rank = items.compactMap(\.rank).min() {
            items.removeAll { $0.rank == rank }
        }
        var end = width - 1
        for item in items.reversed() {
            end -= Text.width(of: item.text)
            canvas.label(item.text, end, 0, limit: width, item.style)
            end -= 2
        }
        var pen = 7
        let room = end - pen - 3
        var functions = self.functions(state, room: room - Text.width(of: source.0))
        // Of a source too long for both, the beginning is enough.
        if functions.isEmpty, Text.width(of: source.0) > self.longSource {
            functions = self.functions(state, room: min(room / 2, room - 8))
        }
        if !functions.isEmpty { pen = canvas.text(functions, pen, 0, .title) + 3 }
        canvas.label(canvas.truncated(source.0, to: max(8, end - pen)), pen, 0, limit: width, source.1)
    }

    private static func source(_ state: UIState) -> (String, Style) {
        switch state.connection {
        case .connecting: ("\(Character(state.glyphs.inFlight)) " + state.configuration.source, .inFlight)
        case .connected: ("● " + state.configuration.source, .plain)
        case .lost, .failed: ("✗ " + state.configuration.source, .failed)
        }
    }

    private static func functions(_ state: UIState, room: Int) -> String {
        guard let first = state.selectedFunction ?? state.totals.functions.first else { return "" }
        let others = state.totals.functions.count - 1
        let more = others > 0 ? " +\(others)" : ""
        let name = Text.truncated(first, to: room - more.count, ellipsis: state.glyphs.ellipsis)
        return name.isEmpty || Text.width(of: name) < min(4, Text.width(of: first)) ? "" : name + more
    }

    /// The columns without which the function's name would not be drawn, with the gap behind it.
    private static func least(_ state: UIState) -> Int {
        guard let first = state.selectedFunction ?? state.totals.functions.first else { return 0 }
        let others = state.totals.functions.count - 1
        return min(8, Text.width(of: first)) + (others > 0 ? " +\(others)".count : 0) + 1
    }

    private static func items(_ state: UIState) -> [Item] {
        let totals = state.totals
        let glyphs = state.glyphs
        var items = [
            Item(text: "\(totals.invocations) inv", style: .plain, rank: 6),
            Item(text: "p95 \(Format.duration(totals.p95))", style: .plain, rank: 5),
            Item(
                text: "\(glyphs.failed) \(totals.failed)",
                style: totals.failed > 0 ? .failed : .plain,
                rank: nil
            ),
            Item(text: "cold \(totals.cold)", style: .plain, rank: 2),
        ]
        if let sample = totals.sample {
            items.insert(Item(text: "sample \(Format.share(sample))", style: .warning, rank: 8), at: 0)
        }
        if let source = state.source, state.connection == .connected { items = self.items(source) + items }
        if let again = state.again, state.layout?.tabs == nil {
            items.insert(Item(text: "again \(Text.sanitised(again.function))", style: .inFlight, rank: 7), at: 0)
        }
        // From a remote source the way to here is what counts.
        if let lag = state.source == nil ? totals.lag : state.source?.lag {
            let rank = state.source == nil ? 1 : 3
            items.append(Item(text: "lag \(Format.duration(lag))", style: .plain, rank: rank))
        }
        if let time = totals.lastRecordTime, state.size.columns >= 100 {
            let text = Format.time(time, offset: state.configuration.utcOffset).prefix(8)
            items.append(Item(text: String(text), style: .dim, rank: 0))
        }
        return items
    }

    /// What it costs, how often, and what is missing; the status line has it in more words.
    private static func items(_ source: SourceStatus) -> [Item] {
        var items = [Item(text: Text.sanitised(source.pace), style: .dim, rank: 0)]
        if let count = source.requestsPerHour { items.append(Item(text: "\(count)/h", style: .dim, rank: 4)) }
        if source.missingCount > 0 {
            items.append(Item(text: "missing \(source.missingCount)", style: .warning, rank: 9))
        }
        return items
    }
}

/// ` 1 Invocations  2 Calls  3 Logs                       following`
enum TabLine {
    struct Item {
        let view: ListView
        let text: String
        let columns: Range<Int>
    }

    static func items(_ state: UIState) -> [Item] {
        var column = 1
        return state.views.map { view in
            let text = "\(view.rawValue) \(view.title)"
            defer { column += text.count + 2 }
            return Item(view: view, text: text, columns: column..<(column + text.count))
        }
    }

    static func draw(_ state: UIState, row: Int, into canvas: inout Canvas) {
        for item in self.items(state) {
            let style = item.view == state.view ? Style(.title, .underline) : .dim
            canvas.text(item.text, item.columns.lowerBound, row, style)
        }
        let list = state.list
        guard state.view != .statistics else { return }
        let text = list.isFollowing ? "following" : list.unseen > 0 ? "\(list.unseen) new ↓" : ""
        let words = state.sightWords + (state.isZoomed ? ["zoomed"] : []) + (text.isEmpty ? [] : [text])
        var shown = words.joined(separator: "  ")
        let tabsEnd = self.items(state).last?.columns.upperBound ?? 0
        // Where there is no room, what the eye sees anyway goes first.
        if Text.width(of: shown) > state.size.columns - tabsEnd - 3 { shown = words.first ?? "" }
        if let again = state.again {
            let others = shown.isEmpty ? 0 : Text.width(of: shown) + 2
            let room = state.size.columns - tabsEnd - others - 3
            let said = canvas.truncated("again on save: \(again.function)", to: room)
            shown = said + (shown.isEmpty ? "" : "  ") + shown
        }
        let style: Style = list.isFollowing ? .dim : .inFlight
        canvas.label(shown, state.size.columns - 1 - Text.width(of: shown), row, style)
    }
}
